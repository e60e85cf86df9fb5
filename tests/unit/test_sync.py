"""A sync: what moved stays itself, what must not be shown goes at once, an implausible listing is not believed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from support_database import database_with

from bot.database import Database
from knowledge.document_store import DocumentStore
from knowledge.domain import Document
from knowledge.errors import DocumentWithheld, SourceUnavailable, SyncOvertaken
from knowledge.ingest import IngestSummary, Terms, forget_source, ingest
from knowledge.protocols import DocumentRef
from knowledge.source_testing import MemorySource
from knowledge.sync_plan import SMALL
from knowledge.sync_store import SourceState, SyncStore
from knowledge.tables import Base, DocumentRow, SectionRow

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
LONG = "Badge scans from a trade show arrive as a spreadsheet with names."


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return database_with(tmp_path / "desk.sqlite3", Base.metadata)


@pytest.fixture
def source() -> MemorySource:
    return MemorySource("docs", {"a.md": f"# A\n{LONG}\n", "b.md": "# B\nTwo.\n"})


def many(count: int) -> dict[str, str]:
    return {f"{n:03}.md": f"# {n}\n" for n in range(count)}


def sync(source: MemorySource, database: Database, *, later: int = 0, **terms: object) -> IngestSummary:
    source.reads.clear()
    return ingest(source, database, lambda: NOW + timedelta(seconds=later), terms=Terms(**terms))  # type: ignore[arg-type]


def keys(database: Database) -> dict[str, int]:
    with database.read() as session:
        return {stored.path: stored.key for stored in DocumentStore(session).stored("docs")}


def test_a_moved_page_stays_the_same_document_and_its_old_path_still_finds_it(
    source: MemorySource, database: Database
) -> None:
    sync(source, database)
    before = keys(database)["a.md"]
    source.texts["guides/a.md"] = source.texts.pop("a.md")
    assert sync(source, database) == IngestSummary(moved=1, unchanged=1)
    assert keys(database)["guides/a.md"] == before
    with database.read() as session:
        assert DocumentStore(session).current_path("docs", "a.md") == "guides/a.md"
        assert DocumentStore(session).current_path("docs", "never.md") is None


def test_a_page_with_an_id_stays_itself_even_if_all_of_it_changed(source: MemorySource, database: Database) -> None:
    source.ids = {"a.md": "17", "b.md": "18"}
    sync(source, database)
    before = keys(database)
    del source.texts["a.md"]
    source.texts["new.md"], source.ids = "# Other\nWords.\n", {"new.md": "17", "b.md": "18"}
    assert sync(source, database) == IngestSummary(moved=1, unchanged=1)
    assert keys(database) == {"new.md": before["a.md"], "b.md": before["b.md"]}


def test_two_pages_with_ids_may_change_places(source: MemorySource, database: Database) -> None:
    source.ids = {"a.md": "17", "b.md": "18"}
    sync(source, database)
    before = keys(database)
    source.ids = {"a.md": "18", "b.md": "17"}
    assert sync(source, database).moved == 2
    assert keys(database) == {"a.md": before["b.md"], "b.md": before["a.md"]}
    assert sync(source, database) == IngestSummary(unchanged=2)


def test_a_page_with_a_new_id_in_an_old_place_is_another_page(source: MemorySource, database: Database) -> None:
    source.ids = {"a.md": "17", "b.md": "18"}
    sync(source, database)
    before = keys(database)
    source.ids["a.md"], source.texts["a.md"] = "99", "# A\nWritten anew.\n"
    assert sync(source, database) == IngestSummary(added=1, removed=1, unchanged=1)
    assert keys(database)["a.md"] != before["a.md"]


def test_what_must_not_be_shown_goes_at_once_however_much_it_is(database: Database) -> None:
    source = MemorySource("docs", many(SMALL + 10))
    sync(source, database)
    source.withheld = dict.fromkeys(source.texts, "restricted to two people")
    summary = sync(source, database)
    assert (summary.removed, summary.held_back, len(summary.skipped)) == (SMALL + 10, 0, SMALL + 10)
    assert keys(database) == {}
    source.withheld = {}
    assert sync(source, database).added == SMALL + 10


def test_a_page_found_restricted_while_it_is_read_goes_as_well(source: MemorySource, database: Database) -> None:
    class Restricting(MemorySource):
        def read(self, ref: DocumentRef) -> Document:
            raise DocumentWithheld(ref.path, "restricted to two people")

    sync(source, database)
    restricted = Restricting("docs", {"a.md": "# A\nNew.\n", "b.md": "# B\nNew.\n"})
    summary = sync(restricted, database)
    assert summary.skipped == (("a.md", "restricted to two people"), ("b.md", "restricted to two people"))
    assert keys(database) == {}


def test_a_listing_without_most_documents_is_believed_the_second_time(database: Database) -> None:
    source = MemorySource("docs", many(SMALL + 10))
    sync(source, database)
    source.texts = {"000.md": "# New 0\n", "new.md": f"# N\n{LONG}\n"}
    assert sync(source, database) == IngestSummary(changed=1, added=1, held_back=SMALL + 9)
    assert sync(source, database, later=5).held_back == SMALL + 9
    assert sync(source, database, later=61) == IngestSummary(unchanged=2, removed=SMALL + 9)


def test_documents_that_come_back_are_not_missed_again(database: Database) -> None:
    source = MemorySource("docs", many(SMALL + 10))
    sync(source, database)
    listed, source.texts = source.texts, {}
    assert sync(source, database).held_back == SMALL + 10
    source.texts = listed
    assert sync(source, database, later=90) == IngestSummary(unchanged=SMALL + 10)
    source.texts = {}
    assert sync(source, database, later=120).held_back == SMALL + 10


def test_an_empty_listing_is_believed_when_told_to_and_when_there_was_little(database: Database) -> None:
    source = MemorySource("docs", many(SMALL + 10))
    sync(source, database)
    source.texts = {}
    assert sync(source, database, force=True).removed == SMALL + 10
    small = MemorySource("docs", many(3))
    sync(small, database)
    small.texts = {}
    assert sync(small, database).removed == 3


def test_a_folder_that_was_renamed_is_no_loss(database: Database) -> None:
    texts = {path: f"{text}{LONG} Part {path}.\n" for path, text in many(SMALL + 10).items()}
    source = MemorySource("docs", texts)
    sync(source, database)
    before = keys(database)
    source.texts = {f"moved/{path}": text for path, text in texts.items()}
    assert sync(source, database) == IngestSummary(moved=SMALL + 10)
    assert keys(database) == {f"moved/{path}": key for path, key in before.items()}


def test_failures_are_remembered_until_they_are_mended(source: MemorySource, database: Database) -> None:
    source.broken = {"a.md"}
    failed = (("a.md", "cannot be read (made so by a test)"),)
    assert sync(source, database).failed == failed
    with database.read() as session:
        (failure,) = SyncStore(session).failures()["docs"]
    assert (failure.path, failure.since) == ("a.md", NOW)
    patient = {"retry_after": timedelta(hours=1)}
    assert sync(source, database, later=60, **patient).failed == failed
    assert source.reads == []
    source.broken = set()
    assert sync(source, database, later=3_600, **patient) == IngestSummary(added=1, unchanged=1)
    with database.read() as session:
        assert SyncStore(session).failures() == {}


def test_a_failed_document_that_changed_is_tried_at_once(source: MemorySource, database: Database) -> None:
    source.broken = {"a.md"}
    sync(source, database)
    source.broken, source.texts["a.md"] = set(), "# A\nMended.\n"
    assert sync(source, database, retry_after=timedelta(days=1)).added == 1


def test_a_failed_document_that_is_gone_is_no_failure_any_more(source: MemorySource, database: Database) -> None:
    source.broken = {"a.md"}
    sync(source, database)
    del source.texts["a.md"]
    assert sync(source, database) == IngestSummary(unchanged=1)
    with database.read() as session:
        assert SyncStore(session).failures() == {}


def test_of_a_changed_page_only_the_changed_sections_are_written(database: Database) -> None:
    source = MemorySource("docs", {"a.md": "# A\nOne.\n\n## B\nTwo.\n\n## C\nThree.\n"})
    sync(source, database)
    rows = sections(database)
    source.texts["a.md"] = "# A\nOne, and a line\nmore.\n\n## B\nTwo.\n\n## C\nThree.\n"
    assert sync(source, database).changed == 1
    after = sections(database)
    assert [text for _, text in after] == ["One, and a line\nmore.", "Two.", "Three."]
    assert [key for key, _ in after][1:] == [key for key, _ in rows][1:]


def sections(database: Database) -> list[tuple[int, str]]:
    with database.read() as session:
        found = session.execute(select(SectionRow.id, SectionRow.text).order_by(SectionRow.position))
        return [(key, text) for key, text in found]


def test_each_document_knows_when_it_was_last_seen(source: MemorySource, database: Database) -> None:
    sync(source, database)
    sync(source, database, later=600)
    with database.read() as session:
        seen = session.scalars(select(DocumentRow.seen_at)).all()
    assert {moment.replace(tzinfo=UTC) for moment in seen} == {NOW + timedelta(seconds=600)}


def test_a_sync_that_is_overtaken_stops_and_loses_nothing(source: MemorySource, database: Database) -> None:
    def overtake(_done: int, _total: int, _path: str) -> None:
        ingest(MemorySource("docs", dict(source.texts)), database, lambda: NOW)

    with pytest.raises(SyncOvertaken):
        ingest(source, database, lambda: NOW, overtake)
    assert set(keys(database)) == {"a.md", "b.md"}


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit])
def test_a_sync_that_was_broken_off_leaves_the_source_free(
    source: MemorySource, database: Database, end: type[BaseException]
) -> None:
    def stop(_done: int, _total: int, _path: str) -> None:
        raise end

    with pytest.raises(end):
        ingest(source, database, lambda: NOW, stop)
    assert source.rests == 1
    with database.read() as session:
        assert not SyncStore(session).state("docs").is_held(NOW)


def test_how_a_source_stands_is_kept(source: MemorySource, database: Database) -> None:
    sync(source, database)
    source.away = True
    for later in (60, 120):
        with pytest.raises(SourceUnavailable):
            sync(source, database, later=later)
    state = the_state(database)
    assert (state.error, state.read_at) == ("docs is away.", NOW)
    assert (state.failing_since, state.finished_at) == (NOW + timedelta(seconds=60), NOW + timedelta(seconds=120))
    source.away = False
    sync(source, database, later=180)
    state = the_state(database)
    assert (state.error, state.failing_since, state.summary and state.summary["unchanged"]) == ("", None, 2)


def the_state(database: Database) -> SourceState:
    with database.read() as session:
        return SyncStore(session).state("docs")


def test_a_source_can_be_forgotten_whole(source: MemorySource, database: Database) -> None:
    source.broken = {"b.md"}
    sync(source, database)
    assert forget_source("docs", database) == 1
    assert forget_source("docs", database) is None
    with database.read() as session:
        assert (SyncStore(session).states(), SyncStore(session).failures()) == ((), {})


def test_nothing_changes_when_a_sync_is_repeated_after_each_document(database: Database) -> None:
    """Wherever a sync is cut, the next ones end with the same content."""

    def cut_at(place: int) -> Callable[[int, int, str], None]:
        def stop(done: int, _total: int, _path: str) -> None:
            if done == place:
                raise KeyboardInterrupt

        return stop

    source = MemorySource("docs", many(60))
    for place in (1, 26, 51):
        with pytest.raises(KeyboardInterrupt):
            ingest(source, database, lambda: NOW, cut_at(place))
    assert sync(source, database) == IngestSummary(added=10, unchanged=50)
