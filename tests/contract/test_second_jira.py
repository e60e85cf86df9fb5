"""The Jira tracker against `jira820`, somebody else's stand-in for Jira Data Center 8.20.

Ours and the tracker have one author, who may have misread Jira twice in the same way; this one has another. What it
cannot do, and is tested against our own stand-in only: field metadata by type (so no extra fields, no change of
type, no ``check``), adding labels to a ticket, finding people by e-mail (it looks at names), watchers, sign-in,
faults, times finer than a day, service desks, and Cloud.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from support_servers import serve
from support_trackers import new_ticket_for

from escalation.domain import Assign, Attachment, Close, Label, Person, Reopen
from escalation.errors import TrackerRejected
from escalation.jira_tracker import JiraTracker

if TYPE_CHECKING:
    from jira820.store import Store

MARKER = "mops-desk-0123456789ab"


@pytest.fixture(scope="module")
def store() -> Store:
    from jira820.config import Config
    from jira820.store import Store

    config = Config(
        project_key="OPS",
        base_date=datetime.now(UTC).date(),
        epics_per_module=0,
        standalone_per_module=0,
        history_per_module=0,
    )
    store = Store(config)
    store.users["ann"] = {"name": "ann", "displayName": "ann@example.com", "email": "ann@example.com"}
    return store


@pytest.fixture(scope="module")
def tracker(store: Store) -> Iterator[JiraTracker]:
    from jira820.server import make_app

    with serve(make_app(store)) as url:
        yield JiraTracker(url, "any", timeout=(5.0, 15.0))


def filed(tracker: JiraTracker, marker: str = MARKER) -> str:
    return tracker.create(new_ticket_for(marker=marker)).key


def test_a_ticket_is_created_and_read_back(tracker: JiraTracker) -> None:
    ticket = tracker.create(new_ticket_for(marker="mops-desk-00000000000a", summary="List import for Berlin"))
    assert tracker.get(ticket.key) == ticket
    assert (ticket.summary, ticket.issue_type, ticket.done) == ("List import for Berlin", "Task", False)
    assert ticket.labels == ("mops-desk", "mops-desk-00000000000a")


def test_a_ticket_is_found_by_its_label(tracker: JiraTracker) -> None:
    key = filed(tracker, "mops-desk-00000000000b")
    found = tracker.find_by_marker("mops-desk-00000000000b")
    assert found is not None
    assert found.key == key
    assert tracker.find_by_marker("mops-desk-ffffffffffff") is None


def test_a_comment_is_added_once_and_read_as_ours(tracker: JiraTracker) -> None:
    key = filed(tracker)
    for _ in range(2):
        tracker.comment(key, "Ann Lee in Slack: any news?", f"{MARKER}-7")
    view = tracker.read(key)
    assert view is not None
    assert [(one.text, one.public, one.ours) for one in view.comments] == [
        ("Ann Lee in Slack: any news?", False, True)
    ]


def test_a_ticket_is_closed_with_its_reason_and_opened_again(tracker: JiraTracker) -> None:
    key = filed(tracker)
    closed = tracker.change(key, Close("The list is in."), "m-1")
    assert (closed.done, closed.resolution) == (True, "Done")
    again = tracker.change(key, Reopen("Half of it."), "m-2")
    assert (again.done, again.resolution) == (False, None)
    view = tracker.read(key)
    assert view is not None
    assert [(one.text, one.public) for one in view.comments] == [("The list is in.", True), ("Half of it.", False)]


def test_a_declined_ticket_says_so(tracker: JiraTracker) -> None:
    closed = tracker.change(filed(tracker), Close("Not ours.", declined=True), "m-1")
    assert (closed.done, closed.resolution) == (True, "Won't Do")


def test_a_ticket_nobody_needs_is_withdrawn(tracker: JiraTracker) -> None:
    assert tracker.withdraw(filed(tracker), "Not needed any more.", "w-1").done


def test_a_ticket_is_given_to_a_person_and_taken_away(tracker: JiraTracker) -> None:
    key = filed(tracker)
    assert tracker.change(key, Assign(Person("U1", "Ann", "ann@example.com")), "m-1").assignee == "ann@example.com"
    assert tracker.change(key, Assign(None), "m-2").assignee is None


def test_a_file_is_attached_once(tracker: JiraTracker, store: Store) -> None:
    key = filed(tracker)
    for content in (b"a,b", b"a,b", b"a,b,c"):
        tracker.attach(key, Attachment("Übersicht.csv", content, "text/csv"))
    kept = [(one["filename"], one["size"]) for one in store.attachments.values() if one["issueKey"] == key]
    assert kept == [("Übersicht.csv", 3), ("Übersicht.csv", 5)]


def test_todays_changes_are_found(tracker: JiraTracker) -> None:
    key = filed(tracker)
    assert key in tracker.changed_since("OPS", datetime.now(UTC) - timedelta(days=2))
    assert tracker.changed_since("OPS", datetime.now(UTC) + timedelta(days=2)) == ()


def test_resolved_tickets_are_listed_and_tell_their_story(tracker: JiraTracker) -> None:
    key, opened = filed(tracker, "mops-desk-00000000000d"), filed(tracker, "mops-desk-00000000000e")
    tracker.change(key, Close("The list is in the shared folder."), "m-2")
    found = [one.ticket.key for one in tracker.resolved_since("OPS", datetime.now(UTC) - timedelta(days=2))]
    assert key in found
    assert opened not in found
    story = tracker.story(key)
    assert story is not None
    assert [(one.text, one.public, one.ours) for one in story.comments] == [
        ("The list is in the shared folder.", True, True)
    ]
    assert tracker.story(opened) is None


def test_the_workload_counts_open_tickets(tracker: JiraTracker) -> None:
    before = tracker.workload("OPS")
    filed(tracker)
    after = tracker.workload("OPS")
    assert before.ahead is not None
    assert after.ahead == before.ahead + 1


def test_a_ticket_that_is_gone_is_none_or_refused(tracker: JiraTracker) -> None:
    assert tracker.get("OPS-40404") is None
    assert tracker.read("OPS-40404") is None
    with pytest.raises(TrackerRejected):
        tracker.change("OPS-40404", Label(add=("x",)), "m-1")
