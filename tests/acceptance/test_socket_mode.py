"""Socket Mode against everything that happens to WebSockets: no question is lost, none is answered twice."""

from __future__ import annotations

import io
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from support_cli import logs_kept
from support_database import locked
from support_desk import Room, running_desk

from bot.demo.slack_larkfield import larkfield
from bot.demo.slack_reading import shown_text
from bot.errors import SlackRefused
from bot.logs import configure
from bot.slack.socket_line import Timings
from bot.slack.socket_mode import SocketConnections
from bot.tables import InboxRow

TOKEN = "xapp-stand-in"
QUICK = Timings(
    ping=0.1,
    silence=0.5,
    open=0.6,
    linger=0.2,
    first_wait=0.1,
    longest_wait=0.3,
    refused_wait=0.3,
    fewer=1.0,
    steady=0.2,
    down=0.4,
    gap=0.02,
    look=0.02,
)
"""The real proportions, about fifteen times as fast."""

UNHURRIED = replace(QUICK, silence=10.0)
"""Where a busy machine must not look like a dead line."""

OPEN = "apps.connections.open"


class SlackTime:
    """Slack's clock, which a test puts forward to the next redelivery."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@dataclass
class Line:
    """A desk on the socket."""

    room: Room
    time: SlackTime
    sockets: SocketConnections
    told: list[str]

    def up(self, count: int = 2) -> None:
        """Until that many connections stand."""
        self.room.slack.wait_for(lambda: self.sockets.health().connected == count, timeout=5)

    def ask(self, number: int) -> str:
        """A question in a thread of its own."""
        slack = self.room.slack
        return slack.say("Maya", ("#ask-mops", "#campaigns")[number % 2], f"@MOPS Desk my MQLs? {number}")

    def recorded(self) -> Counter[str]:
        """How often each message stands in the inbox, by its time."""
        return Counter(str(row.message_key).rpartition(":")[2] for row in self.room.rows(InboxRow) if row.message_key)


@contextmanager
def on_the_socket(
    folder: Path,
    *,
    started: bool = True,
    strike: Callable[[Room], None] | None = None,
    patience: float = 0.5,
    timings: Timings = QUICK,
) -> Iterator[Line]:
    """A desk whose sockets are opened after ``strike``; Slack waits ``patience`` seconds for an acknowledgement."""
    now, told = SlackTime(), list[str]()
    slack = {"app_token": TOKEN, "ack_timeout": patience, "workspace": larkfield(now)}
    with running_desk(folder, started=started, **slack) as room:
        if strike is not None:
            strike(room)
        sockets = SocketConnections(room.desk.app, TOKEN, room.slack.api_url, timings=timings, on_down=told.append)
        try:
            sockets.sign_in()
            sockets.open()
            yield Line(room, now, sockets, told)
        finally:
            sockets.close()


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with on_the_socket(tmp_path) as line:
        line.up()
        yield line


def test_questions_commands_buttons_and_forms_come_over_the_socket(tmp_path: Path) -> None:
    with on_the_socket(tmp_path, patience=3.0, timings=UNHURRIED) as line:
        line.up()
        slack = line.room.slack
        ts = line.ask(0)
        answer = slack.wait_for_message("#ask-mops", "synced", thread=ts)
        slack.command("Maya", "#ask-mops", "/mops where are my MQLs?")
        slack.click("Maya", answer, "Not what I meant")
        slack.command("Maya", "#ask-mops", "/ticket")
        assert slack.modal("Maya") is not None
        line.room.settle()
        assert {row.kind for row in line.room.rows(InboxRow)} == {"message", "slash_question", "button"}
        line.room.assert_clean()


def test_refreshes_under_load_lose_nothing_and_record_nothing_twice(tmp_path: Path) -> None:
    def often(room: Room) -> None:
        room.slack.sockets.refresh_s = 0.25

    with on_the_socket(tmp_path, started=False, strike=often) as line:
        line.up()
        asked = []
        for number in range(60):
            asked.append(line.ask(number))
            time.sleep(0.03)
        line.room.slack.wait_until_delivered()
        assert line.recorded() == Counter(asked)
        assert line.room.slack.sockets.opened > 8
        assert line.told == []


def test_half_open_connections_are_replaced_and_what_went_into_them_comes_again(line: Line) -> None:
    line.room.slack.sockets.cut(notices_s=0.8)
    begun = time.monotonic()
    asked = [line.ask(number) for number in range(4)]
    line.room.slack.wait_for(lambda: line.room.slack.sockets.opened >= 4)
    assert time.monotonic() - begun < QUICK.silence + 1.5
    line.room.slack.wait_until_delivered()
    line.time.ahead = 61
    line.room.slack.wait_for(lambda: line.recorded() == Counter(asked))


def test_broken_connections_are_replaced_at_once(line: Line) -> None:
    time.sleep(QUICK.steady)
    line.room.slack.sockets.drop()
    line.room.slack.wait_for(lambda: line.room.slack.sockets.opened >= 4)
    line.up()
    line.ask(0)
    line.room.slack.wait_for(lambda: len(line.recorded()) == 1)


def test_a_desk_whose_connections_cannot_be_opened_keeps_trying_and_says_so(line: Line) -> None:
    faults = line.room.slack.faults
    faults.fail(OPEN, 503, times=2)
    faults.drop_before(OPEN, times=2)
    faults.rate_limit(OPEN, 1)
    faults.refuse(OPEN, "internal_error")
    line.room.slack.sockets.drop()
    asked = [line.ask(0)]
    line.room.slack.wait_for(lambda: line.told)
    line.up()
    line.room.slack.wait_until_delivered()
    line.time.ahead = 61
    line.room.slack.wait_for(lambda: line.recorded() == Counter(asked))


def test_too_many_connections_mean_one_less_for_a_while(tmp_path: Path) -> None:
    def only_one(room: Room) -> None:
        room.slack.sockets.limit = 1

    with on_the_socket(tmp_path, strike=only_one) as line:
        line.room.slack.wait_for(lambda: line.sockets.health().wanted == 1)
        line.up(1)
        calls = [call for call in line.room.slack.calls if call.method == OPEN]
        assert len(calls) <= 3
        line.room.slack.sockets.limit = 2
        line.up(2)


def test_too_many_connections_from_the_start_are_waited_out(tmp_path: Path) -> None:
    def full(room: Room) -> None:
        room.slack.sockets.refusal = "too_many_websockets"

    with on_the_socket(tmp_path, strike=full) as line:
        line.room.slack.wait_for(lambda: "too_many_websockets" in line.told)
        assert line.sockets.health().hello_age_s is None
        line.room.slack.sockets.refusal = ""
        line.up(1)


def test_socket_mode_that_is_switched_off_is_said_and_found_on_again(line: Line) -> None:
    line.room.slack.sockets.refusal = "link_disabled"
    line.room.slack.sockets.disconnect("link_disabled")
    line.room.slack.wait_for(lambda: "link_disabled" in line.told)
    line.room.slack.sockets.refusal = ""
    line.up()


def test_a_token_that_is_no_good_is_said_at_the_start(tmp_path: Path) -> None:
    def revoke(room: Room) -> None:
        room.slack.faults.refuse(OPEN, "invalid_auth")

    with pytest.raises(SlackRefused, match="SLACK_APP_TOKEN"), on_the_socket(tmp_path, strike=revoke):
        raise AssertionError("it opened")


def test_closing_lets_acknowledgements_leave_first(tmp_path: Path) -> None:
    with on_the_socket(tmp_path, started=False, patience=3.0) as line:
        line.up()
        with locked(tmp_path):  # the inbox has to wait
            asked = [line.ask(number) for number in range(4)]
            line.room.slack.wait_for(lambda: line.room.slack.sockets.sent == 2 * len(asked))
            closing = threading.Thread(target=line.sockets.close)
            time.sleep(0.1)  # on their way to the desk
            closing.start()
            time.sleep(0.1)
        closing.join(5)
        line.room.slack.wait_until_delivered()
        assert [delivery for delivery in line.room.slack.deliveries if delivery.problem] == []
        assert line.recorded() == Counter(asked)
        assert line.sockets.health().connected == 0


def test_health_tells_how_many_stand_and_when_slack_was_last_heard(line: Line) -> None:
    health = line.sockets.health()
    assert (health.wanted, health.connected) == (2, 2)
    time.sleep(0.3)  # nobody says anything but pongs
    age = line.sockets.health().hello_age_s
    assert age is not None
    assert age < 0.2


def test_ops_hear_once_a_day_that_nothing_reaches_the_desk(line: Line) -> None:
    for why in ("link_disabled", "link_disabled", "invalid_auth", ""):
        line.room.desk.hearing.deaf(why)
    line.room.slack.wait_for(lambda: len(line.room.slack.messages("#ops-triage")) == 3)
    line.room.settle()
    told = [shown_text(message) for message in line.room.slack.messages("#ops-triage")]
    assert [("switched off" in text, "doctor" in text) for text in told] == [
        (True, False),
        (False, True),
        (False, False),
    ]


def test_no_word_and_no_ticket_of_the_socket_is_logged_at_debug(tmp_path: Path) -> None:
    err = io.StringIO()
    with logs_kept(), redirect_stderr(err):
        configure("debug", "json")
        with on_the_socket(tmp_path, started=False) as line:
            line.up()
            line.room.slack.say("Maya", "#ask-mops", "@MOPS Desk a word like periwinkle")
            line.room.slack.wait_until_delivered()
    assert "socket_opened" in err.getvalue()
    assert [hidden for hidden in ("periwinkle", "ticket=", TOKEN) if hidden in err.getvalue()] == []
