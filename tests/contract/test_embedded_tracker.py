"""What only the embedded tracker offers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support_database import database_with
from support_trackers import new_ticket_for

from bot.database import Database
from escalation.domain import Close
from escalation.embedded_tracker import EmbeddedTracker
from escalation.errors import TrackerUnavailable
from escalation.tables import Base


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = database_with(tmp_path / "desk.sqlite3", Base.metadata)
    yield made
    made.close()


@pytest.fixture
def tracker(database: Database) -> EmbeddedTracker:
    return EmbeddedTracker(database, lambda key: f"http://127.0.0.1/tickets/{key}")


def test_keys_count_up_within_each_project(tracker: EmbeddedTracker) -> None:
    keys = [
        tracker.create(new_ticket_for(marker=f"m{n}", project=project)).key
        for n, project in enumerate(("OPS", "OPS", "", "web"))
    ]
    assert keys == ["OPS-1", "OPS-2", "OPS-3", "WEB-1"]


def test_creating_twice_with_one_marker_makes_one_ticket(tracker: EmbeddedTracker) -> None:
    first, second = tracker.create(new_ticket_for()), tracker.create(new_ticket_for())
    assert first == second
    assert len(tracker.recent()) == 1


def test_details_show_everything_that_is_kept(tracker: EmbeddedTracker) -> None:
    key = tracker.create(new_ticket_for(marker="m1", reporter_email="ann@example.com")).key
    for _ in range(2):
        tracker.comment(key, "Any news?", "c-1")
    details = tracker.details(key)
    assert details is not None
    assert (details.labels, details.comments) == (("mops-desk", "m1"), ("Any news?",))
    assert details.reporter_email == "ann@example.com"
    assert details.ticket.url == "http://127.0.0.1/tickets/OPS-1"
    assert tracker.details("OPS-404") is None


def test_the_newest_tickets_come_first(tracker: EmbeddedTracker) -> None:
    for number in range(3):
        tracker.create(new_ticket_for(marker=f"m{number}"))
    assert [ticket.key for ticket in tracker.recent(2)] == ["OPS-3", "OPS-2"]


def test_what_is_said_with_a_closing_has_its_moment_wherever_the_clock_jumps_meanwhile(database: Database) -> None:
    hours = (datetime(2026, 11, 23, hour, tzinfo=UTC) for hour in range(24))
    tracker = EmbeddedTracker(database, str, clock=lambda: next(hours))
    key = tracker.create(new_ticket_for()).key
    tracker.change(key, Close("All moved."), "c-1")
    view = tracker.read(key)
    assert view is not None
    assert [comment.at for comment in view.comments] == [view.ticket.updated_at]


def test_a_database_that_does_not_answer_is_unavailable(database: Database, tracker: EmbeddedTracker) -> None:
    Base.metadata.drop_all(database.engine)
    with pytest.raises(TrackerUnavailable):
        tracker.create(new_ticket_for())
