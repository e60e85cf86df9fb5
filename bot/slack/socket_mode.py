"""Socket Mode: the same Bolt app over two WebSockets, and a watchdog that replaces one as soon as it is no good.

Slack delivers each event on one of an app's connections, whichever it likes, and again when nobody acknowledges it;
the inbox knows what it has. So a connection may go at any moment, as long as another one stands or comes soon:

    what happens                          what is done
    Slack says it will end a connection   a new one first; the old one delivers until Slack ends it, or a few seconds
    a connection breaks                   a new one at once
    nothing comes, not even a pong        it is dead: given up after eight seconds, and replaced
    none can be opened                    again after 1, 2, 4 … 15 s, with jitter; Slack's Retry-After is kept
    Slack counts too many                 one less for five minutes, never none
    the app's token or Socket Mode is off again every minute; the log and the ops channel say what a person must do
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from slack_bolt import App, BoltRequest, BoltResponse

from bot.errors import DeskError, SlackRefused, SlackUnavailable
from bot.logs import get_logger
from bot.metrics import NO_METRICS, Metrics
from bot.slack.client import app_token_in_use, web_client
from bot.slack.socket_line import Envelope, LineState, SocketLine, Timings
from bot.socket_health import SocketHealth

log = get_logger(__name__)

LINES = 2
HANDS = 10
"""Envelopes that are handled at a time: recorded, or answered with a form."""

TOO_MANY = "too_many_websockets"
LINK_DISABLED = "link_disabled"

Tells = Callable[[str], None]
"""Told, with Slack's word for it or "", when there has been no connection for a while."""


def _nobody(_why: str) -> None:
    return


