"""An entry needs a look when a page it cites changed or went away."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from support_database import database_with
from support_knowledge import IMPORTS, NOON, UTM, section, store

from bot.database import Database
from knowledge.document_store import DocumentStore
from knowledge.domain import Document, Entry, SourceLink
from knowledge.drift import Drift, Drifted
from knowledge.tables import Base

SCANS = "https://example.com/lists#badge-scans"
PAGE = "https://example.com/lists"
ENTRY = Entry("scans", "How do I upload badge scans?", "As a list.", sources=(SourceLink("Scans", SCANS),))
LATER = NOON + timedelta(days=3)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = database_with(tmp_path / "desk.sqlite3", Base.metadata)
    store(database, [ENTRY, UTM], [IMPORTS])
    look(database)
    return database


def look(database: Database) -> int:
    with database.write() as session:
        return Drift(session).look(LATER)


def drifted(database: Database) -> list[Drifted]:
    with database.read() as session:
        return list(Drift(session).drifted())


def changed(text: str) -> Document:
    scans, turnaround = IMPORTS.sections
    return replace(IMPORTS, sections=(replace(scans, text=text), turnaround), content_hash=text)


def test_pages_that_stay_as_they_are_need_no_look(database: Database) -> None:
    assert look(database) == 0
    assert drifted(database) == []


def test_a_section_that_changed_is_told_with_both_texts(database: Database) -> None:
    store(database, documents=[changed("Scans go to the events desk.")])
    assert look(database) == 1
    assert drifted(database) == [
        Drifted("scans", SCANS, IMPORTS.sections[0].text, "Scans go to the events desk.", LATER)
    ]
    assert look(database) == 0, "the same change is no news the second time"


def test_a_change_elsewhere_on_the_page_is_not_its_business(database: Database) -> None:
    scans, turnaround = IMPORTS.sections
    store(
        database,
        documents=[replace(IMPORTS, sections=(scans, replace(turnaround, text="A week.")), content_hash="2")],
    )
    assert look(database) == 0


def test_an_entry_that_cites_a_whole_page_hears_of_every_section(database: Database) -> None:
    store(database, [replace(ENTRY, sources=(SourceLink("Lists", PAGE + "/"),))])
    look(database)
    store(
        database,
        documents=[replace(IMPORTS, sections=(*IMPORTS.sections, section("New", "More.")), content_hash="3")],
    )
    assert look(database) == 1


def test_a_page_that_vanished_is_told_and_one_that_came_back_forgotten(database: Database) -> None:
    with database.write() as session:
        DocumentStore(session).remove("handbook", ["lists.md"])
    assert look(database) == 1
    assert [each.now for each in drifted(database)] == [None]
    store(database, documents=[IMPORTS])
    look(database)
    assert drifted(database) == []


def test_whoever_accepts_it_is_told_of_the_next_change_only(database: Database) -> None:
    store(database, documents=[changed("Two.")])
    look(database)
    with database.write() as session:
        Drift(session).accept("scans")
    look(database)
    assert drifted(database) == []
    store(database, documents=[changed("Three.")])
    look(database)
    assert [(each.was, each.now) for each in drifted(database)] == [("Two.", "Three.")]


def test_addresses_nobody_took_in_are_left_alone(database: Database) -> None:
    store(database, [replace(UTM, sources=(SourceLink("Elsewhere", "https://other.example/utm"),))])
    assert look(database) == 0
    assert drifted(database) == []
