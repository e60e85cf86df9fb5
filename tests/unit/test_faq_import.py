"""Importing an FAQ: by id, with history, all or nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from support_database import database_with

from bot.database import Database
from knowledge.corpus import current_revision
from knowledge.domain import Entry, EntryStatus
from knowledge.entry_store import EntryStore, ImportSummary
from knowledge.errors import FaqInvalid
from knowledge.faq_file import read_faq, write_faq
from knowledge.faq_import import export_faq, import_faq
from knowledge.tables import Base

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
FIRST = Entry("a", "Why?", "Because.")
SECOND = Entry("b", "Who?", "Me.")


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return database_with(tmp_path / "desk.sqlite3", Base.metadata)


def run_import(database: Database, folder: Path, *entries: Entry, author: str = "ana") -> ImportSummary:
    write_faq(folder / "faq.yaml", entries)
    return import_faq(folder / "faq.yaml", database, author, lambda: NOW)


def test_a_second_import_changes_nothing(database: Database, tmp_path: Path) -> None:
    assert run_import(database, tmp_path, FIRST, SECOND) == ImportSummary(added=2)
    assert run_import(database, tmp_path, FIRST, SECOND) == ImportSummary(unchanged=2)
    with database.read() as session:
        assert EntryStore(session).all() == (FIRST, SECOND)
        assert current_revision(session)[1] == 1


def test_a_changed_entry_keeps_its_history(database: Database, tmp_path: Path) -> None:
    run_import(database, tmp_path, FIRST)
    better = Entry("a", "Why?", "Because of that.")
    assert run_import(database, tmp_path, better, author="bo") == ImportSummary(changed=1)
    with database.read() as session:
        versions = EntryStore(session).history("a")
        assert [(v.version, v.entry, v.author) for v in versions] == [(1, FIRST, "ana"), (2, better, "bo")]
        assert versions[0].created_at == NOW
        assert current_revision(session)[1] == 2


def test_entries_that_the_file_leaves_out_stay(database: Database, tmp_path: Path) -> None:
    run_import(database, tmp_path, FIRST, SECOND)
    run_import(database, tmp_path, SECOND)
    with database.read() as session:
        assert EntryStore(session).get("a") == FIRST
        assert EntryStore(session).count() == 2


def test_only_published_entries_are_searched(database: Database, tmp_path: Path) -> None:
    run_import(database, tmp_path, FIRST, Entry("b", "Who?", "Me.", status=EntryStatus.DRAFT))
    with database.read() as session:
        assert EntryStore(session).published() == (FIRST,)


def test_a_broken_file_imports_nothing(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "faq.yaml"
    path.write_text("entries:\n  - {id: a, question: Why?, answer: So.}\n  - {id: b, question: Who?}\n")
    with pytest.raises(FaqInvalid):
        import_faq(path, database, "ana", lambda: NOW)
    with database.read() as session:
        assert EntryStore(session).count() == 0
        assert current_revision(session) == ("", 0)


def test_an_export_holds_every_entry_in_order(database: Database, tmp_path: Path) -> None:
    run_import(database, tmp_path, SECOND, FIRST)
    assert export_faq(tmp_path / "out.csv", database) == 2
    assert read_faq(tmp_path / "out.csv") == (SECOND, FIRST)
