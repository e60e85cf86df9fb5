"""What people do with a desk in which something fails, until they have what they want; and what must be true then."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import select
from support_failing import Hands
from support_forms import asks_for, pick

from bot.demo.jira_standin import JiraStandIn
from bot.demo.slack_reading import buttons, shown_text
from bot.demo.slack_state import Message
from bot.signs import STALE
from escalation.domain import Close
from escalation.embedded_tracker import EmbeddedTracker
from escalation.tables import RequestRow

KNOWN, UNKNOWN = "@MOPS Desk where are my MQLs?", "@MOPS Desk can you move our Pardot forms to HubSpot?"
MORE, WORDS = "and could you move the lists as well?", "All twelve of them."
NEWS, ENDED = "Seven are done.", "All moved."
NOTES = "What do you need, and why?"


@dataclass(frozen=True)
class Kept:
    """A ticket as the tracker has it in the end."""

    description: str
    comments: tuple[str, ...]
    done: bool


class Ops(Protocol):
    """The ops team at work in the tracker."""

    def say(self, key: str, words: str) -> None:
        """A public comment."""

    def end(self, key: str, words: str) -> None:
        """Close it with a word."""

    def kept(self, key: str) -> Kept:
        """The ticket as it is."""

    def count(self) -> int:
        """How many tickets there are."""


class OwnOps:
    """With the tracker that ships with the desk, over connections that never fail."""

    def __init__(self, tracker: EmbeddedTracker) -> None:
        self._tracker = tracker

    def say(self, key: str, words: str) -> None:
        """As Ops."""
        self._tracker.say(key, "Priya", words, public=True)

    def end(self, key: str, words: str) -> None:
        """As Ops."""
        self._tracker.change(key, Close(words), "closed-by-hand")

    def kept(self, key: str) -> Kept:
        """As Ops."""
        found = self._tracker.details(key)
        assert found is not None
        return Kept(found.description, found.comments, found.ticket.done)

    def count(self) -> int:
        """As Ops."""
        return len(self._tracker.recent(10_000))


class JiraOps:
    """In a stand-in for Jira."""

    def __init__(self, standin: JiraStandIn) -> None:
        self._standin = standin

    def say(self, key: str, words: str) -> None:
        """As Ops."""
        self._standin.say(key, "Priya", words)

    def end(self, key: str, words: str) -> None:
        """As Ops."""
        self._standin.say(key, "Priya", words)
        self._standin.update(key, status="Done")

    def kept(self, key: str) -> Kept:
        """As Ops."""
        issue = self._standin.state.find(key)
        comments = tuple(str(comment["body"]) for comment in issue.comments)
        return Kept(str(issue.fields["description"]), comments, issue.status == "Done")

    def count(self) -> int:
        """As Ops."""
        return len(self._standin.issues)


@dataclass
class Scenario:
    """What people do in one run, in a thread of its own."""

    hands: Hands
    ops: Ops
    ts: str = ""

    def by_dm(self) -> list[str]:
        """What the desk told Maya alone since the question."""
        slack = self.hands.room.slack
        return [shown_text(one) for one in slack.messages(slack.dm("Maya")) if one.ts > self.ts]

    def known(self) -> None:
        """A question the desk can answer."""
        self.ts = self.hands.room.slack.say("Maya", "#ask-mops", KNOWN)
        self.hands.rest()

    def whole_life(self) -> None:
        """A question nobody wrote down, its ticket, details, a comment each way, and its end."""
        for step in (self.unknown, self.details, self.comment, self.news, self.end):
            step()
            self.hands.rest()

    def unknown(self) -> None:
        """A question that becomes a ticket."""
        self.ts = self.hands.room.slack.say("Maya", "#ask-mops", UNKNOWN)

    def details(self) -> None:
        """**Add details**, until the form has opened, and then until it has closed."""
        slack = self.hands.room.slack
        for _ in range(5):
            if slack.modal("Maya"):
                break
            self.hands.until_taken(lambda: slack.click("Maya", self.card(), "Add details"))
            self.hands.work()
        for _ in range(8):
            view = slack.modal("Maya")
            if view is None:
                return
            self._next(view)
        raise AssertionError("the form never closed")

    def comment(self) -> None:
        """A word in the thread, which belongs on the ticket."""
        self.hands.room.slack.say("Maya", "#ask-mops", MORE, thread=self.ts)

    def news(self) -> None:
        """Ops say something on the ticket; the asker looks at the App Home."""
        self.ops.say(self.key(), NEWS)
        self.hands.room.slack.open_home("Maya")
        self.hands.work()
        self.hands.time.skip(2)

    def end(self) -> None:
        """Ops close the ticket."""
        self.ops.end(self.key(), ENDED)
        self.hands.room.slack.open_home("Maya")
        self.hands.work()
        self.hands.time.skip(2)

    def card(self) -> Message:
        """The ticket's card in the thread."""
        (card,) = (one for one in self.hands.room.replies(self.ts) if "Add details" in buttons(one))
        return card

    def key(self) -> str:
        """The ticket's key, as the newest request has it."""
        with self.hands.people.read() as session:
            return str(session.scalar(select(RequestRow.ticket_key).order_by(RequestRow.id.desc()).limit(1)))

    def _next(self, view: Any) -> None:
        slack = self.hands.room.slack
        if view.content.get("submit") is None:  # "could not be kept, go back"
            slack.close_modal("Maya")
        elif asks_for(view, NOTES):
            slack.submit("Maya", {NOTES: WORDS})
        else:
            with suppress(AssertionError):  # not switched: the next look at the form shows it
                pick(slack, "Something else")


