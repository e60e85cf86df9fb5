"""A desk whose tickets live: with its own tracker or with Jira, told by webhook, by polling, or both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from support_desk import Clock, Room, running_desk
from support_trackers import Jira, jira

from bot.demo.slack_larkfield import PRIYA
from bot.demo.slack_reading import shown_text
from bot.demo.slack_state import Message
from bot.effects import ReadTicket
from bot.tables import OutboxRow
from escalation.embedded_tracker import EmbeddedTracker

ASKED = "can you move our Pardot forms to HubSpot?"
MINUTE = 61


@dataclass
class Life:
    """A room, and what people do behind the desk's back."""

    room: Room

    def ask(self, key: str, channel: str = "#ask-mops", words: str = ASKED) -> tuple[str, Message]:
        """Maya asks what nobody wrote down: (ts of her thread, the ticket's card). ``dm`` is her DM."""
        said = words if channel == "dm" else f"@MOPS Desk {words}"
        ts = self.room.slack.say("Maya", channel, said)
        card = self.room.slack.wait_for_message(self.where(channel), key, thread=ts)
        self.room.settle()
        return ts, card

    def where(self, channel: str) -> str:
        """The channel's name or id."""
        return self.room.slack.dm("Maya") if channel == "dm" else channel

    def look(self) -> None:
        """The next look at the tracker, and everything that follows from it."""
        before = self.reads()
        self.room.clock.skip(MINUTE)
        self.room.slack.wait_for(lambda: self.reads() > before)
        self.after_a_moment()

    def after_a_moment(self, seconds: float = 1.01) -> None:
        """Everything that is due so soon."""
        self.room.settle()
        self.room.clock.skip(seconds)
        self.room.settle()

    def reads(self) -> int:
        """How often the desk was asked to read a ticket again."""
        return len([row for row in self.room.rows(OutboxRow) if row.kind == ReadTicket.kind])

    def said(self, ts: str, channel: str = "#ask-mops") -> list[str]:
        """What the desk says in a thread now, oldest first."""
        return [shown_text(message) for message in self.room.replies(ts, self.where(channel))]

    def shown(self, message: Message) -> str:
        """A message as it is now."""
        return shown_text(self.room.slack.fresh(message))


@dataclass
class Own(Life):
    """With the tracker that ships with the desk."""

    tracker: EmbeddedTracker


@dataclass
class WithJira(Life):
    """With a Jira stand-in."""

    jira: Jira

    def hook(self, event: str = "jira:issue_updated", key: str = "OPS-1", times: int = 1) -> list[int]:
        """Jira calls our webhook, with the same delivery so many times; the answers' status codes."""
        body, headers = self.jira.standin.webhook(event, key)
        return [self.post(body, headers) for _ in range(times)]

    def post(self, body: bytes, headers: dict[str, str]) -> int:
        """Somebody calls our webhook."""
        return requests.post(f"{self.room.url}/jira/webhook", data=body, headers=headers, timeout=5).status_code


@contextmanager
def own_life(folder: Path, poll_seconds: int = 60) -> Iterator[Own]:
    """A desk with its own tracker. Priya is the curator."""
    with running_desk(folder, poll_seconds=poll_seconds, curators=frozenset({PRIYA})) as room:
        assert isinstance(room.tracker, EmbeddedTracker)
        yield Own(room, room.tracker)
        room.assert_clean()


@contextmanager
def jira_life(
    folder: Path, told_by: str = "webhook", cloud: bool = True, service_desk: bool = False
) -> Iterator[WithJira]:
    """A desk with Jira; ``told_by`` is "webhook" or "polling", never both."""
    clock = Clock()
    with jira(cloud=cloud, service_desk=service_desk, clock=clock) as running:
        hooks = running.standin.webhook_secret if told_by == "webhook" else ""
        poll = 60 if told_by == "polling" else 0
        with running_desk(
            folder,
            tracker=running.tracker,
            jira_project="OPS",
            poll_seconds=poll,
            webhook_secret=hooks,
            clock=clock,
        ) as room:
            yield WithJira(room, running)
            room.assert_clean()
