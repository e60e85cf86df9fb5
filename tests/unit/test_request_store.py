"""Requests and half-filled forms, kept in a real database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support_database import database_with

from bot.database import Database
from escalation.domain import (
    Closest,
    Draft,
    FieldType,
    Origin,
    Person,
    RequestState,
    Ticket,
    TrackerField,
)
from escalation.errors import NoSuchRequest
from escalation.form_drafts import FormDrafts
from escalation.request_store import REF_ALPHABET, RequestStore, random_ref
from escalation.tables import Base

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
DRAFT = Draft(
    summary="Import the Berlin list",
    requester=Person("U1", "Ann Lee", "ann@example.com"),
    origin=Origin("#ask-mops", "https://chat.example/p1", private=True),
    question="Can you import the Berlin list?",
    form_id="list_import",
    answers={"title": "Berlin", "regions": ("dach", "uki")},
    thread=("hello",),
    closest=(Closest("Imports", None, "does not cover events"),),
    labels=("x",),
    extra={"customfield_1": "EMEA"},
)
TICKET = Ticket("OPS-1", "https://jira.example/browse/OPS-1", "Import", "To Do", "Task", "Priya", False, NOW)
FIELD = TrackerField("customfield_1", "Cost centre", FieldType.SELECT, ("EMEA",))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = database_with(tmp_path / "desk.sqlite3", Base.metadata)
    yield made
    made.close()


def test_a_request_comes_back_as_it_was_opened(database: Database) -> None:
    with database.write() as session:
        opened = RequestStore(session).open(DRAFT, NOW)
    with database.read() as session:
        store = RequestStore(session)
        assert store.get(opened.id) == opened == store.by_ref(f" {opened.ref.lower()} ")
        assert store.requests_of("U1") == (opened,)
    assert (opened.draft, opened.state, opened.created_at) == (DRAFT, RequestState.QUEUED, NOW)
    assert len(opened.ref) == 4
    assert set(opened.ref) <= set(REF_ALPHABET)
    assert opened.marker.startswith("mops-desk-")
    assert len(opened.marker) == len("mops-desk-") + 12


def test_references_never_collide_and_grow_when_crowded(database: Database) -> None:
    with database.write() as session:
        store = RequestStore(session, draw_ref=lambda length: "7" * length)
        refs = [store.open(DRAFT, NOW).ref for _ in range(3)]
    assert refs == ["7777", "77777", "777777"]
    assert len(random_ref(4)) == 4


def test_a_filed_request_is_found_by_its_ticket(database: Database) -> None:
    with database.write() as session:
        store = RequestStore(session)
        request = store.open(DRAFT, NOW)
        store.unknown(request.id)
        store.filed(request.id, TICKET)
        found = store.by_ticket_key("ops-1")
    assert found is not None
    assert (found.id, found.state, found.ticket) == (request.id, RequestState.FILED, TICKET)


def test_late_news_does_not_undo_a_filed_or_withdrawn_request(database: Database) -> None:
    with database.write() as session:
        store = RequestStore(session)
        filed, dropped = store.open(DRAFT, NOW).id, store.open(DRAFT, NOW).id
        store.filed(filed, TICKET)
        store.withdrawn(dropped)
        for request_id in (filed, dropped):
            store.unknown(request_id)
            store.needs_fields(request_id, (FIELD,))
            store.dead(request_id)
        store.filed(dropped, TICKET)
        states = [store.get(request_id) for request_id in (filed, dropped)]
    assert [s.state for s in states if s] == [RequestState.FILED, RequestState.WITHDRAWN]
    assert states[1] is not None
    assert states[1].ticket == TICKET  # known, so that it can be closed


def test_filling_in_missing_fields_queues_the_request_again(database: Database) -> None:
    with database.write() as session:
        store = RequestStore(session)
        request = store.open(DRAFT, NOW)
        store.needs_fields(request.id, (FIELD,))
        waiting = store.get(request.id)
        store.update_draft(request.id, replace(DRAFT, extra={"customfield_1": "AMER"}))
        queued = store.get(request.id)
    assert waiting is not None
    assert (waiting.state, waiting.missing) == (RequestState.NEEDS_FIELDS, (FIELD,))
    assert queued is not None
    assert (queued.state, queued.missing, queued.draft.extra) == (RequestState.QUEUED, (), {"customfield_1": "AMER"})


def test_changing_a_request_that_is_not_there_says_so(database: Database) -> None:
    with database.write() as session, pytest.raises(NoSuchRequest):
        RequestStore(session).withdrawn(99)


def test_a_half_filled_form_is_kept_for_its_author_only(database: Database) -> None:
    with database.write() as session:
        drafts = FormDrafts(session, NOW)
        draft_id = drafts.keep("key1", "U1", "webinar", {"regions": ("dach",)}, {"thread": "1.2"}).id
        kept = drafts.find("key1", "U1")
        assert drafts.find("key1", "U2") is None
        drafts.drop(draft_id, "U2")
        assert drafts.find("key1", "U1") == kept
        drafts.drop(draft_id, "U1")
        assert drafts.find("key1", "U1") is None
    assert kept is not None
    assert (kept.form_id, kept.answers, kept.context, kept.saved_at) == (
        "webinar",
        {"regions": ("dach",)},
        {"thread": "1.2", "key": "key1"},
        NOW,
    )


def test_forgetting_a_person_leaves_no_words_of_theirs(database: Database) -> None:
    with database.write() as session:
        store = RequestStore(session)
        filed, queued = store.open(DRAFT, NOW), store.open(DRAFT, NOW)
        store.filed(filed.id, replace(TICKET, summary=DRAFT.summary))
        FormDrafts(session, NOW).keep("key1", "U1", "webinar", {"title": "Berlin"}, {})
        assert store.forget("U1").requests == 2
    with database.read() as session:
        store = RequestStore(session)
        assert store.requests_of("U1") == ()
        left = [store.get(filed.id), store.get(queued.id)]
        dump = " ".join(str(row) for table in Base.metadata.sorted_tables for row in session.execute(table.select()))
    assert [r.state for r in left if r] == [RequestState.FILED, RequestState.WITHDRAWN]
    for trace in ("Ann", "Berlin", "ann@example.com", "U1", "hello", "chat.example"):
        assert trace not in dump
