"""What reaches the desk over HTTP: only what Slack signed is read, and only what is recorded is acknowledged."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from slack_bolt import App, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from support_database import locked
from support_desk import Room, running_desk
from support_servers import serve

from bot.demo.slack_standin import SIGNING_SECRET
from bot.inbox import Inbox
from bot.slack.client import web_client
from bot.slack.http import EVENTS_AT_ONCE, MAX_BODY, web_app
from bot.tables import InboxRow, OutboxRow

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
SECRET_WORDS = "the launch is on the 14th"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with running_desk(tmp_path) as room:
        yield room


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A desk whose workers are off, for requests that must leave no trace."""
    with running_desk(tmp_path_factory.mktemp("door"), started=False) as room:
        yield room


@dataclass(frozen=True)
class Answer:
    """What the desk answered."""

    status: int
    body: str
    headers: frozenset[str] = frozenset()  # their names, in lower case


def send(url: str, body: bytes, *, content_type: str = JSON, method: str = "POST", **headers: str) -> Answer:
    """One request to the desk's endpoint, exactly as given."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
    with closing(connection):
        given = {"Content-Type": content_type, **{name.replace("_", "-"): value for name, value in headers.items()}}
        connection.request(method, "/slack/events", body, given)
        response = connection.getresponse()
        return Answer(response.status, response.read().decode(), frozenset(name.lower() for name in response.headers))


def signed(body: bytes, *, secret: str = SIGNING_SECRET, age_s: float = 0) -> dict[str, str]:
    """Slack's headers for a body."""
    stamp = str(int(time.time() - age_s))
    mark = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X_Slack_Request_Timestamp": stamp, "X_Slack_Signature": f"v0={mark}"}


def post(url: str, body: bytes, content_type: str = JSON) -> Answer:
    """A request with a good signature."""
    return send(url, body, content_type=content_type, **signed(body))


def event(**inner: Any) -> bytes:
    """An event envelope, as JSON."""
    message = {"type": "message", "channel_type": "im", "channel": "D1", "user": "U0MAYA", "ts": "1.1", **inner}
    return json.dumps({"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": message}).encode()


FORGERIES: dict[str, dict[str, str]] = {
    "missing": {},
    "forged": signed(event(text=SECRET_WORDS), secret="another secret"),
    "stale": signed(event(text=SECRET_WORDS), age_s=360),
    "of another body": signed(b"{}"),
    "without a time": {"X_Slack_Signature": "v0=" + "0" * 64},
    "with odd characters": {"X_Slack_Signature": "v0=\u00e9", "X_Slack_Request_Timestamp": "\u00b2"},
    "not a number": {"X_Slack_Signature": "v0=" + "0" * 64, "X_Slack_Request_Timestamp": "yesterday"},
}


