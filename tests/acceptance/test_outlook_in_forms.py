"""Forms say what is ahead; a date earlier than is realistic needs a reason, which reaches the ticket."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from support_desk import Room, running_desk
from support_forms import fill_in

from bot.clock import now_utc
from bot.demo.slack_reading import shown_text
from bot.slack import ids
from escalation.domain import Workload
from escalation.testing import InMemoryTracker

EARLY = {
    "Title": "Nordics webinar pipeline",
    "The question": "Which webinars brought pipeline in the Nordics?",
    "Which decision depends on it?": "Decide which two webinar topics we repeat for the Nordics next quarter.",
    "Closest existing report": "tbd",
    "Which people or accounts are counted?": "All accounts in the Nordics, customers left out",
    "Period from": "2026-07-01",
    "Period to": "2026-09-30",
    "Output": "chart",
    "Needed by": int((now_utc() + timedelta(days=20)).timestamp()),
    "Who will see it?": "Field marketing leads",
}


@pytest.fixture
def tracker() -> InMemoryTracker:
    tracker = InMemoryTracker()
    tracker.load = Workload(60, 1.0)
    return tracker


@pytest.fixture
def room(tmp_path: Path, tracker: InMemoryTracker) -> Iterator[Room]:
    with running_desk(tmp_path, tracker=tracker) as room:
        yield room
        room.assert_clean()


def open_form(room: Room, request_type: str) -> str:
    """Maya opens the form and picks a type; what the form shows."""
    room.slack.command("Maya", "#campaigns", "/ticket Nordics webinar pipeline")
    form = room.slack.wait_for(lambda: room.slack.modal("Maya"))
    room.slack.choose("Maya", form, ids.REQUEST_TYPE, request_type)
    settled = {"Reporting request": "The question", "Something else": "and why?"}[request_type]
    return shown_text(room.slack.wait_for(lambda: (m := room.slack.modal("Maya")) and settled in shown_text(m) and m))


def test_a_form_says_how_much_is_ahead_and_from_when_it_is_realistic(room: Room) -> None:
    shown = open_form(room, "Reporting request")
    assert "60 requests are ahead of yours; realistic from" in shown


def test_an_earlier_date_is_asked_for_its_reason_which_reaches_the_ticket(
    room: Room, tracker: InMemoryTracker
) -> None:
    open_form(room, "Reporting request")
    fill_in(room.slack, "Maya", EARLY)
    asked = room.slack.wait_for(
        lambda: (m := room.slack.modal("Maya")) and "Why it must be before" in shown_text(m) and m
    )
    assert "Pick a later date, or say what happens" in str(asked.content)
    label = next(line for line in shown_text(asked).splitlines() if line.startswith("Why it must be before"))
    assert fill_in(room.slack, "Maya", {label: "The board meets two days later and decides on it."}).ok
    room.slack.submit("Maya")
    room.slack.wait_for(lambda: tracker.tickets)
    room.settle()
    assert "The board meets two days later" in tracker.tickets[0].description


def test_a_tracker_that_tells_nothing_leaves_the_form_as_it_was(tmp_path: Path) -> None:
    with running_desk(tmp_path, tracker=InMemoryTracker()) as room:
        assert "ahead of yours" not in open_form(room, "Reporting request")
