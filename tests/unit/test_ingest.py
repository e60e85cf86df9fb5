"""Ingesting: only what changed, nothing lost to a failure, the rest goes on."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from support_database import database_with

from bot.database import Database
from knowledge.corpus import Corpus, load_corpus
from knowledge.document_store import DocumentCounts, DocumentStore
from knowledge.errors import SourceUnavailable
from knowledge.folder_source import FolderSource
from knowledge.ingest import BATCH, IngestSummary, ingest
from knowledge.source_testing import MemorySource
from knowledge.tables import Base

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return database_with(tmp_path / "desk.sqlite3", Base.metadata)


@pytest.fixture
def source() -> MemorySource:
    return MemorySource("docs", {"a.md": "# A\nOne.\n", "b.md": "# B\nTwo.\n\n## C\n"})


def run(source: MemorySource, database: Database) -> IngestSummary:
    source.reads.clear()
    return ingest(source, database, lambda: NOW)


def corpus(database: Database) -> Corpus:
    with database.read() as session:
        return load_corpus(session)


def test_documents_come_back_as_they_were_read(source: MemorySource, database: Database) -> None:
    assert run(source, database) == IngestSummary(added=2)
    assert corpus(database).documents == tuple(source.read(ref) for ref in source.list())


def test_a_second_ingest_reads_nothing_and_changes_nothing(source: MemorySource, database: Database) -> None:
    run(source, database)
    before = corpus(database)
    assert run(source, database) == IngestSummary(unchanged=2)
    assert source.reads == []
    assert corpus(database) == before


def test_only_a_changed_document_is_stored_anew(source: MemorySource, database: Database) -> None:
    run(source, database)
    source.texts["b.md"] = "# B\nThree.\n"
    assert run(source, database) == IngestSummary(changed=1, unchanged=1)
    assert source.reads == ["b.md"]
    assert [s.text for d in corpus(database).documents for s in d.sections] == ["One.", "Three."]


def test_a_new_version_with_the_same_content_needs_no_new_index(source: MemorySource, database: Database) -> None:
    run(source, database)
    before = corpus(database).revision
    source.texts["a.md"] = "# A\nOne.\n\n\n"
    assert run(source, database) == IngestSummary(unchanged=2)
    assert corpus(database).revision == before
    assert run(source, database) == IngestSummary(unchanged=2)
    assert source.reads == []


def test_a_deleted_document_leaves_with_its_sections(source: MemorySource, database: Database) -> None:
    run(source, database)
    before = corpus(database).revision
    del source.texts["b.md"]
    assert run(source, database) == IngestSummary(removed=1, unchanged=1)
    assert corpus(database).revision > before
    with database.read() as session:
        assert DocumentStore(session).counts() == DocumentCounts(documents=1, sections=1)


def test_an_unreadable_document_keeps_its_old_version_and_the_others_go_on(
    source: MemorySource, database: Database
) -> None:
    run(source, database)
    source.texts.update({"a.md": "# A\nNew.\n", "c.md": "# C\nThree.\n"})
    source.broken = {"a.md"}
    assert run(source, database) == IngestSummary(
        added=1, unchanged=1, failed=(("a.md", "cannot be read (made so by a test)"),)
    )
    assert [d.sections[0].text for d in corpus(database).documents] == ["One.", "Two.", "Three."]
    source.broken = set()
    assert run(source, database) == IngestSummary(changed=1, unchanged=2)


def test_a_source_that_is_away_loses_nothing(source: MemorySource, database: Database) -> None:
    run(source, database)
    source.away = True
    with pytest.raises(SourceUnavailable):
        run(source, database)
    assert len(corpus(database).documents) == 2


def test_a_stop_midway_keeps_what_was_done(database: Database) -> None:
    source = MemorySource("docs", {f"{n:03}.md": f"# {n}\n" for n in range(BATCH + 5)})

    def stop(done: int, total: int, path: str) -> None:
        assert (total, path) == (BATCH + 5, f"{done - 1:03}.md")
        if done == BATCH + 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest(source, database, lambda: NOW, stop)
    assert run(source, database) == IngestSummary(added=5, unchanged=BATCH)


def test_sources_do_not_touch_each_other(source: MemorySource, database: Database) -> None:
    run(source, database)
    assert run(MemorySource("wiki", {"a.md": "# W\n"}), database) == IngestSummary(added=1)
    assert [(d.source, d.path) for d in corpus(database).documents] == [
        ("docs", "a.md"),
        ("docs", "b.md"),
        ("wiki", "a.md"),
    ]


def test_bad_files_in_a_folder_do_not_stop_the_good_ones(tmp_path: Path, database: Database) -> None:
    root = tmp_path / "docs"
    root.mkdir()
    (root / "good.md").write_text("# Good\ntext\n")
    (root / "binary.md").write_bytes(b"\x00\x01")
    (root / "empty.md").write_text("")
    (root / "deep.html").write_text("<div>" * 5_000)
    summary = ingest(FolderSource("docs", root), database, lambda: NOW)
    assert (summary.added, [path for path, _ in summary.failed]) == (2, ["binary.md", "deep.html"])


def test_a_fresh_database_has_nothing_and_reading_it_writes_nothing(database: Database) -> None:
    assert corpus(database) == Corpus("", 0, (), ())
    assert corpus(database).content_id == ""
