"""Every tracker keeps the same promises: in memory, in a table, Jira Cloud and Jira Server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support_trackers import new_ticket_for, tracker_of_kind

from escalation.errors import TrackerRejected
from escalation.protocols import Tracker

MARKER = "mops-desk-0123456789ab"


@pytest.fixture(params=["memory", "embedded", "cloud", "server"])
def tracker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Tracker]:
    with tracker_of_kind(request.param, tmp_path) as made:
        yield made


def test_a_created_ticket_can_be_read_back(tracker: Tracker) -> None:
    ticket = tracker.create(new_ticket_for(summary="List import for Berlin", issue_type="Request"))
    seen = tracker.get(ticket.key)
    assert seen is not None
    assert (seen.key, seen.summary, seen.issue_type, seen.done) == (
        ticket.key,
        "List import for Berlin",
        "Request",
        False,
    )
    assert ticket.key == "OPS-1"
    assert ticket.url.startswith("http")
    assert ticket.url.endswith(ticket.key)


def test_a_created_ticket_is_found_by_its_marker(tracker: Tracker) -> None:
    ticket = tracker.create(new_ticket_for(marker=MARKER))
    tracker.create(new_ticket_for(marker="mops-desk-ffffffffffff"))
    found = tracker.find_by_marker(MARKER)
    assert found is not None
    assert found.key == ticket.key


def test_an_unknown_marker_finds_nothing(tracker: Tracker) -> None:
    assert tracker.find_by_marker("mops-desk-000000000000") is None


def test_an_unknown_key_is_none(tracker: Tracker) -> None:
    assert tracker.get("OPS-404") is None


def test_describing_twice_changes_nothing_more(tracker: Tracker) -> None:
    ticket = tracker.create(new_ticket_for(marker=MARKER))
    for _ in range(2):
        tracker.describe(ticket.key, "More is known now.", ("mops-desk", "needs-info"))
    assert tracker.find_by_marker(MARKER) is not None  # the marker is still among the labels
    assert tracker.find_by_marker("needs-info") is None or tracker.find_by_marker("needs-info") == tracker.get(
        ticket.key
    )


def test_describing_a_ticket_that_is_gone_is_refused(tracker: Tracker) -> None:
    with pytest.raises(TrackerRejected):
        tracker.describe("OPS-404", "text", ())


def test_commenting_on_a_ticket_that_is_gone_is_refused(tracker: Tracker) -> None:
    with pytest.raises(TrackerRejected):
        tracker.comment("OPS-404", "text", "c-1")


def test_withdrawing_ends_a_ticket(tracker: Tracker) -> None:
    ticket = tracker.create(new_ticket_for())
    after = tracker.withdraw(ticket.key, "Not needed any more.", "w-1")
    assert after.done
    assert tracker.get(ticket.key) == after


def test_withdrawing_twice_is_the_same_as_once(tracker: Tracker) -> None:
    ticket = tracker.create(new_ticket_for())
    first = tracker.withdraw(ticket.key, "Not needed any more.", "w-1")
    second = tracker.withdraw(ticket.key, "Not needed any more.", "w-1")
    assert (second.status, second.done) == (first.status, True)


def test_an_easy_project_demands_no_further_fields(tracker: Tracker) -> None:
    assert tracker.required_fields("OPS", "Task") == ()


def test_check_says_in_one_line_that_the_project_is_usable(tracker: Tracker) -> None:
    line = tracker.check("OPS")
    assert "OPS" in line
    assert "\n" not in line
