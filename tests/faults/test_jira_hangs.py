"""A Jira that does not answer holds up nobody who waits for a word in Slack."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from support_desk import Room, running_desk

from escalation.testing import InMemoryTracker

NEEDS = (
    "move the Pardot forms",
    "book a photographer",
    "mend the price list",
    "send the newsletter",
    "merge two accounts",
    "rename some campaigns",
)
WITHIN_S = 5.0
"""How soon the thread must say that a request is kept (the issue's own figure)."""


class Hanging(InMemoryTracker):
    """A tracker whose every call takes until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = threading.Event()
        self.answers.set()
        self.waiting = 0

    def _fault(self, method: str) -> None:
        self.waiting += 1
        self.answers.wait(60)
        self.waiting -= 1


def test_while_every_call_to_jira_hangs_the_thread_says_within_five_seconds_that_the_request_is_kept(
    tmp_path: Path,
) -> None:
    tracker = Hanging()
    with running_desk(tmp_path, tracker=tracker) as room:
        threads = [_filed(room, f"MOPS-{number}", words) for number, words in enumerate(NEEDS, 1)]
        tracker.answers.clear()
        try:
            for thread in threads:
                room.slack.say("Maya", "#ask-mops", "and one more thing to know", thread=thread)
            room.slack.wait_for(lambda: tracker.waiting >= 3)  # all hands that talk to Jira are stuck
            began = time.monotonic()
            ts = room.slack.say("Jonas", "#campaigns", "@MOPS Desk why is the tracking pixel gone?")
            kept = room.slack.wait_for_message("#campaigns", "I've kept your request", thread=ts)
            assert time.monotonic() - began < WITHIN_S
            assert kept
        finally:
            tracker.answers.set()
        room.slack.wait_for_message("#campaigns", "Jira is back", thread=ts)
        room.settle()
        assert len(tracker.tickets) == len(NEEDS) + 1


def _filed(room: Room, key: str, words: str) -> str:
    ts = room.slack.say("Maya", "#ask-mops", f"@MOPS Desk please {words}")
    room.slack.wait_for_message("#ask-mops", key, thread=ts)
    return ts
