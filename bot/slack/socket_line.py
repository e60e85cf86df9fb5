"""One WebSocket to Slack (the one module of `websockets`): takes envelopes, answers them, notes every sign of life.

A line decides nothing about itself: it says how it is, and ``socket_mode`` replaces it.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from enum import Enum, auto
from socket import SHUT_RDWR
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from bot.errors import DeskError, SlackUnavailable
from bot.logs import get_logger

log = get_logger(__name__)

CLOSE_S = 1.0
"""Slack answers a closing handshake, but does not always close the TCP connection after it."""

MAX_MESSAGE = 4_000_000

Envelope = Mapping[str, Any]
Handles = Callable[[Envelope], Mapping[str, Any] | None]
"""Takes an envelope; returns its acknowledgement, or None when Slack shall deliver it again."""


class LineState(Enum):
    """What a line is good for."""

    OPENING = auto()
    UP = auto()  # Slack has said hello
    LEAVING = auto()  # still delivers, but Slack has said that it will end
    ENDED = auto()


@dataclass(frozen=True)
class Timings:
    """Seconds. A cut connection is noticed within ``silence``, and replaced within ``longest_wait`` after that."""

    ping: float = 3.0
    silence: float = 8.0  # without a word, a ping or a pong from Slack: the line is dead
    open: float = 5.0  # for each of Slack's two steps: giving an address, answering there
    linger: float = 5.0  # how long a line that is leaving stays beside the one that replaces it
    drain: float = 2.0  # how long acknowledgements under way are waited for
    gap: float = 0.2  # between two attempts when all is well
    first_wait: float = 1.0  # after one that failed; doubled each time, up to
    longest_wait: float = 15.0
    refused_wait: float = 60.0  # when only a person can mend it
    fewer: float = 300.0  # how long to keep one connection less when Slack counts too many
    steady: float = 5.0  # a line that ends earlier, unasked, counts as a failed attempt
    down: float = 60.0  # without any line: ops hear of it
    look: float = 0.1


class SocketLine:
    """Lives in a thread of its own. ``handle`` runs in ``pool``, ``on_up`` when Slack says hello."""

    def __init__(
        self,
        open_url: Callable[[], str],
        handle: Handles,
        on_up: Callable[[], None],
        pool: Executor,
        timings: Timings,
    ) -> None:
        self._open_url = open_url
        self._handle = handle
        self._on_up = on_up
        self._pool = pool
        self._timings = timings
        self._socket: ClientConnection | None = None
        self._flight = threading.Condition()
        self._in_flight = 0
        self._closing = False
        self._over = threading.Event()
        self.state = LineState.OPENING
        self.since = self.heard_at = time.monotonic()
        self.up_at: float | None = None
        self.reason = ""  # Slack's word for why it ends the line
        self.trouble: DeskError | None = None

    def start(self) -> SocketLine:
        """Connect in the background."""
        threading.Thread(target=self._run, name="socket-line", daemon=True).start()
        return self

    def is_silent(self, now: float) -> bool:
        """Whether nothing has come for so long that the connection must be dead."""
        if self.state is LineState.OPENING:
            return now - self.since > 2 * self._timings.open
        return now - self.heard_at > self._timings.silence

    def abandon(self) -> None:
        """Give it up at once: nobody is at the other end."""
        self._closing = True
        if self._socket is not None:
            self._cut(self._socket)
        self._end()

    def close(self) -> None:
        """Take nothing new, let acknowledgements under way leave, then say good-bye. Waits a few seconds at most."""
        with self._flight:
            self._closing = True
            self._flight.wait_for(lambda: self._in_flight == 0, self._timings.drain)
        if self._socket is not None:
            self._socket.close()
        self._end()

    def _run(self) -> None:
        try:
            with connect(
                self._open_url(),
                open_timeout=self._timings.open,
                close_timeout=CLOSE_S,
                ping_interval=None,
                compression=None,
                max_size=MAX_MESSAGE,
            ) as socket:
                self._socket = socket
                if not self._closing:
                    self._heard()
                    threading.Thread(target=self._ping, args=(socket,), name="socket-ping", daemon=True).start()
                    self._read(socket)
        except DeskError as exc:
            self.trouble = exc
        except Exception as exc:  # noqa: BLE001 - whatever it was, the line is over and another takes its place
            self.trouble = SlackUnavailable(f"The connection to Slack could not be kept ({type(exc).__name__}).")
        finally:
            self._end()

    def _read(self, socket: ClientConnection) -> None:
        for text in socket:
            self._heard()
            message = json.loads(text)
            match message.get("type"):
                case "hello":
                    self.up_at = time.monotonic()
                    self._become(LineState.UP)
                    self._on_up()
                case "disconnect":
                    self.reason = str(message.get("reason", ""))
                    self._become(LineState.LEAVING)
                case _:
                    self._take(socket, message)

    def _take(self, socket: ClientConnection, envelope: Envelope) -> None:
        with self._flight:
            if self._closing or "envelope_id" not in envelope:
                return  # not acknowledged: Slack delivers it again
            self._in_flight += 1
        self._pool.submit(self._answer, socket, envelope)

    def _answer(self, socket: ClientConnection, envelope: Envelope) -> None:
        try:
            answer = self._handle(envelope)
            if answer is not None:
                socket.send(json.dumps(answer))
        except (ConnectionClosed, OSError):
            log.info("acknowledgement_lost", envelope=str(envelope.get("envelope_id")))
        except Exception as exc:
            log.error("envelope_failed", kind=str(envelope.get("type")), error=type(exc).__name__)
            log.debug("envelope_failed_trace", exc_info=exc)
        finally:
            with self._flight:
                self._in_flight -= 1
                self._flight.notify_all()

    def _ping(self, socket: ClientConnection) -> None:
        """Pings belong to a thread of their own: on a dead connection even sending one may block."""
        while not self._over.wait(self._timings.ping):
            try:
                if socket.ping().wait(self._timings.silence):
                    self._heard()
            except (ConnectionClosed, OSError):
                return

    def _heard(self) -> None:
        self.heard_at = time.monotonic()

    def _become(self, state: LineState) -> None:
        with self._flight:
            if self.state is not LineState.ENDED:
                self.state, self.since = state, time.monotonic()

    def _end(self) -> None:
        self._become(LineState.ENDED)
        self._over.set()

    @staticmethod
    def _cut(socket: ClientConnection) -> None:
        """Wake whatever reads or writes on it."""
        try:
            socket.socket.shutdown(SHUT_RDWR)
        except OSError:
            return
