"""Every store on both databases, and the migrations that make their tables."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect
from support_postgres import Postgres

import bot.tables
import escalation.tables
import knowledge.tables
from bot.conversations import Conversations, RequestPlace
from bot.database import Database, open_database
from bot.domain import Asked, Place, Reply, ReplyKind, Surface
from bot.migrate import upgrade
from bot.testing import HITS, verdict
from escalation.domain import Draft, Origin, Person, RequestState, Ticket
from escalation.request_store import RequestStore
from knowledge.document_store import Change, DocumentStore
from knowledge.domain import Band, Document, Entry, Section
from knowledge.entry_store import EntryStore, ImportSummary
from knowledge.revision import bump_revision, current_revision

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
METADATAS = [package.tables.Base.metadata for package in (knowledge, escalation, bot)]
ODD = "naïve 🙂 “quotes” \\ % ' \n tab\t Ω"
DRAFT = Draft(ODD, Person("U1", "Ann", "ann@example.com"), Origin("#ask-mops"), question=ODD)
TICKET = Ticket("OPS-1", "https://jira.example/browse/OPS-1", "Import", "To Do", "Task")
ENTRY = Entry(id="faq-1", question="Where are my MQLs?", answer=ODD)
DOCUMENT = Document("docs", "a.md", "A", (Section("Head", ("A",), 2, ODD, "head", 3),), "hash-1")


def tables(database: Database) -> set[str]:
    """The names of all tables."""
    return set(inspect(database.engine).get_table_names())


def test_the_migrations_make_exactly_the_tables_the_code_describes(any_database: Database) -> None:
    with any_database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATAS) == []  # type: ignore[arg-type]


def test_a_second_upgrade_changes_nothing(any_database: Database) -> None:
    assert not upgrade(any_database)


@pytest.mark.postgres
def test_two_processes_that_upgrade_an_empty_postgresql_at_once_both_succeed(postgres: Postgres) -> None:
    url = postgres.url(postgres.create())
    assert sorted(_upgrade_together([url] * 3)) in ([False, False, True], [False, True, True], [True] * 3)


def test_two_processes_that_upgrade_an_empty_sqlite_at_once_both_succeed(tmp_path: Path) -> None:
    _upgrade_together([f"sqlite:///{tmp_path / 'desk.sqlite3'}"] * 3)


def _upgrade_together(urls: list[str]) -> list[bool]:
    together = threading.Barrier(len(urls))

    def one(url: str) -> bool:
        database = open_database(url)
        together.wait(10)
        try:
            changed = upgrade(database)
            assert "desk_outbox" in tables(database)
            return changed
        finally:
            database.close()

    with ThreadPoolExecutor(len(urls)) as pool:
        return list(pool.map(one, urls))


def test_entries_keep_their_words_their_order_and_their_history(any_database: Database) -> None:
    other = replace(ENTRY, id="faq-0", question="Second in the file")
    with any_database.write() as session:
        assert EntryStore(session).import_entries([ENTRY, other], "ann", NOW) == ImportSummary(added=2)
    with any_database.write() as session:
        changed = replace(ENTRY, answer="New words")
        assert EntryStore(session).import_entries([changed, other], "bob", NOW) == ImportSummary(0, 1, 1)
    with any_database.read() as session:
        store = EntryStore(session)
        assert [entry.id for entry in store.published()] == ["faq-1", "faq-0"]
        history = store.history("faq-1")
        assert [(v.version, v.entry.answer, v.author) for v in history] == [(1, ODD, "ann"), (2, "New words", "bob")]
        assert history[0].created_at == NOW


def test_documents_are_replaced_with_their_sections_and_removed(any_database: Database) -> None:
    with any_database.write() as session:
        store = DocumentStore(session)
        assert store.upsert(DOCUMENT, "v1", NOW) is Change.ADDED
        assert store.upsert(DOCUMENT, "v2", NOW) is Change.UNCHANGED
        newer = replace(DOCUMENT, content_hash="hash-2", sections=(*DOCUMENT.sections, *DOCUMENT.sections))
        assert store.upsert(newer, "v3", NOW) is Change.CHANGED
    with any_database.write() as session:
        store = DocumentStore(session)
        (found,) = store.documents("docs")
        assert found.sections == newer.sections
        assert store.versions("docs") == {"a.md": "v3"}
        assert store.remove("docs", ["a.md", "never-there.md"]) == 1
        assert store.counts().sections == 0


@pytest.mark.parametrize("attempt", range(5))
def test_the_very_first_change_of_content_may_come_from_two_processes_at_once(
    any_database: Database, attempt: int
) -> None:
    together = threading.Barrier(2)

    def change() -> None:
        together.wait(10)
        with any_database.write() as session:
            bump_revision(session)

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(change) for _ in range(2)]:
            future.result(20)
    with any_database.read() as session:
        content_id, number = current_revision(session)
    assert content_id
    assert number == 2


def test_a_question_its_verdict_and_the_place_of_its_request_come_back_as_they_were(any_database: Database) -> None:
    place = Place("T1", "C1", Surface.CHANNEL, "1.1", "1.1")
    with any_database.write() as session:
        conversations = Conversations(session)
        asked = Asked(ODD, "U1", place, addressed=True)
        number = conversations.record(asked, Reply(ReplyKind.ANSWER, verdict(Band.ANSWER)), NOW)
        again = conversations.record(replace(asked, text="and?"), Reply(ReplyKind.ANSWER, verdict(Band.ANSWER)), NOW)
        conversations.place_request(RequestPlace(7, "U1", place, 1, "not_found", None), number)
        conversations.card_posted(7, "C1", "2.2")
        conversations.feedback(number, "U1", True, NOW)
        conversations.feedback(number, "U1", False, NOW)
    with any_database.read() as session:
        conversations = Conversations(session)
        question = conversations.question(number)
        assert question is not None
        assert (question.text, question.place, question.request_id, question.created_at) == (ODD, place, 7, NOW)
        assert question.verdict.hits == HITS
        follow_up = conversations.question(again)
        assert follow_up is not None
        assert follow_up.conversation_id == question.conversation_id
        assert conversations.earlier(question.conversation_id) == (ODD, "and?")
        placed = conversations.request_place(7)
        assert placed is not None
        assert placed.card == ("C1", "2.2")


def test_a_request_keeps_every_character_and_finds_its_way_by_reference_and_ticket(any_database: Database) -> None:
    with any_database.write() as session:
        opened = RequestStore(session).open(DRAFT, NOW)
        RequestStore(session).filed(opened.id, TICKET)
    with any_database.read() as session:
        store = RequestStore(session)
        found = store.by_ref(opened.ref.lower())
        assert found == store.by_ticket_key("ops-1")
        assert found is not None
        assert (found.draft, found.state, found.ticket) == (DRAFT, RequestState.FILED, TICKET)


@pytest.mark.parametrize("attempt", range(4))
def test_a_withdrawal_and_its_ticket_in_the_same_instant_never_lose_sight_of_each_other(
    any_database: Database, attempt: int
) -> None:
    with any_database.write() as session:
        number = RequestStore(session).open(DRAFT, NOW).id
    together = threading.Barrier(2)
    closers: list[str] = []

    def file_it() -> None:
        together.wait(10)
        with any_database.write() as session:
            store = RequestStore(session)
            now = store.lock(number)
            store.filed(number, TICKET)
            if now is not None and now.state is RequestState.WITHDRAWN:
                closers.append("the ticket's maker")

    def withdraw_it() -> None:
        together.wait(10)
        with any_database.write() as session:
            store = RequestStore(session)
            now = store.lock(number)
            store.withdrawn(number)
            if now is not None and now.ticket is not None:
                closers.append("the withdrawal")

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(step) for step in (file_it, withdraw_it)]:
            future.result(20)
    with any_database.read() as session:
        found = RequestStore(session).get(number)
    assert found is not None
    assert (found.state, found.ticket, len(closers)) == (RequestState.WITHDRAWN, TICKET, 1)
