"""Requests nobody should send, at every door of the desk: refused calmly, nothing kept, not a word of them logged.

Bytes go over a plain socket, because no HTTP library would send most of this.
"""

from __future__ import annotations

import gzip
import hashlib
import hmac
import io
import json
import logging
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pytest
from sqlalchemy import func, select
from support_cli import logs_kept
from support_desk import Room, running_desk
from support_forms import BROKEN, SINCE, begin, fill_in

from bot.demo.slack_larkfield import JONAS, MAYA, PRIYA
from bot.demo.slack_standin import SIGNING_SECRET
from bot.demo.slack_state import Message
from bot.logs import configure
from bot.tables import FeedbackRow, InboxRow, OutboxRow, QuestionRow
from escalation.tables import RequestRow
from knowledge.tables import EntryRow, ProposalRow

HOOK_SECRET = "a-webhook-secret"
CANARY = "canary-of-a-body-4711"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
SLACK, JIRA = "/slack/events", "/jira/webhook"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A desk whose workers are off."""
    with running_desk(tmp_path_factory.mktemp("door"), started=False, webhook_secret=HOOK_SECRET) as room:
        yield room


@pytest.fixture(autouse=True)
def nothing_of_it_is_logged(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """At DEBUG, as a desk logs, of whatever library; and nothing on the standard outputs."""
    written = io.StringIO()
    with logs_kept(), redirect_stderr(written):
        configure("debug", "json")
        yield
        logging.getLogger("uvicorn.error").debug("the log is heard")
    out, err = capfd.readouterr()
    assert "the log is heard" in written.getvalue()
    assert CANARY not in written.getvalue() + out + err


def send(url: str, head: str, body: bytes = b"", parts: float | None = None) -> int:
    """The status of the answer to these bytes; 0 when the connection was closed without one."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=10) as line:
        line.sendall(head.replace("\n", "\r\n").encode("latin-1"))
        try:
            if parts is None:
                line.sendall(body)
            else:
                _slowly(line, body, parts)
            answer = line.recv(65_536)
        except (ConnectionResetError, BrokenPipeError):
            return 0
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


def _slowly(line: socket.socket, body: bytes, pause: float) -> None:
    for byte in body:
        line.sendall(bytes([byte]))
        time.sleep(pause)


def request(path: str, body: bytes, kind: str = JSON, *, chunked: bool = False, **headers: str) -> str:
    """The head of a POST."""
    more = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in headers.items())
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(body)}"
    return f"POST {path} HTTP/1.1\nHost: desk\nConnection: close\nContent-Type: {kind}\n{length}\n{more}\n"


