"""Many people ask for the same at once: ops is asked, declares a known issue, and everyone hears when it is over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from support_desk import Room, running_desk
from support_missing import usual_weeks

from bot.curation.known_issue_store import KnownIssue, KnownIssueStore
from bot.demo.slack_larkfield import PRIYA
from bot.demo.slack_reading import buttons, shown_text
from bot.demo.slack_state import Message
from bot.tables import QuestionRow
from escalation.domain import RequestState
from escalation.follower_store import FollowerStore
from knowledge.testing import HashingEncoder

DOWN = "the hubspot forms are down, nothing loads"
ASKED = {
    "Maya": DOWN,
    "Jonas": "hubspot forms are down for me, they load nothing",
    "Noor": "are the hubspot forms down? nothing loads",
    "Priya": "hubspot forms down here too, nothing loads",
}
FORM = {
    "What is wrong?": "HubSpot forms don't load",
    "What should people know or do?": "We are on it. *Don't* resend.",
}


@dataclass
class Outage:
    """A running desk in which everybody just asked about the same, by name."""

    room: Room
    threads: dict[str, str]
    question: Message

    def declare(self) -> None:
        """Priya fills in the form."""
        assert self.room.slack.click("Priya", self.question, "Declare a known issue").ok
        assert self.room.slack.submit("Priya", FORM).ok
        self.room.settle()

    def hears(self, name: str, words: str) -> None:
        """It is said in somebody's thread, one message a second for the channel."""
        self.room.live_through(15, 3)
        self.room.slack.wait_for_message("#ask-mops", words, thread=self.threads[name])

    def ask(self, name: str, words: str) -> str:
        """Somebody asks in a thread of its own."""
        ts = self.room.slack.say(name, "#ask-mops", f"@MOPS Desk {words}")
        self.room.live_through(10, 5)
        return ts

    def skip(self, minutes: float) -> None:
        """Time passes."""
        self.room.clock.skip(60 * minutes)

    def ops(self, words: str) -> Message:
        """What the ops channel reads."""
        return self.room.slack.wait_for_message("#ops-triage", words)


@pytest.fixture
def outage(tmp_path: Path) -> Iterator[Outage]:
    with running_desk(tmp_path, curators=frozenset({PRIYA}), encoder=HashingEncoder()) as room:
        usual_weeks(room.database, room.clock)
        threads = {}
        for name, words in ASKED.items():
            threads[name] = room.slack.say(name, "#ask-mops", f"@MOPS Desk {words}")
            room.settle()  # the first one has the ticket; of two at once either might
        room.clock.skip(21)
        question = room.slack.wait_for_message("#ops-triage", "Is something broken?")
        yield Outage(room, threads, question)
        room.settle()
        room.assert_clean()


def test_ops_is_asked_once_and_only_ops_decides(outage: Outage) -> None:
    told = shown_text(outage.question)
    assert "Four people asked about the same thing within two hours" in told
    assert DOWN in told
    outage.ask("Jonas", "still: hubspot forms are down, nothing loads")
    outage.skip(1)
    outage.room.settle()
    asked = [m for m in outage.room.slack.messages("#ops-triage") if "Is something broken?" in shown_text(m)]
    assert len(asked) == 1
    outage.room.slack.click("Maya", outage.question, "Declare a known issue")
    assert outage.room.slack.modal("Maya") is None
    outage.room.slack.wait_for_message("#ops-triage", "for the ops team", seen_by="Maya")
    assert outage.room.slack.click("Priya", outage.question, "Not an issue").ok
    outage.room.settle()
    assert "not an issue" in shown_text(outage.room.slack.fresh(outage.question))
    assert active(outage.room) == ()


def test_a_declared_issue_has_one_ticket_and_reaches_everyone_before_and_after(outage: Outage) -> None:
    before = outage.room.requests()
    held = [request.id for request in before if request.state is RequestState.HELD]
    assert held
    outage.declare()
    (issue,) = active(outage.room)
    request = outage.room.requests()[issue.request_id - 1]
    assert len(outage.room.requests()) == len(before) + 1
    joined = {one.joined for one in outage.room.requests() if one.id in held}
    assert joined == {issue.request_id}
    assert (request.draft.summary, request.draft.labels) == ("HubSpot forms don't load", ("known-issue",))
    for name in ("Maya", "Jonas", "Noor"):
        outage.hears(name, "known issue since")
    again = outage.ask("Maya", "hubspot forms are down again, nothing loads")
    answer = outage.room.replies(again)[-1]
    assert "Known issue since" in shown_text(answer)
    assert "We are on it." in shown_text(answer)
    assert buttons(answer) == ["Mine is something else", "Ask the ops team"]
    assert outage.room.rows(QuestionRow)[-1].kind == "known_issue"
    assert "declared a known issue" in shown_text(outage.room.slack.fresh(outage.question))
    assert followers(outage.room, issue) == {"Maya Lindqvist", "Jonas Weber", "Noor Haddad"}
    assert outage.room.slack.click("Maya", answer, "Mine is something else").ok
    outage.room.live_through(10, 5)
    assert "None of these" in buttons(outage.room.replies(again)[-1])
    assert followers(outage.room, issue) == {"Jonas Weber", "Noor Haddad"}


def test_when_it_is_over_the_ticket_closes_and_everyone_is_told(outage: Outage) -> None:
    outage.declare()
    assert outage.room.slack.click("Priya", outage.room.slack.fresh(outage.question), "It's over").ok
    outage.room.settle()
    for name in ("Maya", "Jonas", "Noor"):
        outage.hears(name, "It's over: HubSpot forms don't load")
    assert active(outage.room) == ()
    assert {ticket.ticket.done for ticket in outage.room.tickets()} == {True}  # the first asker's own one too
    later = outage.ask("Maya", "are the hubspot forms down? nothing loads")
    assert not any("Known issue" in shown_text(message) for message in outage.room.replies(later))


def test_ops_is_reminded_and_a_time_out_is_told_to_everyone(outage: Outage) -> None:
    outage.declare()
    outage.skip(4 * 60 - 20)
    reminder = outage.ops("Still going on?")
    assert outage.room.slack.click("Priya", reminder, "2 hours more").ok
    outage.room.settle()
    outage.skip(30)
    outage.threads["Noor"] = outage.ask("Noor", "hubspot forms down? nothing loads")
    assert active(outage.room)
    outage.skip(2 * 60)
    outage.ops("has timed out")
    outage.room.settle()
    for name in ("Maya", "Jonas", "Noor"):
        outage.hears(name, "should be over by now")
    assert active(outage.room) == ()


def active(room: Room) -> tuple[KnownIssue, ...]:
    """The known issues that are not over."""
    with room.database.read() as session:
        return KnownIssueStore(session).active()


def followers(room: Room, issue: KnownIssue) -> set[str]:
    """Who is told when it is over, besides whoever declared it."""
    with room.database.read() as session:
        return {follower.person.name for follower in FollowerStore(session).of(issue.request_id)}
