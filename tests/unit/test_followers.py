"""Requests that wait for a choice, are joined, and are followed; kept in a real database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support_database import database_with

from bot.bell import Bell
from bot.database import Database
from bot.effects import CreateTicket
from bot.outbox import Outbox
from bot.queue import Queue
from bot.tables import Base as BotBase
from bot.tables import OutboxRow
from escalation.domain import Draft, Follower, Origin, Person, Request, RequestState, Ticket
from escalation.follower_store import FollowerStore
from escalation.request_store import RequestStore
from escalation.tables import Base

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
ANN, BEN = Person("U1", "Ann Lee", "ann@example.com"), Person("U2", "Ben Ito")
DRAFT = Draft("Import the Berlin list", ANN, Origin("#ask-mops"))
TICKET = Ticket("OPS-1", "https://jira.example/browse/OPS-1", "Import", "To Do", "Task", updated_at=NOW)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = database_with(tmp_path / "desk.sqlite3", Base.metadata, BotBase.metadata)
    yield made
    made.close()


def opened(store: RequestStore, person: Person = ANN, at: datetime = NOW, *, held: bool = False) -> Request:
    return store.open(replace(DRAFT, requester=person), at, held=held)


def test_a_held_request_is_filed_or_joined_once(database: Database) -> None:
    with database.write() as session:
        store = RequestStore(session)
        first, held, other = opened(store), opened(store, BEN, held=True), opened(store, BEN, held=True)
        assert store.join(held.id, first.id)
        assert not store.release(held.id)
        assert not store.join(held.id, other.id)
        assert store.release(other.id)
        assert not store.join(other.id, first.id)
        states = [request.state for number in (held.id, other.id) if (request := store.get(number))]
        assert states == [RequestState.JOINED, RequestState.QUEUED]
        assert store.standing_for(held.id) == store.get(first.id)
        assert store.standing_for(other.id) == store.get(other.id)


def test_late_news_about_its_filing_does_not_wake_a_joined_request(database: Database) -> None:
    with database.write() as session:
        store = RequestStore(session)
        first, held = opened(store), opened(store, BEN, held=True)
        store.join(held.id, first.id)
        store.unknown(held.id)
        store.dead(held.id)
        assert not (store.get(held.id) or first).is_open


def test_open_requests_are_those_somebody_could_join(database: Database) -> None:
    with database.write() as session:
        store = RequestStore(session)
        old, young, held, done, gone = (
            opened(store, at=NOW - timedelta(days=d), held=d == 2) for d in (61, 1, 2, 3, 4)
        )
        store.filed(done.id, replace(TICKET, done=True))
        store.withdrawn(gone.id)
        found = store.open_requests(NOW - timedelta(days=60))
        assert [request.id for request in found] == [young.id]
        assert [request.id for request in store.open_requests(NOW - timedelta(days=62))] == [old.id, young.id]
        assert store.open_requests(NOW - timedelta(days=60), after=young.id) == ()
        assert held.state is RequestState.HELD


def test_a_person_follows_a_request_once_and_it_counts_in_the_demand(database: Database) -> None:
    follower = Follower(1, BEN, "the same for us", NOW)
    with database.write() as session:
        first = opened(RequestStore(session))
        followers = FollowerStore(session)
        assert followers.add(follower)
        assert not followers.add(replace(follower, need="again"))
        assert followers.of(first.id) == (follower,)
        assert followers.demand(first.id) == 2
        assert followers.demands([first.id, 99]) == {first.id: 2, 99: 1}


def test_a_persons_list_has_what_they_joined_instead_of_what_they_gave_up_for_it(database: Database) -> None:
    with database.write() as session:
        store = RequestStore(session)
        first, held, own = opened(store), opened(store, BEN, held=True), opened(store, BEN)
        store.join(held.id, first.id)
        FollowerStore(session).add(Follower(first.id, BEN, "", NOW))
        assert [request.id for request in store.requests_of("U2")] == [own.id, first.id]
        store.forget("U2")
        assert FollowerStore(session).demand(first.id) == 1


def test_news_of_a_ticket_that_are_older_than_what_is_known_change_nothing(database: Database) -> None:
    newer = replace(TICKET, status="Done", done=True, updated_at=NOW + timedelta(minutes=1))
    with database.write() as session:
        store = RequestStore(session)
        first = opened(store)
        assert store.filed(first.id, newer)
        assert not store.filed(first.id, TICKET)
        assert (store.get(first.id) or first).ticket == newer
        assert store.filed(first.id, replace(newer, status="Reopened"))


def test_what_was_recorded_for_later_can_be_hastened_but_not_delayed(database: Database) -> None:
    outbox, queue = Outbox(Bell(), lambda: NOW), Queue(OutboxRow)
    with database.write() as session:
        outbox.put(session, "create:1", CreateTicket(1), timedelta(minutes=30))
        assert queue.claim(session, NOW) is None
        outbox.hasten(session, "create:1", timedelta(minutes=50))
        assert queue.claim(session, NOW + timedelta(minutes=29)) is None
        outbox.hasten(session, "create:1")
        claimed = queue.claim(session, NOW)
        assert claimed is not None
        outbox.hasten(session, "create:1")
        assert queue.claim(session, NOW) is None
