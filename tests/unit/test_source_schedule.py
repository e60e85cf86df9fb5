"""Sources are read when they are due, by one process, and the ops team hears once of what does not work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from support_database import database_with

import bot.tables
import knowledge.tables
from bot.bell import Bell
from bot.database import Database
from bot.outbox import Outbox
from bot.slack.ops import OpsChannel
from bot.source_schedule import LOOK_EVERY, RETRY, SourceSchedule
from bot.sources.listed import ScheduledSource
from bot.tables import OutboxRow
from knowledge.ingest import ingest
from knowledge.protocols import DocumentRef
from knowledge.source_testing import MemorySource
from knowledge.sync_plan import SMALL
from knowledge.sync_store import LEASE, SyncStore

HOUR = timedelta(hours=1)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def later(self, by: timedelta) -> None:
        self.now += by


class CountedSource(MemorySource):
    """Knows how often it was looked through, and what happens meanwhile."""

    def __init__(self, name: str) -> None:
        super().__init__(name, {"a.md": "# A\nOne.\n"})
        self.looks = 0
        self.meanwhile: Callable[[], object] = lambda: None

    def list(self) -> list[DocumentRef]:
        self.looks += 1
        self.meanwhile()
        return list(super().list())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return database_with(tmp_path / "desk.sqlite3", bot.tables.Base.metadata, knowledge.tables.Base.metadata)


@pytest.fixture
def source() -> CountedSource:
    return CountedSource("docs")


def schedule(
    database: Database, clock: Clock, *sources: MemorySource, every: timedelta | None = HOUR
) -> SourceSchedule:
    outbox = Outbox(Bell(), clock)
    listed = [ScheduledSource(one, "folder", every) for one in sources]
    return SourceSchedule(listed, OpsChannel(outbox, "C0OPS"), database, clock)


def told(database: Database) -> list[str]:
    with database.read() as session:
        return [row.payload["text"] for row in session.scalars(select(OutboxRow).order_by(OutboxRow.id))]


def run(due: SourceSchedule, clock: Clock, by: timedelta) -> int:
    """Let time pass, and say how many sources were read then."""
    clock.later(by)
    return sum(due.run_once() for _ in range(5))


def test_a_source_is_read_at_once_and_then_when_it_is_due(
    database: Database, clock: Clock, source: CountedSource
) -> None:
    due = schedule(database, clock, source)
    assert run(due, clock, timedelta(0)) == 1
    assert run(due, clock, HOUR - LOOK_EVERY) == 0
    assert run(due, clock, LOOK_EVERY) == 1
    assert source.looks == 2
    assert told(database) == []


def test_each_source_has_its_turn(database: Database, clock: Clock, source: CountedSource) -> None:
    other = CountedSource("wiki")
    assert run(schedule(database, clock, source, other), clock, timedelta(0)) == 2
    assert (source.looks, other.looks) == (1, 1)


def test_a_source_without_a_schedule_waits_to_be_asked(
    database: Database, clock: Clock, source: CountedSource
) -> None:
    due = schedule(database, clock, source, every=None)
    assert not due.is_needed
    assert run(due, clock, timedelta(days=9)) == 0


def test_of_two_processes_one_reads_it(database: Database, clock: Clock, source: CountedSource) -> None:
    other = schedule(database, clock, source)
    source.meanwhile = lambda: run(other, clock, timedelta(0))
    assert run(schedule(database, clock, source), clock, timedelta(0)) == 1
    assert source.looks == 1


def test_a_process_that_died_over_it_is_waited_for_a_while(
    database: Database, clock: Clock, source: CountedSource
) -> None:
    with database.write() as session:
        SyncStore(session).hold("docs", "dead", clock())
    due = schedule(database, clock, source)
    assert run(due, clock, LEASE - timedelta(seconds=1)) == 0
    assert run(due, clock, LOOK_EVERY) == 1


def test_a_command_takes_over_and_the_desk_gives_way(database: Database, clock: Clock, source: CountedSource) -> None:
    def command() -> None:
        source.meanwhile = lambda: None
        ingest(source, database, clock)

    source.meanwhile = command
    assert run(schedule(database, clock, source), clock, timedelta(0)) == 1
    assert told(database) == []
    with database.read() as session:
        assert SyncStore(session).state("docs").read_at == clock()


def test_ops_hear_once_that_a_source_is_away_and_once_that_it_is_back(
    database: Database, clock: Clock, source: CountedSource
) -> None:
    due = schedule(database, clock, source)
    run(due, clock, timedelta(0))
    source.away = True
    assert sum(run(due, clock, HOUR) for _ in range(3)) == 3
    (away,) = told(database)
    assert away.startswith("I can't read docs at the moment: docs is away. What I have from it still answers.")
    source.away = False
    run(due, clock, HOUR)
    assert told(database)[1:] == ["docs can be read again and is up to date (1 document)."]
    source.away = True
    run(due, clock, HOUR)
    assert len(told(database)) == 3


def test_a_source_that_is_away_is_tried_again_soon(database: Database, clock: Clock, source: CountedSource) -> None:
    due = schedule(database, clock, source)
    source.away = True
    run(due, clock, timedelta(0))
    assert run(due, clock, RETRY - LOOK_EVERY) == 0
    assert run(due, clock, LOOK_EVERY) == 1


def test_what_nobody_foresaw_is_told_too_and_tried_again_later(
    database: Database, clock: Clock, source: CountedSource
) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    source.meanwhile = fail
    due = schedule(database, clock, source)
    assert run(due, clock, timedelta(0)) == 1
    assert run(due, clock, LOOK_EVERY) == 0
    assert "the desk did not expect what came (ZeroDivisionError)" in told(database)[0]


def test_ops_hear_of_a_listing_that_is_not_believed_before_it_counts(
    database: Database, clock: Clock, source: CountedSource
) -> None:
    source.texts = {f"{n}.md": f"# {n}\n" for n in range(SMALL + 10)}
    due = schedule(database, clock, source)
    run(due, clock, timedelta(0))
    source.texts = {}
    run(due, clock, HOUR)
    assert [text.partition(".")[0] for text in told(database)] == ["docs suddenly lacks 30 documents"]
    assert "mops-desk ingest docs --force" in told(database)[0]
    assert run(due, clock, RETRY) == 1
    assert len(told(database)) == 1
    with database.read() as session:
        assert SyncStore(session).state("docs").doubt is None


def test_a_desk_that_stops_leaves_the_source_to_the_next_one(
    database: Database, clock: Clock, source: CountedSource
) -> None:
    due = schedule(database, clock, source)
    source.meanwhile = due.stop
    assert due.run_once()
    assert not due.run_once()
    source.meanwhile = lambda: None
    assert run(schedule(database, clock, source), clock, timedelta(0)) == 1
