"""Slack's rates: the desk stays below one message a second and channel, and a lane that must wait delays no other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support_database import desk_database
from support_desk import Clock, Room, running_desk

from bot.clock import now_utc
from bot.database import Database
from bot.desk import Desk
from bot.slack.pacer import UNDER_WAY_S, Pacer
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


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """With all tables."""
    opened = desk_database(tmp_path_factory.mktemp("pace"))
    yield opened
    opened.close()


def test_two_processes_together_keep_the_pace_of_a_channel(tmp_path: Path) -> None:
    with two_desks(tmp_path) as room:
        asked = [room.slack.say("Maya", "#ask-mops", f"{UNKNOWN} {number}") for number in range(4)]
        asked += [room.slack.say("Jonas", "#ask-mops", ASKED)]
        room.slack.wait_for(lambda: all(room.replies(ts) for ts in asked), timeout=30)
        room.settle(30)
        assert refused(room) == 0


def test_a_turn_is_handed_out_once_whoever_asks(database: Database) -> None:
    now = now_utc()
    pacers = [Pacer(database, lambda: now) for _ in range(2)]
    turns = [pacers[number % 2].turn("C1") for number in range(4)]
    assert [None if turn is None else round((turn - now).total_seconds()) for turn in turns] == [None, 1, 2, 3]
    assert pacers[1].turn("C2") is None


def test_a_message_that_goes_out_late_holds_back_the_one_after_it(database: Database) -> None:
    clock = Clock()
    first, second = Pacer(database, clock), Pacer(database, clock)
    assert first.turn("C3") is None
    turn = second.turn("C3")
    assert turn is not None
    clock.skip(1.6)
    assert second.early("C3", turn) is not None  # the first is still under way
    with database.write() as session:
        first.sent(session, "C3")
    clock.skip(0.5)
    assert second.early("C3", turn) is not None
    clock.skip(0.6)
    assert second.early("C3", turn) is None


def test_whoever_died_with_a_turn_is_not_waited_for_long(database: Database) -> None:
    clock = Clock()
    pacer = Pacer(database, clock)
    assert pacer.turn("C5") is None
    turn = pacer.turn("C5")
    assert turn is not None
    clock.skip(UNDER_WAY_S + 1.1)
    assert pacer.early("C5", turn) is None


def test_a_clock_that_is_set_back_holds_nobody_up(database: Database) -> None:
    clock = Clock()
    pacer = Pacer(database, clock)
    assert pacer.turn("C4") is None
    with database.write() as session:
        pacer.sent(session, "C4")
    waiting = pacer.turn("C4")
    assert waiting is not None
    clock.skip(-3600)
    assert pacer.early("C4", waiting) is None
    assert pacer.turn("C4") is None


SLOWED = {
    "reactions.add": "the sign that a question was seen",
    "users.info": "names",
    "views.publish": "the App Home",
    "chat.update": "cards",
    "chat.getPermalink": "links to threads",
    "conversations.open": "direct messages",
    "response_url": "answers to commands",
}
"""Methods that Slack may slow down, and what they are for."""


@pytest.mark.parametrize("method", SLOWED)
def test_a_method_that_is_slowed_down_delays_no_answer_that_does_without_it(tmp_path: Path, method: str) -> None:
    with running_desk(tmp_path) as room:
        warm = room.slack.say("Jonas", "#campaigns", ASKED)
        room.slack.wait_for_message("#campaigns", "synced", thread=warm)
        room.settle()
        room.slack.faults.rate_limit(method, 300, times=50)
        room.slack.open_home("Jonas")
        room.slack.command("Jonas", "#ask-mops", "/mops where are my MQLs?")
        room.slack.say("Jonas", "dm", "where are my MQLs?")
        ts = room.slack.say("Jonas", "#campaigns", ASKED)
        room.slack.wait_for_message("#campaigns", "synced", thread=ts, timeout=4)
        room.slack.faults.clear()
        room.live_through(602, 301)
        assert [row.kind for row in room.rows(OutboxRow) if row.state not in ("done", "dead")] == []


def test_an_answer_waits_until_slack_says_who_reads_it_and_the_next_channel_does_not(tmp_path: Path) -> None:
    with running_desk(tmp_path) as room:
        room.slack.faults.rate_limit("conversations.members", 300, skip=1)  # the look at the question passes
        slowed = room.slack.say("Maya", "#ask-mops", ASKED)
        room.slack.wait_for(lambda: [row for row in room.rows(OutboxRow) if row.state == "retry"])
        ts = room.slack.say("Jonas", "#campaigns", ASKED)
        room.slack.wait_for_message("#campaigns", "synced", thread=ts, timeout=4)
        assert room.replies(slowed) == []
        room.clock.skip(301)
        room.slack.wait_for_message("#ask-mops", "synced", thread=slowed)