def signed(path: str, body: bytes, age: float = 0) -> dict[str, str]:
    """The headers of whoever knows the secret."""
    if path == JIRA:
        return {"X_Hub_Signature": "sha256=" + hmac.new(HOOK_SECRET.encode(), body, hashlib.sha256).hexdigest()}
    stamp = str(int(time.time() - age))
    mark = hmac.new(SIGNING_SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {"X_Slack_Request_Timestamp": stamp, "X_Slack_Signature": f"v0={mark}"}


def event(**inner: object) -> bytes:
    """An event's envelope."""
    message = {"type": "message", "channel_type": "im", "channel": "D1", "user": MAYA, "ts": "1.1", **inner}
    return json.dumps({"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": message}).encode()


def payload(**fields: object) -> bytes:
    """An interaction, as Slack posts it."""
    return urlencode({"payload": json.dumps(fields)}).encode()


DEEP = b"[" * 60_000 + b"]" * 60_000
BODIES: dict[str, bytes] = {
    "a canary": CANARY.encode(),
    "nothing": b"",
    "a NUL": b"\x00" + CANARY.encode(),
    "no UTF-8": b'{"text": "' + CANARY.encode() + b'\xff\xfe"}',
    "UTF-16": json.dumps({"text": CANARY}).encode("utf-16"),
    "a byte order mark": "\ufeff{}".encode() + CANARY.encode(),
    "half an object": b'{"text": "' + CANARY.encode(),
    "a list": json.dumps([CANARY]).encode(),
    "deep lists": DEEP,
    "deep objects": b'{"a":' * 60_000 + b"1" + b"}" * 60_000,
    "a number of 100,000 digits": b'{"event": {"ts": ' + b"9" * 100_000 + b"}}",
    "infinity": b'{"event": Infinity, "issue": NaN}',
    "the same key twice": b'{"event": {}, "event": "' + CANARY.encode() + b'"}',
    "gzip": gzip.compress(event(text=CANARY)),
    "a form of deep lists": b"payload=" + DEEP,
    "a form with 50,000 fields": b"&".join(b"a=%d" % number for number in range(50_000)),
    "a form of percent signs": b"payload=" + b"%" * 10_000,
    "XML": b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;" + CANARY.encode() + b"</x>",
}
KINDS = (JSON, FORM, "", "text/xml", "multipart/form-data; boundary=x", "application/json; charset=utf-16", "é\x7f")
"""Content types; that of a request is believed by nobody."""

ODD: dict[str, bytes] = {
    "an event that is words": b'{"type": "event_callback", "event": "' + CANARY.encode() + b'"}',
    "an event of numbers": b'{"type": "event_callback", "event_id": 1, "event": {"type": "message", "user": 7}}',
    "a text that is a list": event(text=[CANARY]),
    "a text that is an object": event(text={"a": CANARY}),
    "files that are words": event(text=CANARY, files=CANARY),
    "files without ids": event(text=CANARY, files=[{}]),
    "a button without an action": payload(type="block_actions", user={"id": MAYA}, actions=[]),
    "a button without a person": payload(type="block_actions", actions=[{"action_id": "x", "value": CANARY}]),
    "a button of lists": payload(type="block_actions", user=[], actions=[[CANARY]], container=[], message=[CANARY]),
    "a form without a view": payload(type="view_submission", user={"id": MAYA}),
    "a form of lists": payload(type="view_submission", user={"id": MAYA}, view=[CANARY]),
    "a form of nothing": payload(type="view_submission", user={"id": MAYA}, view={"state": None, "callback_id": "x"}),
    "a form with odd values": payload(
        type="view_submission", user={"id": MAYA}, view={"callback_id": "ticket_form", "state": {"values": [CANARY]}}
    ),
    "a form with odd metadata": payload(
        type="view_submission",
        user={"id": MAYA},
        view={
            "id": "V",
            "callback_id": "ticket_form",
            "private_metadata": CANARY,
            "state": {"values": {"b": {"a": 7}}},
        },
    ),
    "a closed form of nothing": payload(type="view_closed", user={"id": MAYA}, view={}),
    "a shortcut without a message": payload(type="message_action", callback_id="ask_the_desk", user={"id": MAYA}),
    "a shortcut on words": payload(type="message_action", callback_id="open_a_ticket", message=CANARY),
    "an unknown shortcut": payload(type="shortcut", callback_id=CANARY, user={"id": MAYA}),
    "a payload of no type": payload(text=CANARY),
    "a command nobody knows": urlencode({"command": "/other", "text": CANARY, "user_id": MAYA}).encode(),
    "a command without a person": urlencode({"command": "/mops", "text": CANARY}).encode(),
    "a command with a huge text": urlencode({"command": "/ticket", "text": CANARY * 9_000, "user_id": MAYA}).encode(),
    "an issue that is words": b'{"issue": "' + CANARY.encode() + b'"}',
    "an issue with a key of lists": b'{"issue": {"key": ["' + CANARY.encode() + b'"]}}',
}
"""What is signed well and still nothing Slack or Jira would send."""


@pytest.mark.parametrize("path", [SLACK, JIRA])
@pytest.mark.parametrize("name", BODIES)
def test_nonsense_is_refused_signed_or_not_whatever_it_says_it_is(door: Room, path: str, name: str) -> None:
    before = rows(door)
    body = BODIES[name]
    for kind in KINDS:
        assert send(door.url, request(path, body, kind), body) == 401
        assert send(door.url, request(path, body, kind, **signed(path, body)), body) in (200, 204, 400, 404)
    assert rows(door) == before


@pytest.mark.parametrize("name", ODD)
def test_what_is_signed_and_odd_never_breaks_anything(door: Room, name: str) -> None:
    body = ODD[name]
    kind = JSON if body.startswith(b"{") else FORM
    for path in (SLACK, JIRA):
        status = send(door.url, request(path, body, kind, **signed(path, body)), body)
        assert status in (200, 204, 400, 404), status


FORGERIES: dict[str, Callable[[str, bytes], dict[str, str]]] = {
    "unsigned": lambda _path, _body: {},
    "signed for another body": lambda path, _body: signed(path, b"{}"),
    "of an empty signature": lambda path, body: dict.fromkeys(signed(path, body), ""),
    "of a signature of another length": lambda path, body: {k: v[:-1] for k, v in signed(path, body).items()},
    "of odd letters": lambda path, body: {k: v.replace("=", "=\xe9") for k, v in signed(path, body).items()},
    "six minutes old": lambda path, body: signed(path, body, 360) if path == SLACK else {},
    "from the future": lambda path, body: signed(path, body, -360) if path == SLACK else {},
}


@pytest.mark.parametrize("path", [SLACK, JIRA])
@pytest.mark.parametrize("name", FORGERIES)
def test_forged_and_stale_requests_are_refused_unread(door: Room, path: str, name: str) -> None:
    before = rows(door)
    body = event(text=CANARY) if path == SLACK else b'{"issue": {"key": "OPS-1"}, "x": "' + CANARY.encode() + b'"}'
    assert send(door.url, request(path, body, **FORGERIES[name](path, body)), body) == 401
    assert rows(door) == before


@pytest.mark.parametrize("path", [SLACK, JIRA])
def test_what_is_too_large_is_refused_before_it_is_read_to_its_end(door: Room, path: str) -> None:
    body = CANARY.encode() * 60_000
    assert send(door.url, request(path, body, **signed(path, body)), body) in (413, 0)
    lying = request(path, b"").replace("Content-Length: 0", f"Content-Length: {10**15}")
    assert send(door.url, lying, body) in (413, 0)
    chunk = b"%x\r\n%s\r\n" % (len(body), body)
    assert send(door.url, request(path, b"", chunked=True), chunk * 3) in (413, 0)


@pytest.mark.parametrize("path", [SLACK, JIRA, "/desk/", "/healthz", "/readyz", "/metrics"])
def test_broken_http_is_refused_and_the_desk_goes_on(door: Room, path: str) -> None:
    odd = CANARY.encode()
    for head in (
        f"POST {path} HTTP/1.1\nHost: desk\nContent-Length: -7\n\n",
        f"POST {path} HTTP/1.1\nHost: desk\nTransfer-Encoding: chunked\n\nzz\n",
        f"POST {path} HTTP/9.9\nHost: desk\nConnection: close\n\n",
        f"TRACE {path} HTTP/1.1\nHost: desk\nConnection: close\n\n",
        f"{path} {CANARY}\n\n",
    ):
        status = send(door.url, head, odd)
        assert status == 0 or 400 <= status < 500, head
    for head in (
        f"GET {path}?{CANARY}={'x' * 70_000} HTTP/1.1\nHost: desk\nConnection: close\n\n",
        f"GET {path} HTTP/1.1\nHost: desk\nConnection: close\nX-Long: {'x' * 100_000}\n\n",
        f"GET {path}/../..{path}%00%ff HTTP/1.1\nHost: desk\nConnection: close\n\n",
    ):
        status = send(door.url, head)
        assert status < 500 or (path, status) == ("/readyz", 503), head[:80]  # no index yet
    assert send(door.url, "GET /healthz HTTP/1.1\nHost: desk\nConnection: close\n\n") == 200


@pytest.mark.parametrize("path", ["/desk/", "/desk/entries", "/desk/signed-in?code=x&state=y", "/desk/none", "/none"])
def test_the_curation_desk_lets_nobody_in_with_nonsense(door: Room, path: str) -> None:
    before = rows(door)
    for body in (b"", CANARY.encode(), DEEP, b"--x\r\n" + CANARY.encode(), b"\x00" * 100):
        for kind in KINDS:
            head = request(path, body, kind, Cookie=f"mops_desk={quote(CANARY)}", Origin="https://evil.example")
            assert 400 <= send(door.url, head, body) < 500
    assert rows(door) == before


def test_whoever_sends_slowly_holds_up_nobody(door: Room) -> None:
    """A slow client keeps its own connection only; the others are answered meanwhile."""
    address = urlsplit(door.url)
    slow = [socket.create_connection((address.hostname or "", address.port or 0)) for _ in range(50)]
    for line in slow:
        line.sendall(b"POST /slack/events HTTP/1.1\r\nHost: desk\r\nContent-Length: 1000\r\n\r\n{")
    started = time.monotonic()
    for _ in range(5):
        assert send(door.url, "GET /healthz HTTP/1.1\nHost: desk\nConnection: close\n\n") == 200
    body = event(text="hi", bot_id="B1")
    assert send(door.url, request(SLACK, body, **signed(SLACK, body)), body, parts=0.001) == 200
    assert time.monotonic() - started < 5
    for line in slow:
        line.close()


def rows(room: Room) -> int:
    """How much came in."""
    return len(room.rows(InboxRow))


@dataclass(frozen=True)
class _Counted:
    rows: tuple[int, ...]
    said: list[Message]


def _counted(room: Room) -> _Counted:
    tables = (InboxRow, OutboxRow, QuestionRow, FeedbackRow, RequestRow, EntryRow, ProposalRow)
    with room.database.read() as session:
        numbers = tuple(session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)
    return _Counted(numbers, [m for name in ("#ask-mops", "#ops-triage") for m in room.slack.messages(name)])


def test_everything_slack_ever_sent_played_again_changes_nothing(tmp_path: Path) -> None:
    """Questions, buttons, commands, shortcuts and forms, recorded as they were and sent with good signatures."""
    with running_desk(tmp_path, curators=frozenset({PRIYA})) as room:
        live(room)
        recorded = [delivery.body.encode() for delivery in room.slack.deliveries]
        assert {d.kind for d in room.slack.deliveries} == {"event", "command", "interaction"}
        before = _counted(room)
        for body in recorded:
            kind = JSON if body.startswith(b"{") else FORM
            assert send(room.url, request(SLACK, body, kind, **signed(SLACK, body)), body) == 200
        room.settle()
        assert _counted(room) == before
        assert {request.state.value for request in room.requests()} == {"filed", "withdrawn"}


def live(room: Room) -> None:
    """A day that uses every kind of payload that changes something."""
    slack = room.slack
    ts = slack.say("Maya", "#ask-mops", "@MOPS Desk where are my MQLs?")
    answer = slack.wait_for_message("#ask-mops", "synced", thread=ts)
    slack.click("Maya", answer, "👎 Not helpful")
    slack.click("Maya", answer, "Not what I meant")
    lost = slack.say("Jonas", "#ask-mops", "@MOPS Desk can you move our forms to another tool?")
    card = slack.wait_for_message("#ask-mops", "MOPS-1", thread=lost)
    room.settle()
    slack.click("Jonas", card, "Not needed")
    slack.command("Maya", "#ask-mops", "/mops when is the brochure shop open again?")
    slack.command("Priya", "#ops-triage", f"/mops oncall swap <@{JONAS}>")
    begin(slack, "Something broken")
    assert fill_in(slack, "Maya", BROKEN | SINCE).ok
    assert slack.submit("Maya").ok
    room.settle()
    room.clock.skip(5)
    room.settle()