class SocketConnections:
    """Keeps the connections, from ``open`` to ``close``; before them comes ``sign_in``."""

    def __init__(
        self,
        app: App,
        app_token: str,
        base_url: str,
        *,
        metrics: Metrics = NO_METRICS,
        on_down: Tells = _nobody,
        timings: Timings | None = None,
    ) -> None:
        self._app = app
        self._app_token = app_token
        self._timings = timings or Timings()
        self._web = web_client(None, base_url, self._timings.open)
        self._metrics = metrics
        self._on_down = on_down
        self._pool = ThreadPoolExecutor(HANDS, thread_name_prefix="socket")
        self._first = ""
        self._lines: list[SocketLine] = []
        self._closing = threading.Event()
        self._watchdog = threading.Thread(target=self._watch, name="socket-watchdog", daemon=True)
        self._failures = 0
        self._next_at = 0.0
        self._fewer_until = 0.0
        self._last_heard: float | None = None
        self._alone_since = time.monotonic()
        self._told_at: float | None = None
        self._why = ""

    def sign_in(self) -> None:
        """Ask for the first connection without making it. Raises SlackRefused when SLACK_APP_TOKEN is wrong;
        whatever else fails is tried again by itself, once it is open."""
        try:
            self._first = self._address()
        except SlackRefused as exc:
            if exc.code != TOO_MANY:
                raise
        except DeskError as exc:
            log.warning("socket_not_opened", why=str(exc))

    def open(self) -> None:
        """Begin, soon after ``sign_in``: Slack's address works for 30 seconds."""
        if address := self._first:
            self._open_line(lambda: address)
        self._watchdog.start()

    def health(self) -> SocketHealth:
        """How the connections are at this moment."""
        standing = _those(self._lines, LineState.UP, LineState.LEAVING)
        heard = max((line.heard_at for line in standing), default=self._last_heard)
        age = None if heard is None else time.monotonic() - heard
        return SocketHealth(self._wanted(), len(standing), age)

    def close(self) -> None:
        """Disconnect: what is being acknowledged leaves first. Takes three seconds at most."""
        self._closing.set()
        if self._watchdog.is_alive():
            self._watchdog.join()
        leaving = [threading.Thread(target=line.close, daemon=True) for line in self._lines]
        for thread in leaving:
            thread.start()
        for thread in leaving:
            thread.join(self._timings.drain + self._timings.silence)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _watch(self) -> None:
        while not self._closing.wait(self._timings.look):
            try:
                self._look(time.monotonic())
            except Exception as exc:
                log.error("socket_watchdog_failed", error=type(exc).__name__)
                log.debug("socket_watchdog_trace", exc_info=exc)

    def _look(self, now: float) -> None:
        for line in list(self._lines):
            if line.state is not LineState.ENDED and line.is_silent(now):
                log.warning("socket_silent", seconds=round(now - line.heard_at, 1))
                line.abandon()
            if line.state is LineState.ENDED:
                self._lines.remove(line)
                self._ended(line, now)
            elif line.state is LineState.LEAVING:
                self._see_off(line, now)
        self._mind_the_gap(now)
        opening = _those(self._lines, LineState.OPENING)
        missing = self._wanted() - len(opening) - len(_those(self._lines, LineState.UP))
        if missing > 0 and now >= self._next_at and not (self._failures and opening):
            self._next_at = now + self._timings.gap
            self._open_line(self._address)

    def _see_off(self, line: SocketLine, now: float) -> None:
        """Slack ends it soon; we do when another stands, so that nothing is sent to it at the last moment."""
        if (
            line.reason in (TOO_MANY, LINK_DISABLED)
            or now - line.since > self._timings.linger
            and _those(self._lines, LineState.UP)
        ):
            self._close_behind(line)

    def _close_behind(self, line: SocketLine) -> None:
        self._lines.remove(line)
        self._ended(line, time.monotonic())
        threading.Thread(target=line.close, name="socket-close", daemon=True).start()

    def _ended(self, line: SocketLine, now: float) -> None:
        if line.up_at is not None:
            self._last_heard = line.heard_at
        code = line.trouble.code if isinstance(line.trouble, SlackRefused) else line.reason
        if code in ("warning", "refresh_requested"):
            log.info("socket_refreshed", reason=code)
            self._failures = 0
            return
        self._metrics.socket("lost" if line.up_at is not None else "refused")
        self._why = code
        if line.up_at is not None and now - line.up_at >= self._timings.steady and not code:
            log.warning("socket_lost", why=str(line.trouble or "closed"))
            self._failures = 0
            return
        wait = self._wait_after(line.trouble, code, now)
        self._next_at = now + wait
        log.warning("socket_not_opened", reason=code, why=str(line.trouble or "closed"), again_in_s=round(wait, 1))

    def _wait_after(self, trouble: DeskError | None, code: str, now: float) -> float:
        times = self._timings
        wait: float = min(times.longest_wait, times.first_wait * 2.0**self._failures) * random.uniform(0.5, 1.0)  # noqa: S311
        self._failures = min(self._failures + 1, 10)
        if code == TOO_MANY:
            self._fewer_until = now + times.fewer
        elif code == LINK_DISABLED or isinstance(trouble, SlackRefused):
            return times.refused_wait
        if isinstance(trouble, SlackUnavailable) and trouble.retry_after:
            return max(wait, min(trouble.retry_after, times.refused_wait))
        return wait

    def _wanted(self) -> int:
        return LINES - 1 if time.monotonic() < self._fewer_until else LINES

    def _mind_the_gap(self, now: float) -> None:
        """Say so, in the log and to ops, when nobody has been heard for a while; and when that is over."""
        if _those(self._lines, LineState.UP, LineState.LEAVING):
            if self._told_at is not None:
                log.info("sockets_back", after_s=round(now - self._alone_since))
            self._alone_since, self._told_at = now, None
        elif now - max(self._alone_since, self._told_at or 0.0) > self._timings.down:
            seconds = round(now - self._alone_since)
            log.error("sockets_down", for_s=seconds, reason=self._why, what_to_do=_advice(self._why))
            self._told_at = now
            self._on_down(self._why)

    def _open_line(self, address: Callable[[], str]) -> None:
        line = SocketLine(address, self._answer, self._opened, self._pool, self._timings)
        self._lines.append(line.start())

    def _opened(self) -> None:
        self._failures = 0
        self._metrics.socket("opened")
        log.info("socket_opened")

    def _address(self) -> str:
        """Where Slack wants to be called; works once. Raises DeskError."""
        with app_token_in_use():
            return str(self._web.apps_connections_open(app_token=self._app_token)["url"])

    def _answer(self, envelope: Envelope) -> dict[str, Any] | None:
        """Slack's payload through Bolt, as with HTTP; None when it must come again."""
        begun = time.monotonic()
        headers: dict[str, str | Sequence[str]] = {
            header: str(envelope[name]) for name, header in _RETRY.items() if envelope.get(name) is not None
        }
        response = self._app.dispatch(BoltRequest(mode="socket_mode", body=envelope["payload"], headers=headers))
        useless = response.first_headers().get("x-slack-no-retry") == "1"
        outcome = "ok" if response.status == _OK else "refused" if useless else "failed"
        self._metrics.acked("socket", outcome, time.monotonic() - begun)
        if outcome == "failed":
            log.warning("envelope_not_acknowledged", kind=str(envelope.get("type")), status=response.status)
            return None
        return {"envelope_id": envelope["envelope_id"], **_payload(response)}


_OK = 200
_RETRY = {"retry_attempt": "x-slack-retry-num", "retry_reason": "x-slack-retry-reason"}


def _payload(response: BoltResponse) -> dict[str, Any]:
    """What goes with an acknowledgement: a form's errors, a command's reply."""
    if not response.body or response.status != _OK:
        return {}
    is_json = response.first_headers().get("content-type", "").startswith("application/json")
    return {"payload": json.loads(response.body) if is_json else {"text": response.body}}


def _those(lines: Sequence[SocketLine], *states: LineState) -> list[SocketLine]:
    return [line for line in list(lines) if line.state in states]


def _advice(why: str) -> str:
    if why == LINK_DISABLED:
        return "Socket Mode is switched off for the app: switch it on at api.slack.com/apps, Socket Mode."
    if why:
        return f"Slack says {why}. See whether SLACK_APP_TOKEN still holds: mops-desk doctor."
    return "Slack cannot be reached by WebSocket. Check the network and status.slack.com."
