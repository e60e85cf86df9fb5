"""Socket Mode at its true settings, in real time: ``make sockets``. What tests/acceptance/test_socket_mode.py does
fifteen times as fast; here the figures are taken."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support_desk import Room, running_desk

from bot.demo.slack_larkfield import larkfield
from bot.slack.socket_mode import SocketConnections
from bot.tables import InboxRow

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

TOKEN = "xapp-stand-in"
OPEN = "apps.connections.open"
SECONDS = float(os.environ.get("SECONDS_OF_LOAD", "60"))
PER_SECOND = 8.3
"""Slack's own ceiling, in questions; each mention comes in two envelopes."""

BACK_S = 30.0


class SlackTime:
    """Slack's clock, to be put forward to its next redelivery."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@contextmanager
def receiver(folder: Path, refresh_s: float | None = None) -> Iterator[tuple[Room, SlackTime, SocketConnections]]:
    """A receiver with both connections open."""
    now = SlackTime()
    with running_desk(folder, started=False, app_token=TOKEN, workspace=larkfield(now)) as room:
        room.slack.sockets.refresh_s = refresh_s
        sockets = SocketConnections(room.desk.app, TOKEN, room.slack.api_url)
        sockets.sign_in()
        sockets.open()
        room.slack.wait_for(lambda: sockets.health().connected >= 2)
        try:
            yield room, now, sockets
        finally:
            sockets.close()


def ask(room: Room, number: int) -> str:
    """One question."""
    return room.slack.say("Maya", ("#ask-mops", "#campaigns")[number % 2], f"@MOPS Desk where are my MQLs? {number}")


def recorded(room: Room) -> Counter[str]:
    """How often each message stands in the inbox."""
    return Counter(str(row.message_key).rpartition(":")[2] for row in room.rows(InboxRow))


def asking(room: Room, seconds: float) -> list[str]:
    """Questions at Slack's ceiling for so long."""
    asked, begun = [], time.monotonic()
    while (passed := time.monotonic() - begun) < seconds:
        while len(asked) < passed * PER_SECOND:
            asked.append(ask(room, len(asked)))
        time.sleep(0.02)
    return asked


def arrived(room: Room, now: SlackTime, asked: list[str]) -> None:
    """Everything has arrived once, within Slack's redeliveries."""
    for ahead in (0, 61, 400):
        now.ahead = ahead
        time.sleep(0.5)
        room.slack.wait_until_delivered(30)
        if recorded(room) == Counter(asked):
            return
    assert recorded(room) == Counter(asked)


def report(line: str) -> None:
    """A figure for RELIABILITY.md."""
    sys.__stdout__.write(f"\n    {line}\n")  # type: ignore[union-attr]


def test_refreshed_every_two_seconds_under_load(tmp_path: Path) -> None:
    with receiver(tmp_path, refresh_s=2.0) as (room, now, _):
        asked = asking(room, SECONDS)
        arrived(room, now, asked)
        again = [d for d in room.slack.deliveries if d.attempt]
        waits = sorted(d.seconds for d in room.slack.deliveries if not d.problem)
        p99 = waits[int(len(waits) * 0.99)] * 1000
        report(
            f"{len(asked)} questions in {SECONDS:g} s, {room.slack.sockets.opened} connections: 0 lost, 0 twice, "
            f"{len(again)} envelopes delivered again, ack p99 {p99:.0f} ms"
        )


def test_half_open_connections_are_replaced(tmp_path: Path) -> None:
    with receiver(tmp_path) as (room, now, sockets):
        time.sleep(6)
        room.slack.sockets.cut()
        begun = time.monotonic()
        room.slack.wait_for(lambda: room.slack.sockets.opened >= 4, timeout=BACK_S)
        took = time.monotonic() - begun
        asked = asking(room, 5)
        time.sleep(15)  # until Slack has noticed, too
        arrived(room, now, asked)
        assert sockets.health().connected == 2
        report(f"both connections silent: replaced after {took:.1f} s; {len(asked)} questions, 0 lost, 0 twice")


@pytest.mark.parametrize("kind", ["HTTP 503", "no answer", "429", "too_many_websockets"])
def test_connections_come_back_within_half_a_minute_of_slack(tmp_path: Path, kind: str) -> None:
    with receiver(tmp_path) as (room, now, sockets):
        faults, slack = room.slack.faults, room.slack.sockets
        match kind:
            case "HTTP 503":
                faults.fail(OPEN, 503, times=1000)
            case "no answer":
                faults.hang(OPEN, 30, times=1000)
            case "429":
                faults.rate_limit(OPEN, 20, times=1000)
            case _:
                slack.refusal = kind
        slack.drop()
        time.sleep(50)
        asked = [ask(room, 0)]
        faults.clear()
        slack.refusal = ""
        begun = time.monotonic()
        room.slack.wait_for(lambda: sockets.health().connected >= 1, timeout=BACK_S)
        took = time.monotonic() - begun
        tries = len([call for call in room.slack.calls if call.method == OPEN])
        arrived(room, now, asked)
        report(f"{kind} for 50 s ({tries} tries): back {took:.1f} s after Slack was")
