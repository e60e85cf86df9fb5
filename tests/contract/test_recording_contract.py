"""What comes in and what is to be done are recorded once, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from bot.bell import Bell
from bot.clock import now_utc
from bot.database import Database
from bot.effects import React
from bot.inbox import Inbox
from bot.incoming import HomeOpened, MessageIn
from bot.outbox import Outbox
from bot.queue import Queue
from bot.tables import InboxRow, OutboxRow


def message(event_id: str, ts: str = "1700000000.000100", **more: Any) -> MessageIn:
    """Somebody asks something in a channel."""
    values: dict[str, Any] = {"is_dm": False, "mentions_desk": True, "mentions_others": False, **more}
    return MessageIn("T1", "C1", "U1", ts, "where are my MQLs?", event_id=event_id, **values)


def inbox(database: Database) -> Inbox:
    """An inbox as a receiver has it."""
    bell = Bell()
    return Inbox(database, Outbox(bell, now_utc), (bell,), now_utc)


def recorded(database: Database, table: type[InboxRow | OutboxRow] = InboxRow) -> list[str]:
    """The keys in a table."""
    with database.read() as session:
        return list(session.scalars(select(table.key).order_by(table.id)))


def test_an_event_is_recorded_once_however_often_it_is_delivered(any_database: Database) -> None:
    assert [inbox(any_database).record(message("Ev1")) for _ in range(3)] == [True, False, False]
    assert recorded(any_database) == ["event:Ev1"]


def test_a_message_that_comes_under_two_event_ids_is_recorded_once_with_one_reaction(any_database: Database) -> None:
    seen = (("seen:T1:C1:1700000000.000100", React("C1", "1700000000.000100", "eyes")),)
    assert inbox(any_database).record(message("Ev1"), seen)
    assert not inbox(any_database).record(message("Ev2"), seen)
    assert (len(recorded(any_database)), len(recorded(any_database, OutboxRow))) == (1, 1)


def test_characters_no_database_takes_are_left_out(any_database: Database) -> None:
    odd = replace(message("Ev1"), text="where \x00are \ud83dmy \udc00MQLs? 🙂")
    assert inbox(any_database).record(odd)
    with any_database.write() as session:
        row = Queue(InboxRow).claim(session, now_utc())
    assert row is not None
    assert row.payload["text"] == "where are my MQLs? 🙂"


def test_messages_without_a_place_are_told_apart_by_their_keys(any_database: Database) -> None:
    assert inbox(any_database).record(HomeOpened("U1", "event:Ev1"))
    assert inbox(any_database).record(HomeOpened("U1", "event:Ev2"))
    assert not inbox(any_database).record(HomeOpened("U1", "event:Ev2"))


@pytest.mark.parametrize("attempt", range(5))
def test_two_receivers_in_the_same_instant_record_one_row(any_database: Database, attempt: int) -> None:
    together = threading.Barrier(4)
    seen = (("seen:T1:C1:1", React("C1", "1", "eyes")),)

    def receive(event_id: str) -> bool:
        together.wait(10)
        return inbox(any_database).record(message(event_id), seen)

    assert sorted(at_once([partial(receive, f"Ev{number}") for number in range(4)])) == [False, False, False, True]
    assert len(recorded(any_database)) == len(recorded(any_database, OutboxRow)) == 1


@pytest.mark.parametrize("attempt", range(5))
def test_the_same_effect_put_by_three_processes_at_once_is_there_once(any_database: Database, attempt: int) -> None:
    together = threading.Barrier(3)
    outbox = Outbox(Bell(), now_utc)

    def put_it() -> bool:
        together.wait(10)
        with any_database.write() as session:
            outbox.put(session, "ops:denied", React("C1", "1", "eyes"))
        return True

    assert at_once([put_it] * 3) == [True] * 3  # nobody's transaction failed
    assert recorded(any_database, OutboxRow) == ["ops:denied"]


def at_once(steps: list[Callable[[], bool]]) -> list[bool]:
    """Run each in a thread of its own; re-raises the first trouble."""
    with ThreadPoolExecutor(len(steps)) as pool:
        return [future.result(30) for future in [pool.submit(step) for step in steps]]
