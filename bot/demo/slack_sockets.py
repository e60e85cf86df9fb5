"""Slack's side of Socket Mode: addresses for WebSockets, envelopes, refreshes, and connections that die silently."""

from __future__ import annotations

import asyncio
import json
import random
import secrets
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from bot.demo.slack_delivery import Answer, Parcel
from bot.demo.slack_state import Json

LIMIT = 10
"""Connections of one app that Slack allows."""

HOST = "127.0.0.1"
_STOP_S = 5.0


@dataclass(eq=False)
class _Line:
    """One connection of the desk. ``dead``: nothing goes either way, and nobody has closed it."""

    socket: ServerConnection
    dead: bool = False
    leaving: bool = False
    waiting: dict[str, Future[Json]] = field(default_factory=dict)


class Sockets:
    """Speaks Socket Mode. ``opened`` counts connections that got their hello, ``sent`` the envelopes.

    ``refresh_s``: each connection is ended after that many seconds, with Slack's two words of warning. ``cut`` makes
    all connections of the moment half-open; ``drop`` breaks them. ``refusal``: what a new connection hears instead of
    a hello, as ``too_many_websockets``.
    """

    def __init__(self) -> None:
        self.refresh_s: float | None = None
        self.refusal = ""
        self.limit = LIMIT
        self.opened = 0
        self.sent = 0
        self._tickets: set[str] = set()
        self._lines: list[_Line] = []
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def connected(self) -> int:
        """Connections Slack believes to stand, half-open ones included."""
        return len(self._lines)

    def address(self) -> str:
        """Where a WebSocket may be opened, once."""
        with self._lock:
            if self._server is None:
                self._start()
        ticket = secrets.token_hex(8)
        self._tickets.add(ticket)
        assert self._server is not None
        port = self._server.sockets[0].getsockname()[1]
        return f"ws://{HOST}:{port}/link/?ticket={ticket}"

    def request(self, parcel: Parcel, attempt: int, reason: str | None, timeout: float) -> Answer:
        """Deliver on one of the connections and wait for the acknowledgement."""
        lines = [line for line in list(self._lines) if not line.leaving] or list(self._lines)
        if not lines or self._loop is None:
            return Answer(None, problem="connection_failed")
        line = random.choice(lines)  # noqa: S311 - Slack picks one too, nobody knows how
        envelope = _envelope(parcel, attempt, reason)
        acknowledged: Future[Json] = Future()
        line.waiting[envelope["envelope_id"]] = acknowledged
        try:
            self._do(_send(line, envelope), timeout)
            self.sent += 1
            answer = acknowledged.result(timeout)
        except TookTooLong:
            return Answer(None, problem="operation_timeout")
        except (ConnectionClosed, OSError):
            return Answer(None, problem="connection_failed")
        finally:
            line.waiting.pop(envelope["envelope_id"], None)
        body = answer.get("payload")
        return Answer(200, json.dumps(body) if body else "")

    def cut(self, notices_s: float = 20.0) -> None:
        """Every connection of this moment goes silent without an end, as when a router forgets them.

        Slack itself goes on sending into them until it notices, ``notices_s`` later.
        """
        for line in list(self._lines):
            line.dead = True
            self._call(line.socket.transport.pause_reading)
            self._call(partial(self._later, notices_s, line.socket.transport.abort))

    def _later(self, seconds: float, what: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_later(seconds, what)

    def drop(self) -> None:
        """Every connection of this moment breaks."""
        for line in list(self._lines):
            self._call(line.socket.transport.abort)

    def disconnect(self, reason: str) -> None:
        """Say on every connection that it ends, as Slack does when Socket Mode is switched off, and end it."""
        for line in list(self._lines):
            self._do(_goodbye(line, reason), _STOP_S)

    def close(self) -> None:
        """End everything. Safe to call twice."""
        if self._loop is None or self._thread is None or not self._thread.is_alive():
            return
        self.drop()
        self._do(self._stop(), _STOP_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_STOP_S)

    def _start(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, args=(self._loop,), name="slack-sockets", daemon=True)
        self._thread.start()
        self._server = self._do(_listen(self), _STOP_S)

    @staticmethod
    def _run(loop: asyncio.AbstractEventLoop) -> None:
        loop.run_forever()
        loop.close()

    async def _stop(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def welcome(self, socket: ServerConnection) -> None:
        """A connection from its first word to its end."""
        ticket = socket.request.path.rpartition("=")[2] if socket.request else ""
        if ticket not in self._tickets:
            await socket.close(1008, "no such ticket")
            return
        self._tickets.discard(ticket)
        line = _Line(socket)
        refusal = self.refusal or ("too_many_websockets" if self.connected >= self.limit else "")
        if refusal:
            await _goodbye(line, refusal)
            return
        await socket.send(json.dumps({"type": "hello", "num_connections": self.connected + 1}))
        self._lines.append(line)
        self.opened += 1
        refresh = asyncio.create_task(self._refresh(line))
        try:
            async for text in socket:
                _acknowledged(line, json.loads(text))
        except ConnectionClosed:
            pass
        finally:
            refresh.cancel()
            self._lines.remove(line)

    async def _refresh(self, line: _Line) -> None:
        if self.refresh_s is None:
            return
        await asyncio.sleep(self.refresh_s)
        if not line.dead:
            line.leaving = True
            await line.socket.send(json.dumps({"type": "disconnect", "reason": "warning"}))
            await asyncio.sleep(self.refresh_s / 4)
            await _goodbye(line, "refresh_requested")

    def _do(self, work: Coroutine[Any, Any, Any], timeout: float) -> Any:  # noqa: ANN401 - whatever it returns
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout)

    def _call(self, what: Callable[[], None]) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(what)


async def _listen(sockets: Sockets) -> Server:
    return await serve(sockets.welcome, HOST, 0, ping_interval=None, compression=None, close_timeout=1)


async def _send(line: _Line, envelope: Json) -> None:
    if not line.dead:
        await line.socket.send(json.dumps(envelope))


async def _goodbye(line: _Line, reason: str) -> None:
    line.leaving = True
    await line.socket.send(json.dumps({"type": "disconnect", "reason": reason}))
    await line.socket.close()


def _acknowledged(line: _Line, message: Json) -> None:
    waiting = line.waiting.get(str(message.get("envelope_id")))
    if waiting is not None and not waiting.done():
        waiting.set_result(message)


_KINDS = {"event": "events_api", "command": "slash_commands", "interaction": "interactive"}


def _envelope(parcel: Parcel, attempt: int, reason: str | None) -> Json:
    fields = dict(parse_qsl(parcel.body, keep_blank_values=True)) if parcel.kind != "event" else {}
    payload = json.loads(parcel.body if parcel.kind == "event" else fields.get("payload", "null")) or fields
    envelope: Json = {
        "envelope_id": secrets.token_hex(16),
        "type": _KINDS[parcel.kind],
        "accepts_response_payload": parcel.kind != "event",
        "payload": payload,
    }
    return (
        {**envelope, "retry_attempt": attempt, "retry_reason": reason or ""} if parcel.kind == "event" else envelope
    )
