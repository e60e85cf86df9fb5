"""Syncs on both databases: moves, failures, and the turn of one process among several."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from bot.bell import Bell
from bot.database import Database
from bot.outbox import Outbox
from bot.slack.ops import OpsChannel
from bot.source_schedule import SourceSchedule
from bot.sources.listed import ScheduledSource
from knowledge.document_store import DocumentStore
from knowledge.ingest import IngestSummary, ingest
from knowledge.protocols import DocumentRef
from knowledge.source_testing import MemorySource
from knowledge.sync_store import SyncStore
from knowledge.visibility import Visibility

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
LONG = "Badge scans from a trade show arrive as a spreadsheet with names."


def sync(source: MemorySource, database: Database) -> IngestSummary:
    return ingest(source, database, lambda: NOW)


def test_pages_change_places_move_fail_and_are_forgotten(any_database: Database) -> None:
    source = MemorySource("docs", {"a.md": f"# A\n{LONG}\n", "b.md": "# B\nTwo.\n", "c.md": "# C\nThree.\n"})
    source.ids = {"a.md": "17", "b.md": "18"}
    assert sync(source, any_database).added == 3
    source.ids = {"a.md": "18", "b.md": "17"}
    source.texts["c.md"], source.broken = "# C\nFour.\n", {"c.md"}
    assert sync(source, any_database) == IngestSummary(
        moved=2, failed=(("c.md", "cannot be read (made so by a test)"),)
    )
    with any_database.read() as session:
        assert [failure.since for failure in SyncStore(session).failures("docs")["docs"]] == [NOW]
    source.texts = {"new/a.md": f"# A\n{LONG}\n"}
    source.ids = {}
    assert sync(source, any_database) == IngestSummary(moved=1, removed=2)
    with any_database.read() as session:
        assert DocumentStore(session).current_path("docs", "a.md") == "new/a.md"
        assert SyncStore(session).state("docs").read_at == NOW
        assert Visibility((), 0).withdrawn(session).gone == frozenset()


class SlowSource(MemorySource):
    """Counts how often it was looked through."""

    looks = 0

    def list(self) -> list[DocumentRef]:
        self.looks += 1
        return list(super().list())


def test_of_several_processes_one_reads_a_new_source(any_database: Database) -> None:
    source = SlowSource("docs", {"a.md": "# A\nOne.\n"})
    outbox = Outbox(Bell(), lambda: NOW)
    due = [
        SourceSchedule(
            [ScheduledSource(source, "folder", timedelta(hours=1))],
            OpsChannel(outbox, ""),
            any_database,
            lambda: NOW,
        )
        for _ in range(4)
    ]
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda one: one.run_once(), due))
    assert (sum(done), source.looks) == (1, 1)
