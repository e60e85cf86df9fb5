"""Lives of a desk, one after the other: the supervisor's side of crash_zygote."""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from support_crash_points import Point

START_S, ANSWER_S = 600.0, 300.0
"""How long the zygote may take to import everything, and a life to answer, on a busy machine."""


class LifeFailed(AssertionError):
    """A life ended otherwise than it was told to."""


class Line:
    """A life as its supervisor sees it. ``died_at`` is the point it was killed at."""

    def __init__(self, ours: socket.socket, armed: Point | None) -> None:
        self._socket = ours
        self._unread = b""
        self.armed = armed
        self.died_at: Point | None = None
        self.alive = True
        self.serves = False

    def ask(self, **order: Any) -> dict[str, Any] | None:
        """What it answers; None when it dies over it."""
        self.tell(**order)
        return self.answer()

    def tell(self, **order: Any) -> None:
        """An order that has no answer, or one that is read later."""
        try:
            self._socket.sendall(json.dumps(order).encode() + b"\n")
        except OSError:
            self.look()

    def answer(self) -> dict[str, Any] | None:
        """The next thing it says; None when it dies instead."""
        while self.alive:
            found = self._read(ANSWER_S)
            if found is not None:
                return found
            if self.alive and self.died_at is None:
                raise LifeFailed(f"a life has not answered for {ANSWER_S:g} s (armed for {self.armed})")
        return None

    def look(self) -> bool:
        """Whether it lives; notices a death."""
        while self.alive and self._waiting(0):
            self._read(0)
        return self.alive

    def close(self) -> None:
        """Let go of it; it ends by itself."""
        self.alive = False
        self._socket.close()

    def _waiting(self, seconds: float) -> bool:
        return bool(select.select([self._socket], [], [], seconds)[0])

    def _read(self, seconds: float) -> dict[str, Any] | None:
        while b"\n" not in self._unread:
            if not self._waiting(seconds):
                return None
            try:
                got = self._socket.recv(1 << 16)
            except ConnectionError:
                got = b""
            if not got:
                self._ended()
                return None
            self._unread += got
        text, _, self._unread = self._unread.partition(b"\n")
        said: dict[str, Any] = json.loads(text)
        if "died" in said:
            self.died_at = Point.parse(said["died"])
            return None
        return said

    def _ended(self) -> None:
        self.alive = False
        self._socket.close()
        if self.died_at is None:
            raise LifeFailed("a life ended by itself; its standard error says why")


class Zygote:
    """Where lives come from. ``url`` is where the newest one is reached once it serves."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._orders, theirs = socket.socketpair()
        handles = (theirs.fileno(), self._listener.fileno())
        command = [sys.executable, str(Path(__file__).with_name("crash_zygote.py")), *map(str, handles)]
        warms_up = {**os.environ, "TEST_DATABASE": "sqlite"}  # lives are told which database is theirs
        self._process = subprocess.Popen([*command, json.dumps(order)], pass_fds=handles, env=warms_up)
        theirs.close()
        self._orders.settimeout(START_S)
        if self._orders.recv(16) != b"ready":
            self.close()
            raise LifeFailed("the zygote did not start; its standard error says why")

    def life(self, order: dict[str, Any], armed: Point | None = None, nth: int = 1) -> Line:
        """A new one."""
        ours, theirs = socket.socketpair()
        body = json.dumps({**order, "armed": str(armed) if armed else "", "nth": nth})
        socket.send_fds(self._orders, [body.encode()], [theirs.fileno()])
        theirs.close()
        line = Line(ours, armed)
        if self._orders.recv(16) != b"forked":
            raise LifeFailed("the zygote is gone; its standard error says why")
        return line

    def close(self) -> None:
        """No more lives."""
        self._orders.close()
        self._listener.close()
        self._process.wait(10)


@contextmanager
def zygote(order: dict[str, Any]) -> Iterator[Zygote]:
    """One for as many worlds as needed."""
    running = Zygote(order)
    try:
        yield running
    finally:
        running.close()
