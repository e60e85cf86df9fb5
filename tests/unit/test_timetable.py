"""What is due when: each occasion has one name, and nobody is bothered outside working hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from support_database import database_with

from bot.bell import Bell
from bot.inbox import Inbox
from bot.incoming import Due, Incoming
from bot.missing_info import Waiting
from bot.outbox import Outbox
from bot.tables import Base as DeskTables
from bot.tables import InboxRow
from bot.timetable import Followed, Timetable, digest_due, occasions
from escalation.domain import Draft, Origin, Person, Request, RequestState, Ticket
from escalation.patience import Patience
from escalation.rotation import Member, Rotation
from escalation.tables import Base as EscalationTables
from escalation.working_hours import WorkingHours

MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
TEAM = Rotation((Member("U0PRIYA"),), hours=WorkingHours(), owner_within=timedelta(hours=4), digest_at=time(9, 30))
TICKET = Ticket("OPS-1", "https://tracker.example.com/OPS-1", "Pardot", "To do", "Task")
REQUEST = Request(
    12,
    "7F3K",
    "mops-desk-1",
    Draft("Pardot", Person("U0MAYA", "Maya"), Origin("#ask-mops")),
    RequestState.FILED,
    MONDAY,
    TICKET,
)
PATIENCE = Patience()


def due(followed: Followed, now: datetime) -> list[str]:
    return [one.key for one in occasions(TEAM, PATIENCE, followed, now)]


def after(**time_passed: float) -> datetime:
    return MONDAY + timedelta(**time_passed)


def waiting(days: int, reminders: int = 0, reminded: int | None = None) -> Followed:
    """Details were asked for on Monday plus ``days``."""
    at = after(days=reminded) if reminded is not None else None
    return Followed(REQUEST, Waiting(after(days=days), reminders, at))


def test_a_ticket_nobody_takes_is_due_after_the_limit_and_once_more_after_twice_that() -> None:
    new = Followed(REQUEST)
    assert due(new, after(hours=3.9)) == []
    assert due(new, after(hours=4)) == ["unowned:12:1"]
    assert due(new, after(days=1, hours=2)) == ["unowned:12:2"]  # of two missed ones the newer


def test_owned_tickets_and_those_that_wait_for_the_asker_ping_nobody() -> None:
    owned = replace(REQUEST, ticket=replace(TICKET, assignee="Priya"))
    assert due(Followed(owned), after(days=1)) == []
    assert due(waiting(0), after(days=1)) == []


def test_nobody_is_bothered_at_night_or_on_weekends() -> None:
    assert due(Followed(REQUEST), after(hours=8)) == []
    assert due(Followed(REQUEST), after(days=5)) == []
    assert due(waiting(0), after(days=5)) == []


def test_reminders_come_two_working_days_apart_and_then_it_is_closed() -> None:
    occasion = "12:20261123T100000"
    assert due(waiting(0), after(days=1)) == []
    assert due(waiting(0), after(days=2)) == [f"remind:{occasion}:1"]
    assert due(waiting(0, 1, 2), after(days=3)) == []
    assert due(waiting(0, 1, 2), after(days=4)) == [f"remind:{occasion}:2"]
    assert due(waiting(0, 2, 4), after(days=11)) == []
    assert due(waiting(0, 2, 4), after(days=14)) == [f"close:{occasion}"]


def test_a_desk_that_was_off_for_weeks_reminds_before_it_closes() -> None:
    assert due(waiting(0), after(days=30)) == ["remind:12:20261123T100000:1"]
    assert due(waiting(0, 1, 30), after(days=30)) == []
    assert due(waiting(0, 2, 32), after(days=32)) == []
    assert due(waiting(0, 2, 32), after(days=36)) == ["close:12:20261123T100000"]


def test_the_label_starts_the_reminders_once() -> None:
    labelled = replace(REQUEST, ticket=replace(TICKET, labels=("needs-info",), assignee="Priya"))
    assert due(Followed(labelled), MONDAY) == ["needs-info:12"]
    assert due(Followed(labelled, Waiting(None, 0, MONDAY)), MONDAY) == []  # asked and answered


def test_a_request_the_tracker_has_not_taken_is_shown_to_ops_after_ten_minutes() -> None:
    unfiled = replace(REQUEST, ticket=None, state=RequestState.QUEUED)
    assert due(Followed(unfiled, has_line=False), after(minutes=9)) == []
    assert due(Followed(unfiled, has_line=False), after(minutes=10)) == ["unfiled:12"]
    assert due(Followed(unfiled, has_line=True), after(minutes=10)) == []


@given(st.datetimes(datetime(2026, 11, 1), datetime(2027, 11, 1), timezones=st.just(UTC)))
def test_a_digest_is_named_by_its_day_and_comes_between_its_hour_and_the_end_of_work(now: datetime) -> None:
    found = digest_due(TEAM, now)
    expected = now.weekday() < 5 and time(9, 30) <= now.time() < time(17)
    assert (found is not None) == expected
    assert found is None or found.key == f"digest:{now.date()}"


def test_a_team_without_a_digest_hour_or_on_a_holiday_gets_none() -> None:
    off = replace(TEAM.hours, holidays=("2026-11-23",))
    assert digest_due(replace(TEAM, hours=off), MONDAY) is None
    assert digest_due(replace(TEAM, digest_at=None), MONDAY) is None


class Recorder:
    """An inbox that only counts."""

    def __init__(self) -> None:
        self.items: list[Incoming] = []

    def record(self, item: Incoming) -> bool:
        self.items.append(item)
        return True


def test_a_timetable_looks_every_twenty_seconds_and_records_an_occasion_once(tmp_path: Path) -> None:
    now, inbox = [MONDAY], Recorder()
    database = database_with(tmp_path / "desk.sqlite3", DeskTables.metadata, EscalationTables.metadata)
    timetable = Timetable(TEAM, PATIENCE, inbox, database, lambda: now[0])
    for _ in range(30):
        assert timetable.run_once() is False
        now[0] += timedelta(seconds=5)
    database.close()
    assert inbox.items == [Due("digest", "digest:2026-11-23"), Due("reviews", "reviews:2026-11-23")]


def test_two_desks_that_look_at_the_same_time_record_an_occasion_once(tmp_path: Path) -> None:
    database = database_with(tmp_path / "desk.sqlite3", DeskTables.metadata, EscalationTables.metadata)
    bell = Bell()
    inbox = Inbox(database, Outbox(bell, lambda: MONDAY), (bell,), lambda: MONDAY)
    for _ in range(2):
        Timetable(TEAM, PATIENCE, inbox, database, lambda: MONDAY).run_once()
    with database.read() as session:
        assert list(session.scalars(select(InboxRow.key))) == ["digest:2026-11-23", "reviews:2026-11-23"]
    database.close()
