"""Slack's rates: the desk stays below one message a second and channel, and a lane that must wait delays no other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from support_desk import Clock, Room, running_desk

from bot.clock import now_utc
from bot.database import Database
from bot.demo.slack_reading import shown_text
from bot.desk import Desk
from bot.slack.pacer import FARTHEST_S, Pacer
from bot.tables import OutboxRow

POST = "chat.postMessage"
ASKED = "@MOPS Desk where are my MQLs?"
UNKNOWN = "@MOPS Desk can you move our Pardot forms to HubSpot?"


@contextmanager
def two_desks(folder: Path, **more: str) -> Iterator[Room]:
    """Two desks on one database, as two processes are, and a Slack that takes one message a second and no burst."""
    with running_desk(folder, strict_rate=True, **more) as room:
        second = Desk(room.parts)
        second.start()
        try:
            yield room
        finally:
            second.stop()


def refused(room: Room) -> int:
    """How many posts Slack did not take because there were too many."""
    return len([call for call in room.slack.calls if call.method == POST and call.status == 429])


def test_two_processes_together_keep_the_pace_of_a_channel(tmp_path: Path) -> None:
    with two_desks(tmp_path) as room:
        asked = [room.slack.say("Maya", "#ask-mops", ASKED) for _ in range(2)]
        asked += [room.slack.say("Jonas", "#ask-mops", f"{UNKNOWN} {n}") for n in range(2)]  # cards: lanes of their own
        room.slack.wait_for(lambda: all(room.replies(ts) for ts in asked), timeout=15)
        room.settle()
        assert refused(room) == 0
        times = sorted(call.at for call in room.slack.calls if call.method == POST and call.arguments["channel"] == "C0ASKMOPS")
        assert len(times) >= 4
        assert min(later - earlier for earlier, later in zip(times, times[1:], strict=False)) >= 0.95


def test_a_pace_that_processes_share_is_handed_on_in_turn(tmp_path: Path) -> None:
    with running_desk(tmp_path, started=False) as room:
        now = now_utc()
        pacers = [Pacer(room.database, lambda: now) for _ in range(2)]
        turns = [pacers[number % 2].turn("C1") for number in range(4)]
        assert [None if turn is None else (turn - now).total_seconds() for turn in turns] == pytest.approx([None, 1, 2, 3])
        assert pacers[1].turn("C2") is None


SLOW = {
    "reactions.add": "the 👀 of every question",
    "users.info": "names and who is a guest",
    "conversations.info": "who reads along",
    "conversations.members": "who is in a private channel",
    "views.publish": "the App Home",
    "chat.update": "cards",
    "chat.getPermalink": "links to threads",
    "conversations.open": "direct messages",
}
"""Methods that Slack may slow down, and what they are for."""


@pytest.mark.parametrize("method", SLOW)
def test_a_method_that_is_slowed_down_delays_no_answer_elsewhere(tmp_path: Path, method: str) -> None:
    with running_desk(tmp_path) as room:
        warm = room.slack.say("Jonas", "#campaigns", ASKED)
        room.slack.wait_for_message("#campaigns", "synced", thread=warm)
        room.settle()
        room.slack.faults.rate_limit(method, 300, times=50)
        room.slack.open_home("Maya")
        room.slack.say("Maya", "#ask-mops", UNKNOWN)
        ts = room.slack.say("Jonas", "#campaigns", ASKED)
        answer = room.slack.wait_for_message("#campaigns", "synced", thread=ts, timeout=4)
        assert shown_text(answer)
