"""What a process that only brings the index up to date does with the one on disk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support_database import database_with
from support_knowledge import DOCUMENTS, ENTRIES, MQL, ask, over, store

from bot.database import Database
from knowledge.generations import Generations
from knowledge.tables import Base


@pytest.fixture
def database(tmp_path: Path) -> Database:
    found = database_with(tmp_path / "d.sqlite3", Base.metadata)
    store(found, ENTRIES, DOCUMENTS)
    return found


def test_a_whole_index_on_disk_is_left_as_it_is(tmp_path: Path, database: Database) -> None:
    built = over(tmp_path, database).rebuild()
    base = over(tmp_path, database)
    base.ensure_built()
    assert base.generation_id is None
    assert Generations(tmp_path / "index").current_id() == built


def test_an_index_that_is_damaged_or_behind_is_built_again(tmp_path: Path, database: Database) -> None:
    first = over(tmp_path, database).rebuild()
    (tmp_path / "index" / first / "targets.jsonl").write_text("", encoding="utf-8")
    base = over(tmp_path, database)
    base.ensure_built()
    assert base.generation_id not in (None, first)
    store(database, (replace(MQL, answer="Somewhere else."),))
    base.ensure_built()
    assert Generations(tmp_path / "index").current_id() == base.generation_id
    assert base.verdict(ask("where are my MQLs?")).hits[0].text == "Somewhere else."
