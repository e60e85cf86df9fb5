"""The machine's clock jumps by an hour, forward or back, while work is under way: nothing twice, nothing stuck.

The desk sees the raw jump here, as after a restart; a process that runs follows it gradually (bot.clock).
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from support_failing import Time, failing_desk
from support_failing_life import KNOWN, OwnOps
from support_failing_runs import Stage, campaign, chosen

from escalation.embedded_tracker import EmbeddedTracker

HOUR = timedelta(hours=1)
POST = "chat.postMessage"


def jumping(stack: ExitStack, folder: Path, *, ahead: bool) -> Stage:
    """A desk whose clock jumps at its N-th look: an hour ahead, or from there back to the right time."""
    time = Time()
    hands = stack.enter_context(failing_desk(folder, time=time))
    assert isinstance(hands.room.tracker, EmbeddedTracker)

    def arm(number: int) -> None:
        time.ahead = timedelta(0) if ahead else HOUR
        time.then = HOUR - time.ahead
        time.looks, time.jumps_at = 0, number

    def met() -> str:
        return str(time.then - (HOUR - time.then)) if time.looks >= time.jumps_at else ""

    return Stage(hands, OwnOps(hands.room.tracker), arm, met, lambda: None)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("ahead", [True, False], ids=["ahead", "back"])
@pytest.mark.parametrize(("scenario", "every"), [("known", 20), ("whole_life", 380)])
def test_whenever_the_clock_jumps_everything_happens_once_and_soon(scenario: str, every: int, ahead: bool) -> None:
    with campaign(partial(jumping, ahead=ahead)) as running:
        sys.stderr.write(f"{scenario}: {running.strike(scenario, chosen(every))} jumps\n")


def test_a_lost_reply_is_found_again_though_our_clock_is_an_hour_ahead_of_slacks(tmp_path: Path) -> None:
    time = Time()
    time.ahead = HOUR
    with failing_desk(tmp_path, time=time) as hands:
        slack = hands.room.slack
        slack.faults.drop_after(POST)
        ts = slack.say("Maya", "dm", KNOWN.removeprefix("@MOPS Desk "))
        hands.rest()
        assert len(hands.room.replies(ts, slack.dm("Maya"))) == 1
        assert [call.ok for call in slack.calls if call.method == POST] == [True]


def test_what_a_clock_that_was_ahead_put_off_is_not_an_hour_late(tmp_path: Path) -> None:
    time = Time()
    time.ahead = HOUR
    with failing_desk(tmp_path, time=time) as hands:
        ts = hands.room.slack.say("Maya", "#ask-mops", KNOWN)
        hands.room.slack.wait_until_delivered()
        time.ahead = timedelta(0)  # put right before anybody had begun
        hands.work()
        hands.work()  # what waited for this second's look
        assert len(hands.said(ts)) == 1
        assert hands.open_rows() == []
