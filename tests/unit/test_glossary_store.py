"""The glossary as people write it: over the file, with versions, followed by what answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from support_database import database_with
from support_knowledge import NOON, over

from bot.database import Database
from knowledge.generations import Generations
from knowledge.glossary import Glossary, Term
from knowledge.glossary_store import GlossaryStore, JoinedGlossary, taken_by, term_key
from knowledge.knowledge_base import KnowledgeBase
from knowledge.tables import Base
from knowledge.testing import HashingEncoder

FILE = Glossary((Term("MQL", "marketing qualified lead"), Term("SLA", "service level agreement")))
PQA = Term("PQA", "product qualified account")


def save(database: Database, term: Term | None, key: str = "pqa") -> int:
    """Somebody writes a term."""
    with database.write() as session:
        return GlossaryStore(session).save(key, term, "U1", NOON, "asked often")


def joined_over(folder: Path) -> tuple[Database, Callable[[], Glossary]]:
    """A database, and the glossary that a process has over it."""
    database = database_with(folder / "desk.sqlite3", Base.metadata)
    return database, JoinedGlossary(lambda: FILE, database)


def test_what_people_write_joins_the_file_and_wins_over_it(tmp_path: Path) -> None:
    database, glossary = joined_over(tmp_path)
    assert glossary() == FILE
    save(database, PQA)
    save(database, Term("mql", "most qualified lead"), "mql")
    assert {term.term: term.expansion for term in glossary().terms} == {
        "mql": "most qualified lead",
        "PQA": "product qualified account",
        "SLA": "service level agreement",
    }


def test_a_term_of_the_file_can_be_taken_out(tmp_path: Path) -> None:
    database, glossary = joined_over(tmp_path)
    save(database, None, "sla")
    assert [term.term for term in glossary().terms] == ["MQL"]


def test_every_version_is_kept_and_the_same_again_is_none(tmp_path: Path) -> None:
    database, _ = joined_over(tmp_path)
    changed = Term("PQA", "product qualified account", definition="Three active users.")
    assert [save(database, PQA), save(database, PQA), save(database, changed), save(database, None)] == [1, 1, 2, 3]
    with database.read() as session:
        history = GlossaryStore(session).history("pqa")
    assert [(each.version, each.term) for each in history] == [(1, PQA), (2, changed), (3, None)]
    assert history[0].reason == "asked often"


def test_two_terms_cannot_be_said_the_same_way() -> None:
    assert taken_by(FILE, Term("MQR", "ready lead", aliases=("sla",))) == ("sla", "SLA")
    assert taken_by(FILE, Term("mql", "another meaning")) is None
    assert term_key("A/B-Test ") == "a/b test"


def test_an_unchanged_glossary_is_not_made_anew(tmp_path: Path) -> None:
    database, glossary = joined_over(tmp_path)
    save(database, PQA)
    assert glossary() is glossary()


def test_a_knowledge_base_follows_a_definition_at_its_next_look(tmp_path: Path) -> None:
    over(tmp_path, database_with(tmp_path / "desk.sqlite3", Base.metadata))
    database, glossary = joined_over(tmp_path)
    base = KnowledgeBase(HashingEncoder(), Generations(tmp_path / "index"), database, lambda: NOON, glossary=glossary)
    base.ensure_current()
    assert not base.refresh()
    save(database, PQA)
    assert base.refresh()
    assert not base.refresh()
