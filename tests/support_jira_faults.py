"""Jira fails in every way it can: one ticket per request, and the thread tells the truth. Run for each flavour."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from support_desk import Room, running_desk
from support_trackers import Jira, jira

from bot.demo.jira_standin_faults import (
    Fault,
    denied,
    hang,
    odd_answer,
    reply_lost,
    reset,
    server_error,
    too_many,
)
from bot.demo.jira_standin_state import StandInIssue
from bot.demo.slack_reading import shown_text
from bot.slack import ids
from escalation.domain import Request, RequestState

KEPT, ASKED = "I've kept your request", "One more thing"
WRONG_TYPE = odd_answer(400, '{"errorMessages": [], "errors": {"issuetype": "valid issue type is required"}}')


def come_back_later() -> Fault:
    """A 429 with a moment half a minute from when the test runs, not from when it was collected."""
    return too_many(format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True))


FAULTS: dict[str, tuple[Fault | Callable[[], Fault], float]] = {
    "reply lost after commit": (reply_lost(), 0),
    "reply lost, the index lags ten minutes": (reply_lost(), 600),
    "5xx after commit": (server_error(502, after_commit=True), 0),
    "5xx before": (server_error(503), 600),
    "hang after commit": (hang(2.0, after_commit=True), 60),
    "hang before": (hang(2.0), 0),
    "reset": (reset(), 60),
    "429 with seconds": (too_many("30"), 0),
    "429 with a date": (come_back_later, 0),
    "429 with nothing": (too_many(), 0),
    "401": (denied(401), 0),
    "403": (denied(403), 0),
    "a page instead of an answer": (odd_answer(200, "<html>Log in</html>"), 0),
    "refused for what no form asks": (WRONG_TYPE, 0),
}
"""What happens to the call that creates, and how many seconds Jira's search lags behind."""


@dataclass
class Office:
    """A desk, the Jira it files into, and how often it was asked."""

    room: Room
    jira: Jira
    asked: int = 0
    deleted: int = 0

    def ask(self, *faults: Fault, lag: float = 0) -> str:
        """Something nobody asked before, whose ticket meets with this; returns the thread."""
        self.asked += 1
        self.jira.standin.lag_seconds = lag
        self.jira.standin.faults.next("create", *faults)
        ts = self.room.slack.say(
            "Maya", "#ask-mops", f"@MOPS Desk please fetch thing{self.asked} from place{self.asked}"
        )
        self.room.slack.wait_for(lambda: len(self.room.requests()) == self.asked)
        return ts

    @property
    def request(self) -> Request:
        """The last one made."""
        return self.room.requests()[-1]

    def issues(self) -> list[StandInIssue]:
        """Whatever Jira holds for the last request."""
        return [issue for issue in self.jira.standin.issues if self.request.marker in issue.labels]

    def said(self, ts: str) -> list[str]:
        """What the thread says."""
        return [shown_text(message) for message in self.room.replies(ts)]

    def until_filed(self, ts: str) -> None:
        """Let up to half an hour pass."""
        for seconds in (5, 7, 50, 240, 300, 310, 60, 300, 300, 300):
            self.room.settle()
            if self.request.state is RequestState.FILED:
                break
            self.room.clock.skip(seconds)
        self.room.slack.wait_for_message(
            "#ask-mops", f"{self.request.ticket.key}" if self.request.ticket else "never", thread=ts
        )
        self.room.settle()


@contextmanager
def office(flavour: str, folder: Path) -> Iterator[Office]:
    """One desk, for all faults in turn."""
    with (
        jira(cloud=flavour == "cloud") as running,
        running_desk(folder, tracker=running.tracker, jira_project="OPS") as room,
    ):
        running.standin.state.clock = room.clock
        yield Office(room, running)
        room.assert_clean()


@pytest.mark.parametrize("name", FAULTS)
def test_one_issue_per_request_and_the_thread_tells_the_truth(desk: Office, name: str) -> None:
    fault, lag = FAULTS[name]
    ts = desk.ask(fault if isinstance(fault, Fault) else fault(), lag=lag)
    desk.room.settle()
    desk.room.clock.skip(4)
    kept = desk.room.slack.wait_for_message("#ask-mops", KEPT, thread=ts)
    assert desk.request.ref in shown_text(kept)
    desk.until_filed(ts)
    (issue,) = desk.issues()
    said = desk.said(ts)
    assert [KEPT in words for words in said] == [True, False]
    assert issue.key in said[1]
    assert "Jira is back" in said[1]


def test_no_fault_and_nobody_is_told_of_any(desk: Office) -> None:
    ts = desk.ask()
    desk.until_filed(ts)
    desk.room.clock.skip(10)
    desk.room.settle()
    (issue,) = desk.issues()
    assert [issue.key in words for words in desk.said(ts)] == [True]


def test_a_field_that_is_required_from_now_on_is_asked_for_and_then_filed_once(desk: Office) -> None:
    desk.jira.standin.require("customfield_7", "Cost centre", "option", ("EMEA", "AMER"))
    ts = desk.ask()
    card = desk.room.slack.wait_for_message("#ask-mops", ASKED, thread=ts)
    assert desk.issues() == []
    slack = desk.room.slack
    slack.click("Maya", card, "Add details")
    slack.choose("Maya", slack.wait_for(lambda: slack.modal("Maya")), ids.REQUEST_TYPE, "Something else")
    slack.wait_for(lambda: "What do you need, and why?" in str(slack.modal("Maya")))
    assert slack.submit("Maya", {"Cost centre": "EMEA", "What do you need, and why?": "All of it, before June."}).ok
    desk.until_filed(ts)
    (issue,) = desk.issues()
    assert issue.fields["customfield_7"] == {"value": "EMEA"}
    assert [issue.key in words for words in desk.said(ts)] == [True]
    del desk.jira.standin.state.custom_fields["customfield_7"]


def test_who_adds_to_an_issue_that_was_deleted_is_told(desk: Office) -> None:
    ts = desk.ask()
    desk.until_filed(ts)
    (issue,) = desk.issues()
    desk.jira.standin.delete(issue.key)
    desk.deleted += 1
    desk.room.slack.say("Maya", "#ask-mops", "it is about the second one", thread=ts)
    told = desk.room.slack.wait_for_message("#ask-mops", "I couldn't add that", thread=ts)
    assert issue.key in shown_text(told)
    desk.room.slack.wait_for_message("#ops-triage", "does not exist")


def test_what_is_added_to_an_issue_that_was_moved_reaches_it(desk: Office) -> None:
    ts = desk.ask()
    desk.until_filed(ts)
    (issue,) = desk.issues()
    desk.jira.standin.move(issue.key, f"NEW-{desk.asked}")
    desk.room.slack.say("Maya", "#ask-mops", "it is about the third one", thread=ts)
    desk.room.slack.wait_for(lambda: any("the third one" in one["body"] for one in issue.comments))
    desk.room.settle()
    assert len(desk.issues()) == 1


def test_in_the_end_there_are_as_many_issues_as_requests(desk: Office) -> None:
    markers = [request.marker for request in desk.room.requests()]
    held = [next(label for label in issue.labels if label in markers) for issue in desk.jira.standin.issues]
    assert len(held) == len(set(held)) == len(markers) - desk.deleted