def check_answered(scenario: Scenario) -> None:
    """One answer, one reaction, nothing left to do, nothing given up, everything acknowledged in the end.

    By DM, with a word in the thread, when Slack could not say who reads there; no reaction when it would have come
    late, and the answer was there.
    """
    hands = scenario.hands
    said = [*hands.said(scenario.ts), *scenario.by_dm()]
    assert sum("synced" in text for text in said) == 1, said
    assert len(hands.said(scenario.ts)) == 1, said
    signs = list(dict(hands.room.slack.message("#ask-mops", scenario.ts).reactions))
    late = hands.time.unix() - float(scenario.ts) > STALE.total_seconds()
    assert signs == ["eyes"] or (late and not signs), signs
    check_clean(hands)


def check_lived(scenario: Scenario) -> None:
    """One ticket that holds all words once, and a thread that told each thing once."""
    ticket = scenario.ops.kept(scenario.key())
    said = scenario.hands.said(scenario.ts)
    whole = "\n".join(said)
    assert [text.startswith("*<") and "|" in text and "is done." in text for text in said].count(True) == 1, said
    assert WORDS in ticket.description, ticket
    added = [sum(words in comment for comment in ticket.comments) for words in (MORE, NEWS, ENDED)]
    assert added == [1, 1, 1], ticket
    assert ticket.done
    assert [whole.count(words) for words in (NEWS, ENDED, "ops team sees both")] == [1, 1, 1], said
    assert len(said) - sum("I've kept your request" in text for text in said) == 4, said
    check_clean(scenario.hands)


def check_clean(hands: Hands) -> None:
    """Nothing is left to do, nothing was given up, Slack refused nothing, and every event was acknowledged."""
    hands.work()  # what Slack repeats may still be under way
    slack = hands.room.slack
    acknowledged = {one.body for one in slack.deliveries if not one.problem}
    lost = [one.name for one in slack.deliveries if one.kind == "event" and one.body not in acknowledged]
    left = {
        "open": hands.open_rows(),
        "given up": hands.given_up(),
        "rejected": slack.rejections,
        "violations": slack.violations,
        "lost": lost,
    }
    assert not any(left.values()), left
