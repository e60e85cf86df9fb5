"""What nobody in this process has rung for wakes its hands, and no others."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from bot.bell import Bell
from bot.database import Database
from bot.due_rows import DueRows
from bot.effects import CreateTicket, PublishHome
from bot.inbox import Inbox
from bot.incoming import HomeOpened
from bot.outbox import Outbox

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Hands:
    """The bells of one process."""

    def __init__(self, database: Database) -> None:
        self.inbox, self.slack, self.tracker = Bell(), Bell(), Bell()
        outbox = Outbox(self.slack, lambda: NOON, {CreateTicket.kind: self.tracker})
        self.look = DueRows(database, lambda: NOON, self.inbox, outbox.bell_of).run_once

    def woken(self) -> tuple[int, int, int]:
        """How often each was, by now."""
        return self.inbox.rings, self.slack.rings, self.tracker.rings


def test_rows_of_another_process_wake_the_hands_that_take_them(any_database: Database) -> None:
    hands, elsewhere = Hands(any_database), Outbox(Bell(), lambda: NOON)
    assert not hands.look()
    assert hands.woken() == (0, 0, 0)
    with any_database.write() as session:
        elsewhere.put(session, "one", CreateTicket(1))
        elsewhere.put(session, "two", CreateTicket(2))
    hands.look()
    assert hands.woken() == (0, 0, 1)
    Inbox(any_database, elsewhere, (), lambda: NOON).record(HomeOpened("U1", "home:1"))
    hands.look()
    assert hands.woken() == (1, 0, 2)


def test_a_row_that_waits_wakes_nobody_before_its_time(any_database: Database) -> None:
    hands = Hands(any_database)
    with any_database.write() as session:
        Outbox(Bell(), lambda: NOON).put(session, "later", CreateTicket(1), timedelta(minutes=1))
        Outbox(Bell(), lambda: NOON).put(session, "due", PublishHome("U2"))
    hands.look()
    assert hands.woken() == (0, 1, 0)
    with any_database.write() as session:
        session.connection().exec_driver_sql("UPDATE desk_outbox SET finished_at = created_at")
    hands.look()
    assert hands.woken() == (0, 1, 0)


def test_an_effect_rings_for_its_own_hands_once_it_is_committed(any_database: Database) -> None:
    slack, tracker = Bell(), Bell()
    outbox = Outbox(slack, lambda: NOON, {CreateTicket.kind: tracker})
    with any_database.write() as session:
        outbox.put(session, "one", CreateTicket(1))
        outbox.put(session, "two", CreateTicket(2))
        outbox.put(session, "later", PublishHome("U1"), timedelta(minutes=1))
        assert (slack.rings, tracker.rings) == (0, 0)
    assert (slack.rings, tracker.rings) == (0, 1)
    with suppress(ZeroDivisionError), any_database.write() as session:
        outbox.put(session, "three", PublishHome("U1"))
        raise ZeroDivisionError
    assert slack.rings == 0
    with any_database.write() as session:
        outbox.hasten(session, "later")
    assert (slack.rings, tracker.rings) == (1, 2)
