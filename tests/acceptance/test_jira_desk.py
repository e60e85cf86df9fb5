"""The whole desk with Jira behind it, Cloud and Server: from a question in Slack to an issue that is right."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from support_desk import Room, running_desk
from support_servers import Served
from support_trackers import TIMEOUT, Jira, jira

from bot.bell import Bell
from bot.demo.jira_standin import JiraStandIn
from bot.demo.jira_standin_faults import odd_answer, reply_lost, server_error, too_many
from bot.demo.jira_standin_state import StandInIssue
from bot.demo.slack_reading import buttons, shown_text
from bot.demo.slack_state import Message
from bot.inbox import Inbox
from bot.incoming import ButtonPressed
from bot.outbox import Outbox
from bot.slack import ids
from bot.tables import OutboxRow
from escalation.domain import RequestState
from escalation.jira_tracker import JiraTracker

ASKED = "can you move our Pardot forms to HubSpot?"
OTHER = "could somebody book a photographer for the Berlin booth?"
REJECTED_TYPE = odd_answer(400, '{"errorMessages": [], "errors": {"issuetype": "valid issue type is required"}}')


@dataclass
class Office:
    """A desk, and the Jira it files into."""

    room: Room
    jira: Jira

    def ask(self, person: str = "Maya", words: str = ASKED) -> str:
        """A question the desk does not know; returns its thread."""
        return self.room.slack.say(person, "#ask-mops", f"@MOPS Desk {words}")

    def card(self, thread: str, containing: str = "OPS-") -> Message:
        """The ticket's card in a thread, once it says this."""
        return self.room.slack.wait_for_message("#ask-mops", containing, thread=thread)

    def fill_in_something_else(self, card: Message) -> None:
        """**Add details**, as the request type that asks for least."""
        slack = self.room.slack
        slack.click("Maya", card, "Add details")
        slack.choose("Maya", slack.wait_for(lambda: slack.modal("Maya")), ids.REQUEST_TYPE, "Something else")
        slack.wait_for(lambda: "What do you need, and why?" in str(slack.modal("Maya")))

    @property
    def issues(self) -> list[StandInIssue]:
        """What is in Jira."""
        return self.jira.standin.issues


@contextmanager
def office(folder: Path, flavour: str = "cloud", project: str = "OPS") -> Iterator[Office]:
    """A desk with a Jira of either flavour."""
    with (
        jira(cloud=flavour == "cloud") as running,
        running_desk(folder, tracker=running.tracker, jira_project=project) as room,
    ):
        yield Office(room, running)


