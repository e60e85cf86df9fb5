"""Entries that are due for a look reach their owners in one digest, and one press settles it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from support_desk import Room, running_desk
from support_knowledge import IMPORTS, store

from bot.clock import now_utc
from bot.demo.slack_larkfield import JONAS, NOOR, PRIYA
from bot.demo.slack_reading import shown_text
from escalation.rotation import Member, Rotation
from escalation.working_hours import WorkingHours
from knowledge.domain import Entry, SourceLink
from knowledge.entry_store import EntryStore

MONDAY = now_utc().date() + timedelta(days=7 - now_utc().weekday())
TEAM = Rotation((Member(PRIYA, "Priya Raman"),), start=MONDAY, hours=WorkingHours("UTC"), digest_at=time(9, 30))
LONG_AGO = MONDAY - timedelta(days=200)
SCANS = Entry(
    "scans",
    "How do I upload badge scans?",
    "As a list.",
    owner="ops-events",
    sources=(SourceLink("Scans", "https://example.com/lists#badge-scans"),),
    reviewed_at=MONDAY,
)
UTM = Entry("utm", "How do I build a UTM link?", "With the builder.", owner="ops-web", reviewed_at=LONG_AGO)
LEADS = Entry("leads", "Who gets the leads?", "Sales.", owner="nobody-knows", review_by=LONG_AGO)
FRESH = Entry("fresh", "What is new?", "This.", owner="ops-web", reviewed_at=MONDAY)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    owners = {"ops-web": JONAS, "ops-events": NOOR}
    with running_desk(tmp_path, rotation=TEAM, curators=frozenset({PRIYA}), owners=owners) as room:
        go_to(room, MONDAY - timedelta(days=1), 9)
        store(room.database, [SCANS, UTM, LEADS, FRESH], [IMPORTS])
        yield room
        room.assert_clean()


def go_to(room: Room, day: date, hour: int, minute: int = 0) -> None:
    """Let time pass until this moment, and do what is due then."""
    room.settle()
    room.clock.skip((datetime.combine(day, time(hour, minute), UTC) - room.clock()).total_seconds())
    room.desk.timetable().run_once()
    room.settle()


def told(room: Room, person: str) -> list[str]:
    return [shown_text(message) for message in room.slack.messages(room.slack.dm(person))]


def test_on_monday_each_owner_hears_of_what_is_due_and_ops_of_what_has_no_owner(room: Room) -> None:
    go_to(room, MONDAY, 9, 31)
    (mine,) = told(room, "Jonas")
    assert "one answer of yours is due for a look" in mine
    assert UTM.question in mine and "last reviewed six months ago" in mine
    assert FRESH.question not in mine
    assert any(LEADS.question in shown_text(message) for message in room.slack.messages("#ops-triage"))
    assert told(room, "Noor") == []


def test_nothing_is_told_twice_and_nothing_on_other_days(room: Room) -> None:
    go_to(room, MONDAY, 9, 31)
    go_to(room, MONDAY, 12)
    go_to(room, MONDAY + timedelta(days=1), 9, 31)
    assert len(told(room, "Jonas")) == 1
    go_to(room, MONDAY + timedelta(days=7), 9, 31)
    assert len(told(room, "Jonas")) == 2


def test_the_morning_after_a_cited_page_changed_its_owner_sees_what_changed(room: Room) -> None:
    go_to(room, MONDAY, 9, 31)
    scans = replace(IMPORTS.sections[0], text="Badge scans arrive as a file.\nSend it to the events desk.")
    store(room.database, documents=[replace(IMPORTS, sections=(scans,), content_hash="new")])
    go_to(room, MONDAY + timedelta(days=1), 9, 31)
    (mine,) = told(room, "Noor")
    assert "The page it cites changed" in mine
    assert "+ Send it to the events desk." in mine
    assert "- Badge scans from a trade show" in mine


def test_one_press_by_its_owner_says_that_it_is_still_right(room: Room) -> None:
    go_to(room, MONDAY, 9, 31)
    (message,) = room.slack.messages(room.slack.dm("Jonas"))
    room.slack.click("Jonas", message, "Still right")
    room.settle()
    with room.database.read() as session:
        entry = EntryStore(session).get(UTM.id)
    assert entry is not None and entry.reviewed_at == room.clock().date()
