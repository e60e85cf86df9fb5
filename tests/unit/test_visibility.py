"""What is gone, archived or for fewer readers is not shown any more, before the index is built anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import NoReturn

import pytest
from support_database import copied, database_with, desk_database
from support_knowledge import IMPORTS, MQL, NOON, UTM, ask, page, section, store

from bot.database import Database
from knowledge.document_store import DocumentStore
from knowledge.domain import Audience, Document, Entry, EntryStatus, HitKind, Level, Verdict
from knowledge.generations import Generations
from knowledge.knowledge_base import LOOK_EVERY, KnowledgeBase
from knowledge.protocols import Matrix
from knowledge.tables import Base
from knowledge.testing import HashingEncoder

BADGES = "where do badge scans from a trade show go?"
OTHER = page("other.md", "Other", section("Topic", "Something else about a matter and its rules."))


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def later(self, by: timedelta = LOOK_EVERY) -> None:
        self.now += by


class NeverBuilt(HashingEncoder):
    """An encoder for questions only: who must build an index with it fails."""

    built = False

    def encode(self, texts: Sequence[str]) -> Matrix:
        assert not self.built or len(texts) < 3, "the index was built anew"
        return super().encode(texts)


class Desk:
    """One process that answers, and the content that others change."""

    def __init__(self, folder: Path) -> None:
        self.database: Database = desk_database(folder)
        self.clock, self.encoder = Clock(), NeverBuilt()
        self.base = KnowledgeBase(self.encoder, Generations(folder / "index"), self.database, self.clock)
        self.base.ensure_current()
        self.encoder.built = True

    def asked(self, text: str = BADGES, audience: Audience | None = None) -> Verdict:
        self.clock.later()
        return self.base.verdict(ask(text, audience=audience))

    def shown(self, text: str = BADGES, audience: Audience | None = None) -> set[str]:
        return {hit.id for hit in self.asked(text, audience).hits}

    def put(self, *documents: Document) -> None:
        store(self.database, (), documents)

    def entry(self, entry: Entry) -> None:
        store(self.database, (entry,))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Content with an index of it, which each test has a copy of."""
    folder = tmp_path_factory.mktemp("built")
    database = database_with(folder / "desk.sqlite3", Base.metadata)
    store(database, (MQL, UTM), (IMPORTS, OTHER))
    Desk(folder).database.close()
    database.close()
    return folder


@pytest.fixture
def desk(tmp_path: Path, built: Path) -> Desk:
    return Desk(copied(built, tmp_path / "desk"))


def test_nothing_is_hidden_while_nothing_changed(desk: Desk) -> None:
    assert {"handbook/lists.md#badge-scans", "handbook/lists.md#turnaround"} <= desk.shown()


def test_a_deleted_document_is_not_shown(desk: Desk) -> None:
    with desk.database.write() as session:
        DocumentStore(session).remove("handbook", ["lists.md"])
    assert not any("lists.md" in name for name in desk.shown())
    assert desk.base.audience_of(HitKind.PASSAGE, "handbook/lists.md#turnaround") is None


def test_a_deleted_document_that_comes_back_is_shown_again(desk: Desk) -> None:
    with desk.database.write() as session:
        DocumentStore(session).remove("handbook", ["lists.md"])
    desk.asked()
    desk.put(IMPORTS)
    assert "handbook/lists.md#badge-scans" in desk.shown()


def test_a_deleted_section_is_not_shown_and_the_others_are(desk: Desk) -> None:
    desk.put(replace(IMPORTS, sections=IMPORTS.sections[1:], content_hash="shorter"))
    shown = desk.shown()
    assert "handbook/lists.md#badge-scans" not in shown
    assert "handbook/lists.md#turnaround" in shown


def test_a_document_for_fewer_readers_is_shown_to_those_only(desk: Desk) -> None:
    finance = Audience(Level.GROUP, frozenset({"finance"}))
    desk.put(replace(IMPORTS, audience=finance, content_hash="restricted"))
    assert "handbook/lists.md#badge-scans" not in desk.shown()
    assert "handbook/lists.md#badge-scans" in desk.shown(audience=finance)
    assert desk.base.audience_of(HitKind.PASSAGE, "handbook/lists.md#badge-scans") == finance