@pytest.fixture(params=["cloud", "server"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    """A desk with each flavour of Jira."""
    with office(tmp_path, request.param) as made:
        yield made
        made.room.assert_clean()


def test_a_question_becomes_an_issue_with_the_right_fields(desk: Office) -> None:
    desk.jira.standin.add_user("Maya Lindqvist", "maya@example.com")
    ts = desk.ask()
    card = desk.card(ts, "OPS-1")
    desk.room.settle()
    (issue,) = desk.issues
    assert issue.fields["summary"] == "Can you move our Pardot forms to HubSpot?"
    assert issue.fields["project"] == {"key": "OPS"}
    assert ASKED in issue.fields["description"]
    assert ts.replace(".", "") in issue.fields["description"]
    assert issue.fields["reporter"] in ({"accountId": "acc-maya"}, {"name": "maya"})
    assert "mops-desk" in issue.labels
    assert desk.room.requests()[0].marker in issue.labels
    assert f"{desk.jira.url}/browse/OPS-1" in shown_text(card)
    assert desk.jira.standin.calls.count("create") == 1


@pytest.mark.parametrize("people", [0, 2])
def test_none_or_two_people_with_the_address_leave_the_reporter_open_and_the_name_in_the_text(
    desk: Office, people: int
) -> None:
    for _ in range(people):
        desk.jira.standin.add_user("Maya", "maya@example.com", email_shown=False)
    desk.card(desk.ask())
    assert "reporter" not in desk.issues[0].fields
    assert "Maya Lindqvist" in desk.issues[0].fields["description"]


def test_a_required_jira_field_is_asked_for_in_the_thread_and_filed_once_with_the_value(desk: Office) -> None:
    desk.jira.standin.require("customfield_7", "Cost centre", "option", ("EMEA", "AMER"))
    ts = desk.ask()
    card = desk.card(ts, "One more thing")
    assert "Cost centre" in shown_text(card)
    assert desk.issues == []
    desk.fill_in_something_else(card)
    answers = {
        "Cost centre": "EMEA",
        "What do you need, and why?": "All forms on the old domain, before the relaunch.",
    }
    assert desk.room.slack.submit("Maya", answers).ok
    filed = desk.card(ts, "OPS-1")
    desk.room.settle()
    assert filed.ts == card.ts
    (issue,) = desk.issues
    assert issue.fields["customfield_7"] == {"value": "EMEA"}
    assert "before the relaunch" in issue.fields["description"]


def test_a_request_that_waits_for_a_field_keeps_nobody_else_waiting(desk: Office) -> None:
    desk.jira.standin.require("customfield_7", "Cost centre")
    waiting = desk.ask()
    card = desk.card(waiting, "One more thing")
    desk.room.slack.say("Maya", "#ask-mops", "and could you move the lists as well?", thread=waiting)
    desk.room.settle()
    del desk.jira.standin.state.custom_fields["customfield_7"]
    desk.card(desk.ask("Jonas", OTHER), "OPS-1")
    desk.fill_in_something_else(card)
    assert desk.room.slack.submit("Maya", {"Cost centre": "EMEA", "What do you need, and why?": "All our forms."}).ok
    desk.card(waiting, "OPS-2")
    desk.room.clock.skip(301)
    desk.room.slack.wait_for(lambda: desk.issues[1].comments)
    assert "move the lists" in desk.issues[1].comments[0]["body"]


def test_not_needed_closes_the_issue_and_says_why(desk: Office) -> None:
    ts = desk.ask()
    card = desk.card(ts)
    desk.room.slack.click("Maya", card, "Not needed")
    closed = desk.card(ts, "is closed")
    desk.room.settle()
    assert (desk.issues[0].status, desk.issues[0].resolution) == ("Won't Do", "Won't Do")
    assert "Not needed any more" in desk.issues[0].comments[0]["body"]
    assert buttons(closed) == []


def test_not_needed_while_the_issue_is_being_made_closes_it_once_it_is_found(desk: Office) -> None:
    desk.jira.standin.faults.next("create", reply_lost())
    ts = desk.ask()
    desk.room.slack.wait_for(lambda: desk.room.requests() and desk.room.requests()[0].state is RequestState.UNKNOWN)
    _withdraw(desk.room)
    desk.room.clock.skip(11)
    desk.room.slack.wait_for(lambda: desk.issues[0].status == "Won't Do")
    desk.room.settle()
    assert len(desk.issues) == 1
    assert "is closed" in shown_text(desk.room.replies(ts)[-1])


def test_not_needed_before_an_unclear_attempt_that_made_nothing_makes_nothing_later(desk: Office) -> None:
    desk.jira.standin.faults.next("create", server_error(503))
    desk.ask()
    desk.room.slack.wait_for(lambda: desk.room.requests() and desk.room.requests()[0].state is RequestState.UNKNOWN)
    _withdraw(desk.room)
    desk.room.live_through(1800, 60)
    assert desk.issues == []
    assert [row.state for row in desk.room.rows(OutboxRow) if row.kind == "create_ticket"] == ["done"]


def test_jira_that_cannot_be_reached_at_first_gets_the_request_later(tmp_path: Path) -> None:
    standin = JiraStandIn(cloud=True)
    with Served(standin.app) as known:
        port = int(known.url.rpartition(":")[2])
    tracker = JiraTracker(known.url, standin.token, standin.email, timeout=TIMEOUT)
    with running_desk(tmp_path, tracker=tracker, jira_project="OPS") as room:
        ts = room.slack.say("Maya", "#ask-mops", f"@MOPS Desk {ASKED}")
        room.settle()
        room.clock.skip(4)
        kept = room.slack.wait_for_message("#ask-mops", "I've kept your request", thread=ts)
        assert room.requests()[0].ref in shown_text(kept)
        with Served(standin.app, port):
            room.clock.skip(600)
            room.slack.wait_for_message("#ask-mops", "Jira is back", thread=ts)
            room.settle()
        assert [issue.key for issue in standin.issues] == ["OPS-1"]
        room.assert_clean()


def test_a_busy_jira_and_lost_answers_still_make_one_issue(desk: Office) -> None:
    desk.jira.standin.faults.next("create", too_many("30"), server_error(503), reply_lost())
    ts = desk.ask()
    desk.room.live_through(2400, 60)
    assert "OPS-1" in shown_text(desk.card(ts))
    assert len(desk.issues) == 1


def test_a_login_jira_does_not_accept_is_told_to_ops_and_the_request_filed_once_it_is_mended(desk: Office) -> None:
    good, desk.jira.standin.token = desk.jira.standin.token, "revoked"
    ts = desk.ask()
    desk.room.slack.wait_for_message("#ops-triage", "doesn't let me in")
    desk.room.clock.skip(4)
    desk.card(ts, "I've kept your request")
    desk.jira.standin.token = good
    desk.room.clock.skip(301)
    desk.card(ts, "OPS-1")
    assert len(desk.room.slack.messages("#ops-triage")) == 1


@pytest.mark.parametrize("flavour", ["cloud", "server"])
def test_a_wrong_project_is_told_to_ops_and_the_request_filed_once_it_is_mended(tmp_path: Path, flavour: str) -> None:
    with office(tmp_path, flavour, project="NOPE") as desk:
        ts = desk.ask()
        told = desk.room.slack.wait_for_message("#ops-triage", "won't take a request")
        assert "project" in shown_text(told)
        desk.room.clock.skip(4)
        desk.card(ts, "I've kept your request")
        desk.jira.standin.state.project = "NOPE"
        desk.room.clock.skip(901)
        desk.card(ts, "NOPE-1")
        desk.room.settle()
        said = [shown_text(message) for message in desk.room.slack.messages("#ops-triage")]
        assert len([text for text in said if "won't take" in text]) == 1
        desk.room.assert_clean()


def test_a_request_jira_refuses_for_its_type_holds_up_no_other(desk: Office) -> None:
    desk.jira.standin.faults.next("create", REJECTED_TYPE)
    refused = desk.ask()
    desk.room.slack.wait_for_message("#ops-triage", "won't take a request")
    desk.card(desk.ask("Jonas", OTHER), "OPS-1")
    desk.room.clock.skip(901)
    desk.card(refused, "OPS-2")


def test_details_that_jira_refuses_are_told_to_ops_and_the_issue_stays(desk: Office) -> None:
    ts = desk.ask()
    card = desk.card(ts)
    desk.room.settle()
    desk.jira.standin.delete("OPS-1")
    desk.room.slack.click("Maya", card, "Not needed")
    desk.room.slack.wait_for_message("#ops-triage", "deleted")


def _withdraw(room: Room) -> None:
    """What **Not needed** records; while a ticket is being made there is no card yet to press it on."""
    (request,) = room.requests()
    pressed = ButtonPressed("T0LARK", "C0ASKMOPS", "U0MAYA", ids.NOT_NEEDED, str(request.id), "1.1", "action:1")
    Inbox(room.database, Outbox(Bell(), room.clock), (), room.clock).record(pressed)
    room.slack.wait_for(lambda: room.requests()[0].state is RequestState.WITHDRAWN)