@pytest.mark.parametrize("headers", FORGERIES.values(), ids=FORGERIES.keys())
@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO])
def test_a_bad_signature_gets_401_no_row_and_no_word_of_it_in_the_log(
    door: Room, headers: dict[str, str], level: int, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(level):
        assert send(door.url, event(text=SECRET_WORDS), **headers).status == 401
    assert door.rows(InboxRow) == []
    assert SECRET_WORDS not in caplog.text
    assert "launch" not in caplog.text


def test_what_a_bug_of_ours_kept_from_being_recorded_is_not_acknowledged_and_slack_tries_again(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> bool:
        raise TypeError("a bug of ours")

    with monkeypatch.context() as bug:
        bug.setattr(Inbox, "record", broken)
        refused = post(room.url, event(text="where are my MQLs?"))
    assert 400 <= refused.status < 500
    assert "x-slack-no-retry" not in refused.headers
    assert room.rows(InboxRow) == []
    assert post(room.url, event(text="where are my MQLs?")).status == 200
    assert len(room.rows(InboxRow)) == 1


def test_a_good_request_leaves_no_words_in_the_log_either(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        assert post(room.url, event(text=SECRET_WORDS)).status == 200
        room.settle()
    assert [row.kind for row in room.rows(InboxRow)] == ["message"]
    assert "launch" not in caplog.text


def test_an_oversized_body_is_refused_whoever_sends_it(door: Room) -> None:
    body = event(text="x" * MAX_BODY)
    assert post(door.url, body).status == 413
    assert send(door.url, body).status == 413
    assert door.rows(InboxRow) == []


BROKEN = {
    "no JSON": (b"{not json", JSON),
    "empty": (b"", JSON),
    "a list": (b"[1, 2]", JSON),
    "a number": (b"7", JSON),
    "null": (b"null", JSON),
    "binary": (bytes(range(256)), JSON),
    "binary as a form": (b"\xff\xfe\x00payload=", FORM),
    "a form without a payload": (b"a=1&b=2", FORM),
    "a payload that is no JSON": (b"payload=%7Bnot", FORM),
    "a payload that is a list": (b"payload=%5B%5D", FORM),
    "JSON that says it is a form": (event(text="hi", bot_id="B1"), FORM),
    "a form that says it is JSON": (urlencode({"command": "/mops", "text": "hi"}).encode(), JSON),
    "an unknown content type": (event(text="hi", bot_id="B1"), "image/png"),
    "no content type": (b"{]", ""),
    "an event that is a list": (b'{"type": "event_callback", "event": []}', JSON),
    "an event without a channel": (
        b'{"type": "event_callback", "event_id": "E", "event": {"type": "message", "user": "U1"}}',
        JSON,
    ),
    "an event with nothing in it": (b'{"type": "event_callback"}', JSON),
    "deep nesting": (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, JSON),
}


@pytest.mark.parametrize(("body", "content_type"), BROKEN.values(), ids=BROKEN.keys())
def test_garbage_is_refused_calmly_whether_it_is_signed_or_not(door: Room, body: bytes, content_type: str) -> None:
    assert 400 <= send(door.url, body, content_type=content_type).status < 500
    assert post(door.url, body, content_type).status < 500
    assert door.rows(InboxRow) == []


def test_the_endpoint_proves_itself_to_slack(door: Room) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc123", "token": ""}).encode()
    answer = post(door.url, body)
    assert answer.status == 200
    assert "abc123" in answer.body
    assert send(door.url, body).status == 401


def test_slacks_certificate_check_is_answered_signed_or_not(door: Room) -> None:
    assert post(door.url, b"ssl_check=1&token=x", FORM).status == 200
    assert send(door.url, b"ssl_check=1&token=x", content_type=FORM).status == 200


def test_without_a_secret_to_check_there_is_no_endpoint() -> None:
    with serve(web_app(slow_app(0), "")) as url:
        assert send(url, event(text="hi")).status == 404


@pytest.mark.parametrize("kind", ["channel_rename", "team_join", "something_new_of_2031"])
def test_events_nobody_handles_are_acknowledged_and_forgotten(door: Room, kind: str) -> None:
    assert post(door.url, event(type=kind)).status == 200
    assert door.rows(InboxRow) == []


def test_an_unknown_button_is_acknowledged(room: Room) -> None:
    payload = {
        "type": "block_actions",
        "user": {"id": "U0MAYA"},
        "team": {"id": "T1"},
        "container": {"type": "message", "message_ts": "1.1", "channel_id": "C1"},
        "channel": {"id": "C1"},
        "actions": [{"action_id": "of_an_older_version", "block_id": "b", "type": "button", "value": "?"}],
    }
    assert post(room.url, urlencode({"payload": json.dumps(payload)}).encode(), FORM).status == 200
    room.settle()
    assert [row.state for row in room.rows(InboxRow)] == ["done"]


def test_other_methods_and_paths_are_told_so(door: Room) -> None:
    assert send(door.url, b"", method="GET").status == 405
    assert send(door.url, b"", method="PUT").status == 405


def test_health_and_readiness(tmp_path: Path) -> None:
    with running_desk(tmp_path) as room:
        room.slack.wait_for(lambda: _get(room.url, "/readyz").status == 200)
        assert _get(room.url, "/healthz") == Answer(200, "ok")
        with locked(tmp_path):
            assert _get(room.url, "/healthz").status == 200
            answer = _get(room.url, "/readyz")
            assert (answer.status, json.loads(answer.body)["database"]["ok"]) == (503, False)


def _get(url: str, path: str) -> Answer:
    address = urlsplit(url)
    with closing(http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)) as connection:
        connection.request("GET", path)
        response = connection.getresponse()
        return Answer(response.status, response.read().decode())


def test_what_cannot_be_recorded_is_not_acknowledged_and_answered_once_when_slack_delivers_again(
    tmp_path: Path,
) -> None:
    with running_desk(tmp_path) as room:
        with locked(tmp_path):
            ts = room.slack.say("Maya", "dm", "where are my MQLs?")
            room.slack.wait_for(lambda: room.slack.deliveries, timeout=10)
            room.slack.wait_until_delivered(20)
            failed = list(room.slack.deliveries)
            assert all(delivery.problem for delivery in failed)
            assert all(delivery.seconds < 3 for delivery in failed)  # said so, rather than left Slack waiting
        for _ in range(2):
            assert room.slack.redeliver(failed[-1]).status == 200
        room.settle()
        assert len(room.replies(ts, room.slack.dm("Maya"))) == 1


@pytest.mark.parametrize("line", ["/mops where are my MQLs?", "/mops forget me"])
def test_a_command_while_the_database_is_away_says_so_with_the_typed_words(tmp_path: Path, line: str) -> None:
    with running_desk(tmp_path) as room, locked(tmp_path):
        outcome = room.slack.command("Maya", "#ask-mops", line)
        assert outcome.ok
        assert "couldn't save that" in (outcome.ack_text or "")
        if "MQLs" in line:
            assert "where are my MQLs?" in (outcome.ack_text or "")


def test_a_button_while_the_database_is_away_is_not_acknowledged(tmp_path: Path) -> None:
    with running_desk(tmp_path) as room:
        ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk where are my MQLs?")
        answer = room.slack.wait_for_message("#ask-mops", "synced", thread=ts)
        room.settle()
        with locked(tmp_path):
            assert not room.slack.click("Maya", answer, "Not what I meant").ok
        assert room.slack.click("Maya", answer, "Not what I meant").ok
        room.slack.wait_for(lambda: len(room.replies(ts)) == 2)


def slow_app(seconds: float) -> App:
    """A Bolt app that acknowledges everything after a while."""
    app = App(
        client=web_client(None, "http://127.0.0.1:9/"),
        signing_secret=SIGNING_SECRET,
        authorize=lambda: AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1"),
    )

    @app.middleware
    def slow(next: Any) -> BoltResponse:
        time.sleep(seconds)
        return BoltResponse(status=200, body="")

    return app


def test_slow_requests_do_not_wait_for_each_other() -> None:
    with serve(web_app(slow_app(0.5), SIGNING_SECRET)) as url:
        started = time.monotonic()
        threads = [threading.Thread(target=post, args=(url, event(text="hi"))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert time.monotonic() - started < 1.5


def test_events_beyond_what_can_be_recorded_at_a_time_are_refused_at_once_and_commands_are_not() -> None:
    with serve(web_app(slow_app(1.0), SIGNING_SECRET)) as url, ThreadPoolExecutor(EVENTS_AT_ONCE + 5) as slack:
        accepted = [slack.submit(post, url, event(text="hi")) for _ in range(EVENTS_AT_ONCE)]
        time.sleep(0.4)
        begun = time.monotonic()
        refused = [slack.submit(post, url, event(text="hi")) for _ in range(5)]
        assert [one.result(10).status for one in refused] == [503] * 5
        assert time.monotonic() - begun < 0.6
        assert post(url, urlencode({"command": "/mops"}).encode(), FORM).status == 200
        assert {one.result(10).status for one in accepted} == {200}


def test_a_receiver_alone_records_and_leaves_the_answer_to_a_worker(tmp_path: Path) -> None:
    with running_desk(tmp_path, started=False) as room:
        room.slack.say("Maya", "#ask-mops", "@MOPS Desk where are my MQLs?")
        room.slack.wait_until_delivered()
        assert [row.state for row in room.rows(InboxRow)] == ["ready"]
        assert [row.kind for row in room.rows(OutboxRow)] == ["react"]


@pytest.mark.parametrize("odd", ["\x00", "\ud83d", "\udc00\ud83d", "\ufffe", "\x1b[2J", "\u202e"])
def test_characters_no_database_takes_do_not_cost_anybody_an_answer(room: Room, odd: str) -> None:
    ts = room.slack.say("Maya", "dm", "where are my MQLs?")  # gives the event its real channel
    room.settle()
    body = event(text=f"where are {odd} my MQLs?", channel=room.slack.dm("Maya"), thread_ts=ts, ts="9.9")
    assert post(room.url, body).status == 200
    room.settle()
    room.slack.wait_for(lambda: len(room.replies(ts, room.slack.dm("Maya"))) == 2)
    assert [row.state for row in room.rows(InboxRow)] == ["done", "done"]