def test_a_document_for_more_readers_is_not_shown_wider_before_the_index_is_built(desk: Desk) -> None:
    desk.put(replace(IMPORTS, audience=Audience(), content_hash="public"))
    assert desk.shown(audience=Audience()) == set()
    assert "handbook/lists.md#badge-scans" in desk.shown()


@pytest.mark.parametrize(
    "changed",
    [replace(MQL, status=EntryStatus.ARCHIVED), replace(MQL, audience=Audience(Level.GROUP, frozenset({"finance"})))],
)
def test_an_entry_that_is_archived_or_restricted_is_not_shown(desk: Desk, changed: Entry) -> None:
    assert "faq-mql" in desk.shown("Where are my MQLs?")
    desk.entry(changed)
    assert "faq-mql" not in desk.shown("Where are my MQLs?")
    assert "faq-utm" in desk.shown("Where are my MQLs?")


def test_a_document_that_moved_is_shown_all_the_time(desk: Desk) -> None:
    with desk.database.write() as session:
        documents = DocumentStore(session)
        key = next(one.key for one in documents.stored("handbook") if one.path == "lists.md")
        documents.move("handbook", {key: "guides/lists.md"})
    assert "handbook/lists.md#badge-scans" in desk.shown()


def test_what_was_cited_from_a_document_is_found_after_it_moved(desk: Desk) -> None:
    cited = next(hit for hit in desk.asked().hits if hit.id == "handbook/lists.md#badge-scans")
    with desk.database.write() as session:
        documents = DocumentStore(session)
        key = next(one.key for one in documents.stored("handbook") if one.path == "lists.md")
        documents.move("handbook", {key: "guides/lists.md"})
    desk.encoder.built = False
    desk.base.refresh()
    assert "handbook/guides/lists.md#badge-scans" in desk.shown()
    assert desk.base.current(cited) is not None
    assert desk.base.audience_of(cited.kind, cited.id) == Audience.internal()


def test_the_confidence_is_that_of_what_may_be_shown(desk: Desk) -> None:
    before = desk.asked("Where are my MQLs?").confidence
    desk.entry(replace(MQL, status=EntryStatus.ARCHIVED))
    assert desk.asked("Where are my MQLs?").confidence < before


def test_it_is_looked_for_every_few_seconds_only_and_at_every_refresh(desk: Desk) -> None:
    desk.asked()
    desk.entry(replace(MQL, status=EntryStatus.ARCHIVED))
    assert any(hit.id == "faq-mql" for hit in desk.base.verdict(ask("Where are my MQLs?")).hits)
    desk.encoder.built = False
    assert desk.base.refresh()
    assert not any(hit.id == "faq-mql" for hit in desk.base.verdict(ask("Where are my MQLs?")).hits)


def test_a_database_that_is_away_changes_nothing(desk: Desk) -> None:
    class Away:
        def read(self) -> NoReturn:
            raise ConnectionError("away")

        write = read

    desk.base._transactions = Away()  # type: ignore[assignment]
    assert "faq-mql" in desk.shown("Where are my MQLs?")


class AsksMeanwhile(Audience):
    """Readers who ask something else, as another thread may, whenever it is seen what they may read."""

    def may_read(self, text: Audience) -> bool:
        if readers := self.others.pop(0) if self.others else None:
            self.base.verdict(ask(BADGES, audience=readers))
        return super().may_read(text)

    def __init__(self, base: KnowledgeBase) -> None:
        super().__init__(Level.INTERNAL)
        object.__setattr__(self, "base", base)
        object.__setattr__(self, "others", [])

    base: KnowledgeBase
    others: list[Audience]


def test_a_look_for_what_is_gone_bears_with_people_who_ask_meanwhile(desk: Desk) -> None:
    readers = AsksMeanwhile(desk.base)
    desk.asked(audience=readers)
    with desk.database.write() as session:
        DocumentStore(session).remove("handbook", ["lists.md"])
    readers.others += [Audience(Level.INTERNAL, groups=frozenset({f"S{number}"})) for number in range(9)]
    desk.clock.later()
    shown = {hit.id for hit in desk.base.verdict(ask(BADGES, audience=readers)).hits}
    assert len(readers.others) < 9  # somebody did ask meanwhile
    assert not any("lists.md" in name for name in shown)
