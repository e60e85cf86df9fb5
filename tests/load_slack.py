"""A lean Slack for load runs, in a process of its own: the Web API methods that a busy desk calls, and a notebook.

The demo's stand-in checks everything and costs as much as the desk; this one costs a tenth. It answers after
``--latency`` as the real one does, takes one message a second and channel and of each method so many calls a minute
as its tier allows (more is refused and counted), and notes when each reaction and message arrived. ``GET /notes``
gives the notebook, from entry ``?from=N`` on.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bot.demo.slack_tiers import MethodRates

TEAM, DESK = "T0LOAD", "U0DESK"
PEOPLE = [f"U{number:06d}" for number in range(200)]
MEMBERS = 25
"""People in each channel; each is somebody the desk must know to decide who reads along."""

CHANNELS = 900
"""Where the desk is a member; questions come from the first of them."""

PACE_S = 1.0
TOLERANCE_S = 0.02
"""Clocks of two processes are read here; the desk counts its second from our answer."""

_HEADER_END = b"\r\n\r\n"
_FORM = b"application/x-www-form-urlencoded"

Arguments = Mapping[str, Any]


class LoadSlack:
    """The workspace, and what was done in it. Every list entry of ``notes`` is one call that changed something."""

    def __init__(self) -> None:
        self.notes: list[dict[str, Any]] = []
        self.calls: dict[str, int] = {}
        self.too_early = 0
        self.slowed: dict[str, int] = {}
        self._rates = MethodRates(time.time)
        self._posted_at: dict[str, float] = {}
        self._count = 0

    def call(self, method: str, arguments: Arguments) -> tuple[int, dict[str, Any]]:
        """(seconds to wait, answer) of a Web API method; 0 when it was taken."""
        self.calls[method] = self.calls.get(method, 0) + 1
        handler = self._methods().get(method)
        if handler is None:
            return 0, {"ok": False, "error": "unknown_method"}
        wait = self._rates.take(method)
        if wait is not None:
            self.slowed[method] = self.slowed.get(method, 0) + 1
            return wait, {"ok": False, "error": "ratelimited"}
        answer = handler(arguments)
        return (1, answer) if answer.get("error") == "ratelimited" else (0, {"ok": True, **answer})

    def _methods(self) -> dict[str, Callable[[Arguments], dict[str, Any]]]:
        return {
            "auth.test": lambda _: {"team_id": TEAM, "user_id": DESK, "bot_id": "B0DESK"},
            "users.info": lambda a: {"user": _person(str(a["user"]))},
            "users.list": lambda _: {"members": [_person(one) for one in PEOPLE], "response_metadata": {}},
            "conversations.info": lambda a: {"channel": _channel(str(a["channel"]))},
            "users.conversations": lambda _: {"channels": [_channel(f"C{n:06d}") for n in range(CHANNELS)]},
            "conversations.members": lambda a: {"members": _members(str(a["channel"]))},
            "conversations.open": lambda a: {"channel": {"id": f"D{a['users']}"}},
            "conversations.replies": self._replies,
            "conversations.history": self._replies,
            "reactions.add": self._react,
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "views.publish": lambda _: {},
        }

    def _react(self, arguments: Arguments) -> dict[str, Any]:
        self._note("react", arguments["channel"], arguments["timestamp"], "")
        return {}

    def _update(self, arguments: Arguments) -> dict[str, Any]:
        self._note("update", arguments["channel"], arguments["ts"], "")
        return {"ts": arguments["ts"]}

    def _post(self, arguments: Arguments) -> dict[str, Any]:
        channel, now = str(arguments["channel"]), time.time()
        if now - self._posted_at.get(channel, 0.0) < PACE_S - TOLERANCE_S:
            self.too_early += 1
            return {"ok": False, "error": "ratelimited"}
        self._posted_at[channel] = now
        self._count += 1
        key = (arguments.get("metadata") or {}).get("event_payload", {}).get("key", "")
        self._note("post", channel, arguments.get("thread_ts") or "", key)
        return {"ts": f"{int(now)}.{self._count:06d}", "channel": channel}

    def _replies(self, arguments: Arguments) -> dict[str, Any]:
        """What was posted in a thread (or outside threads), by its keys: all the desk looks for."""
        wanted = (arguments["channel"], arguments.get("ts") or "")
        found = [note for note in self.notes if note["kind"] == "post" and (note["channel"], note["ts"]) == wanted]
        listed = [{"ts": f"{note['at']:.6f}", "metadata": {"event_payload": {"key": note["key"]}}} for note in found]
        return {"messages": listed, "response_metadata": {}}

    def _note(self, kind: str, channel: str, ts: str, key: str) -> None:
        self.notes.append({"at": time.time(), "kind": kind, "channel": channel, "ts": ts, "key": key})


def _person(person: str) -> dict[str, Any]:
    return {
        "id": person,
        "team_id": TEAM,
        "name": person.lower(),
        "real_name": f"Person {person}",
        "tz": "Europe/Berlin",
    }


def _channel(channel: str) -> dict[str, Any]:
    if channel.startswith("D"):
        return {"id": channel, "is_im": True, "user": channel[1:], "is_ext_shared": False}
    return {"id": channel, "name": channel.lower(), "is_ext_shared": False, "is_private": False}


def _members(channel: str) -> list[str]:
    first = sum(channel.encode()) % len(PEOPLE)
    return [DESK, *(PEOPLE[(first + number) % len(PEOPLE)] for number in range(MEMBERS))]


class _Connection(asyncio.Protocol):
    """One HTTP/1.1 connection: a request, an answer after the latency, the end."""

    def __init__(self, slack: LoadSlack, latency_s: float) -> None:
        self._slack = slack
        self._latency_s = latency_s
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, end, body = self._buffer.partition(_HEADER_END)
        if not end:
            return
        lines = head.split(b"\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines[1:])}
        if len(body) < int(headers.get(b"content-length", b"0")):
            return
        path = lines[0].split(b" ")[1].decode()
        self._buffer = b""
        self._answer(path, headers.get(b"content-type", b""), body)

    def _answer(self, path: str, content_type: bytes, body: bytes) -> None:
        url = urlsplit(path)
        if url.path == "/notes":
            first = int(dict(parse_qsl(url.query)).get("from", "0"))
            slack = self._slack
            counted = {"calls": slack.calls, "too_early": slack.too_early, "slowed": slack.slowed}
            self._send(0, {"notes": slack.notes[first:], **counted})
            return
        arguments = dict(parse_qsl(body.decode())) if content_type.startswith(_FORM) else json.loads(body or b"{}")
        wait, answer = self._slack.call(url.path.rpartition("/")[2], arguments)
        asyncio.get_running_loop().call_later(self._latency_s, self._send, wait, answer)

    def _send(self, wait: int, answer: Mapping[str, Any]) -> None:
        content = json.dumps(answer).encode()
        later = b"Retry-After: %d\r\n" % wait if wait else b""
        head = (
            b"HTTP/1.1 %d OK\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\nConnection: close\r\n\r\n"
        )
        self._transport.write(head % (429 if wait else 200, later, len(content)) + content)
        self._transport.close()


async def _serve(port: int, latency_s: float) -> None:
    slack, loop, stop = LoadSlack(), asyncio.get_running_loop(), asyncio.Event()
    server = await loop.create_server(lambda: _Connection(slack, latency_s), "127.0.0.1", port, backlog=1024)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - how the parent learns the port
    async with server:
        await stop.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.1, help="seconds until a call is answered")
    given = parser.parse_args()
    asyncio.run(_serve(given.port, given.latency))
