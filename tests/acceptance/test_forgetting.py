"""`/mops forget me` and `mops-desk erase`: afterwards no table and no file holds a person's words or their id."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import MetaData, select
from sqlalchemy.orm import Session
from support_cli import run
from support_database import every_request
from support_desk import Clock, Room, running_desk

import bot.curation.missing_tables
import bot.tables
import escalation.tables
import knowledge.tables
from bot.conversations import Conversations
from bot.curation.missing_tables import GapQuestionRow, GapRow, UndefinedTermRow
from bot.curation.question_vectors import OF_QUESTIONS
from bot.curation.unmet import place_of
from bot.demo.slack_larkfield import JONAS, MAYA, PRIYA
from bot.demo.slack_reading import shown_text
from bot.effects import ReadTicket
from bot.erasing import Erasing, empty_log
from bot.errors import NotAPerson
from bot.follow_places import FollowPlaces
from bot.forgetting import Forgotten, forget
from bot.tables import AuditRow, FeedbackRow, InboxRow, OutboxRow, QuestionRow, SettledQuestionRow, WebKeyRow
from escalation.domain import Follower, Person, RequestState
from escalation.follower_store import FollowerStore
from escalation.form_drafts import FormDrafts
from escalation.request_store import RequestStore
from escalation.testing import Fault, InMemoryTracker
from knowledge.domain import Entry
from knowledge.proposals import Origin, OriginKind, ProposalStore
from knowledge.vector_cache import VectorCache, text_key

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
WORD = "zyxcanary"
METADATAS: tuple[MetaData, ...] = (
    knowledge.tables.Base.metadata,
    escalation.tables.Base.metadata,
    bot.tables.Base.metadata,
)
KEPT = {
    ("desk_inbox", "key"): "what came in is not taken for new when Slack delivers it again, for two weeks",
    ("desk_inbox", "message_key"): "the same",
    ("desk_inbox", "lane"): "the same",
}
"""Where the address of a direct message stays, and why. Nothing else of a person stays anywhere."""


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    clock = Clock()
    with running_desk(tmp_path, tracker=InMemoryTracker(clock), clock=clock, curators=frozenset({PRIYA})) as room:
        yield room


def test_after_forget_me_no_table_and_no_file_holds_the_words_or_the_person(room: Room, tmp_path: Path) -> None:
    _live(room)
    before = _traces(room)
    assert {table for table, _ in before} >= {"desk_questions", "escalation_requests", "desk_outbox", "desk_gaps"}
    room.slack.command("Maya", "#ask-mops", "/mops forget me")
    said = room.slack.wait_for_message("#ask-mops", "is deleted", seen_by="Maya")
    room.settle()
    assert "MOPS-1" in shown_text(said)
    assert _traces(room).keys() - KEPT.keys() == set()
    assert all(room.slack.dm("Maya") in value for value in _traces(room).values())
    _until_the_log_is_empty(room)
    for file in tmp_path.glob("desk.sqlite3*"):
        assert WORD.encode() not in file.read_bytes(), file.name
        assert b"maya@example.com" not in file.read_bytes(), file.name


def test_what_was_forgotten_does_not_come_back_from_the_tracker(room: Room) -> None:
    room.slack.say("Maya", "#ask-mops", f"@MOPS Desk please move our {WORD} forms")
    room.settle()
    _forget_maya(room)
    assert isinstance(room.tracker, InMemoryTracker)
    room.tracker.say("MOPS-1", "Priya", f"About {WORD}: done.")
    said = len(room.slack.messages("#ask-mops"))
    with room.database.write() as session:
        room.desk._shared.outbox.put(session, "read:again", ReadTicket(1))
    room.settle()
    assert _traces(room).keys() - KEPT.keys() == set()
    assert len(room.slack.messages("#ask-mops")) == said  # nobody is told any more


def test_the_ops_team_goes_on_with_a_ticket_whose_asker_was_forgotten(room: Room) -> None:
    room.slack.say("Maya", "#ask-mops", f"@MOPS Desk please move our {WORD} forms")
    line = room.slack.wait_for_message("#ops-triage", "MOPS-1")
    room.settle()
    _forget_maya(room)
    room.slack.click("Priya", line, "Take it")
    room.settle()
    assert isinstance(room.tracker, InMemoryTracker)
    assert room.tracker.tickets[0].ticket.assignee == "Priya Raman"
    assert "Priya" in shown_text(room.slack.fresh(line))


def test_somebody_who_joined_a_request_that_is_not_filed_yet_keeps_it(room: Room) -> None:
    assert isinstance(room.tracker, InMemoryTracker)
    room.tracker.fail("create", *[Fault.UNAVAILABLE] * 99)
    ts = room.slack.say("Jonas", "#ask-mops", "@MOPS Desk where are my MQLs?")
    room.slack.say("Maya", "#ask-mops", f"@MOPS Desk please move our {WORD} forms")
    room.slack.wait_for(lambda: bool(room.requests()))
    room.slack.wait_for(lambda: len(room.rows(QuestionRow)) == 2)
    place = next(row.place for row in room.rows(QuestionRow) if row.person == JONAS)
    with room.database.write() as session:
        jonas = Person(JONAS, "Jonas Weber", "jonas@example.com")
        FollowerStore(session).add(Follower(1, jonas, "move the forms of our team, too", NOW))

        FollowPlaces(session).add(1, JONAS, place_of(place))
    _forget_maya(room)
    (request,) = room.requests()
    assert request.state is not RequestState.WITHDRAWN
    assert request.draft.requester.id == JONAS
    assert request.draft.question == "move the forms of our team, too"
    assert ts
    assert _traces(room).keys() - KEPT.keys() == set()


def test_buttons_of_what_was_forgotten_say_so(room: Room) -> None:
    ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk where are my MQLs?")
    answer = room.slack.wait_for_message("#ask-mops", "synced", thread=ts)
    room.settle()
    _forget_maya(room)
    room.slack.click("Maya", answer, "Not what I meant")
    room.slack.wait_for_message("#ask-mops", "I no longer have what this button belongs to", seen_by="Maya")
    room.assert_clean()


def test_an_admin_sees_first_what_would_be_erased(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _live(room)
    monkeypatch.setenv("DATABASE_URL", room.parts.settings.database)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    before = _traces(room)
    dry = run("erase", MAYA)
    assert dry.code == 0
    assert f"mops-desk erase {MAYA} --yes" in dry.out
    assert _traces(room) == before
    assert "Not the desk's to erase: tickets" in run("erase", MAYA, "--yes").out
    assert _traces(room).keys() - KEPT.keys() == set()
    assert "keeps nothing of U0NOBODY" in run("erase", "U0NOBODY", "--yes").out
    with room.database.read() as session:
        noted = session.scalars(select(AuditRow)).all()
    assert [(row.person, row.action) for row in noted] == [("mops-desk erase", "erased a person")]


@pytest.mark.parametrize("nobody", ["", " ", "forgotten", "C0MOPS", "MOPS-1", "u0maya", "somebody", "(forgotten)"])
def test_only_a_person_can_be_erased(
    nobody: str, room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.slack.say("Maya", "#ask-mops", "@MOPS Desk please move our forms")
    room.settle()
    _forget_maya(room)
    with room.database.write() as session:
        Conversations(session).leave_gap(10, NOW)  # rows that are nobody's, as after a restore
        RequestStore(session).leave_gap(10, NOW)
    monkeypatch.setenv("DATABASE_URL", room.parts.settings.database)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    refused = run("erase", nobody, "--yes")
    assert refused.code == 2
    assert f"“{nobody}” is no member id, and nothing was erased." in " ".join(refused.err.split())
    with pytest.raises(NotAPerson):
        Erasing(room.database, room.clock).erase(nobody, really=True)
    with room.database.write() as session, pytest.raises(NotAPerson):
        forget(session, nobody, NOW)


def test_one_of_anything_is_said_as_one() -> None:
    assert [f"{count} {what}" for what, count in Forgotten(1, 2, 1).counts] == [
        "1 question",
        "2 requests",
        "1 other record",
    ]


def test_an_erasure_leaves_everybody_else_as_they_were(room: Room) -> None:
    _live(room)
    room.slack.say("Jonas", "#ask-mops", "@MOPS Desk where are my MQLs?")
    room.settle()
    before = [(row.text, row.person) for row in room.rows(QuestionRow) if row.person == JONAS]
    Erasing(room.database, room.clock).erase(MAYA, really=True)
    assert [(row.text, row.person) for row in room.rows(QuestionRow) if row.person == JONAS] == before
    assert [request.draft.requester.id for request in room.requests()].count(JONAS) == 1


# What these tests share.


def _live(room: Room) -> None:
    """Maya leaves traces in every table there is a way into."""
    _asks(room)
    with room.database.write() as session:
        numbers = [row.id for row in session.scalars(select(QuestionRow).where(QuestionRow.person == MAYA))]
        others = session.scalars(select(QuestionRow.id).where(QuestionRow.person == JONAS)).all()
        text = str(session.scalar(select(QuestionRow.text).where(QuestionRow.id == numbers[0])))
        session.add(FeedbackRow(question_id=others[0], person=MAYA, helpful=False, words=WORD, updated_at=NOW))
        session.add(SettledQuestionRow(question_id=others[0], person=MAYA, settled_at=NOW))
        session.add(WebKeyRow(digest="d", kind="link", person=MAYA, expires_at=NOW + timedelta(days=999)))
        _curates(session, numbers, text)
        FormDrafts(session, room.clock()).keep("k", MAYA, "webinar", {"title": WORD}, {"channel": "C1"})
        jonas = next(request.id for request in every_request(session) if request.draft.requester.id == JONAS)
        FollowerStore(session).add(Follower(jonas, Person(MAYA, "Maya Lindqvist", "maya@example.com"), WORD, NOW))
        payload = {"kind": "message", "user": MAYA, "text": WORD}
        for table in (InboxRow, OutboxRow):
            session.add(
                table(
                    key=f"dead:{MAYA}", kind="message", lane=f"slack:{MAYA}", payload=payload, state="dead",
                    next_at=NOW, created_at=NOW, finished_at=NOW,
                )
            )  # fmt: skip


def _asks(room: Room) -> None:
    slack = room.slack
    ts = slack.say("Maya", "#ask-mops", f"@MOPS Desk where are my MQLs? {WORD}")
    answer = slack.wait_for_message("#ask-mops", "synced", thread=ts)
    room.settle()
    slack.click("Maya", answer, "👎 Not helpful")
    slack.say("Maya", slack.dm("Maya"), f"how do I build a utm link {WORD}")
    slack.command("Maya", "#ask-mops", f"/mops what about the mql {WORD}")
    slack.say("Maya", "#ask-mops", f"@MOPS Desk please move our {WORD} forms")
    room.settle()
    thread = slack.say("Jonas", "#ask-mops", "about our forms")
    slack.say("Maya", "#ask-mops", f"we need {WORD} there", thread=thread)
    slack.say("Jonas", "#ask-mops", "@MOPS Desk can somebody look into that import?", thread=thread)
    room.live_through(60, 30)  # what came before its ticket follows it


def _curates(session: Session, numbers: list[int], text: str) -> None:
    """What the desk and its curators made of what she asked."""
    gap = GapRow(state="open", medoid=numbers[0], terms=[WORD], reason="", updated_at=NOW)
    session.add(gap)
    session.flush()
    session.add(GapQuestionRow(question_id=numbers[0], gap_id=gap.id, near=1.0, private=False, shown=""))
    session.add(UndefinedTermRow(term=WORD, asked=3, askers=2, examples=[numbers[0]]))
    VectorCache(f"m{OF_QUESTIONS}").put(session, {text_key(text): np.zeros(4, dtype=np.float32)})
    proposals = ProposalStore(session)
    entry = Entry(f"about-{WORD}", text, "An answer.", variants=(text.upper(), "Another phrasing"))
    kept = proposals.add(entry, None, PRIYA, "", Origin(OriginKind.GAP, questions=(numbers[0],)), NOW)
    proposals.save(_with_findings(kept, text), NOW)
    private = Origin(OriginKind.MESSAGE, needs_ok_of=MAYA)
    proposals.add(Entry(f"p-{WORD}", "A question", f"{WORD} said so."), None, PRIYA, "", private, NOW)


def _with_findings(proposal: Any, text: str) -> Any:

    return replace(proposal, findings={"changed": [{"question": text}]})


def _forget_maya(room: Room) -> None:
    room.slack.command("Maya", "#ask-mops", "/mops forget me")
    room.slack.wait_for_message("#ask-mops", "is deleted", seen_by="Maya")
    room.settle()


def _traces(room: Room) -> dict[tuple[str, str], str]:
    """Every column of every table that holds anything of Maya's, with an example."""
    signs = (WORD, MAYA, "Maya Lindqvist", "maya@example.com", room.slack.dm("Maya"))
    found: dict[tuple[str, str], str] = {}
    with room.database.read() as session:
        for table in (table for metadata in METADATAS for table in metadata.sorted_tables):
            for row in session.execute(table.select()).mappings():
                for name, value in row.items():
                    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
                    if any(sign.casefold() in text.casefold() for sign in signs):
                        found[table.name, str(name)] = text
        vectors = session.scalars(select(knowledge.tables.VectorRow.text_hash)).all()
        if vectors:
            found["knowledge_vectors", "text_hash"] = vectors[0]
    return found


def _until_the_log_is_empty(room: Room) -> None:

    room.slack.wait_for(lambda: empty_log(room.database))
