"""Slack's side of the wire to the desk: signed requests, three seconds to acknowledge, retries for events."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.demo.slack_ledger import Delivery, Ledger
from bot.demo.slack_state import Clock

EVENTS_PATH = "/slack/events"
ACK_TIMEOUT_S = 3.0
RETRY_DELAYS_S = (0.0, 60.0, 300.0)
"""Slack repeats an unacknowledged event at once, a minute later and five minutes after that."""

_CLOCK_CHECK_S = 0.02
_WORKERS = 16


@dataclass(frozen=True)
class Parcel:
    """One request to the desk. ``kind`` is event, command or interaction; ``name`` tells which."""

    kind: str
    name: str
    body: str

    @property
    def content_type(self) -> str:
        """Events are JSON, everything else is a form."""
        return "application/json" if self.kind == "event" else "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """What came back. ``status`` is None when nothing did; ``problem`` is Slack's word for why."""

    status: int | None
    body: str = ""
    problem: str | None = None
    keep_trying: bool = True

    @property
    def ok(self) -> bool:
        """Whether the desk acknowledged."""
        return self.problem is None


@dataclass(frozen=True)
class _Retry:
    due: float
    parcel: Parcel
    attempt: int
    reason: str


class DeskLine:
    """The line to the desk. ``url`` is the desk's base address; None while there is no desk (everything fails then).

    ``post`` waits for the acknowledgement; ``send`` returns at once and repeats by ``clock`` until acknowledged.
    Signatures carry real time, since the desk checks them against its own. Close it when done. ``by_socket`` delivers
    over Socket Mode instead: (parcel, attempt, reason, seconds for the answer).
    """

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        signing_secret: str,
        ack_timeout: float = ACK_TIMEOUT_S,
        signing_clock: Clock = time.time,
    ) -> None:
        self.url: str | None = None
        self.by_socket: Callable[[Parcel, int, str | None, float], Answer] | None = None
        self._ledger = ledger
        self._clock = clock
        self._secret = signing_secret.encode()
        self._ack_timeout = ack_timeout
        self._signing_clock = signing_clock
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="slack-delivery")
        self._state = threading.Condition()
        self._under_way = 0
        self._retries: list[_Retry] = []
        self._closed = False
        self._repeater: threading.Thread | None = None

    def post(self, parcel: Parcel, attempt: int = 0, reason: str | None = None) -> Answer:
        """Deliver once and wait for the answer, at most ``ack_timeout`` seconds."""
        started = time.monotonic()
        if self.by_socket is not None:
            answer = self.by_socket(parcel, attempt, reason, self._ack_timeout)
        else:
            answer = self._request(parcel, self._headers(parcel, attempt, reason))
        took = time.monotonic() - started
        self._ledger.record(
            Delivery(
                parcel.kind, parcel.name, parcel.body, self._clock(), attempt, answer.status, answer.problem, took
            )
        )
        return answer

    def send(self, parcel: Parcel, on_failure: Callable[[Answer], None]) -> None:
        """Deliver in the background. ``on_failure`` is called once, after the first attempt that failed."""
        with self._state:
            if self._closed:
                return
            self._under_way += 1
            self._pool.submit(self._attempt, parcel, 0, None, on_failure)

    def settled(self, timeout: float) -> bool:
        """Wait until nothing is under way (retries that wait for their minute do not count)."""
        with self._state:
            return self._state.wait_for(lambda: self._under_way == 0, timeout)

    @property
    def next_retry(self) -> float | None:
        """When the next repetition is due, by ``clock``; None when nothing waits for one."""
        with self._state:
            return min((retry.due for retry in self._retries), default=None)

    @property
    def idle(self) -> bool:
        """Whether nothing is under way and nothing waits to be repeated."""
        with self._state:
            return self._under_way == 0 and not self._retries

    def close(self) -> None:
        """Stop delivering; returns when running requests are done."""
        with self._state:
            self._closed = True
            self._state.notify_all()
        self._pool.shutdown(wait=True, cancel_futures=True)
        if self._repeater is not None:
            self._repeater.join()

    def _attempt(
        self, parcel: Parcel, attempt: int, reason: str | None, on_failure: Callable[[Answer], None] | None
    ) -> None:
        try:
            answer = self.post(parcel, attempt, reason)
            if not answer.ok and on_failure is not None:
                on_failure(answer)
            if not answer.ok and answer.keep_trying and attempt < len(RETRY_DELAYS_S):
                self._schedule(_Retry(self._clock() + RETRY_DELAYS_S[attempt], parcel, attempt + 1, _reason(answer)))
        finally:
            with self._state:
                self._under_way -= 1
                self._state.notify_all()

    def _schedule(self, retry: _Retry) -> None:
        with self._state:
            if self._closed:
                return
            if retry.due <= self._clock():
                self._submit(retry)
                return
            self._retries.append(retry)
            if self._repeater is None:
                self._repeater = threading.Thread(target=self._repeat, name="slack-retries", daemon=True)
                self._repeater.start()
            self._state.notify_all()

    def _submit(self, retry: _Retry) -> None:
        self._under_way += 1
        self._pool.submit(self._attempt, retry.parcel, retry.attempt, retry.reason, None)

    def _repeat(self) -> None:
        """Hand over retries as the clock reaches them; the clock may be a test's, so it is looked at often."""
        with self._state:
            while not self._closed:
                now = self._clock()
                for retry in [r for r in self._retries if r.due <= now]:
                    self._retries.remove(retry)
                    self._submit(retry)
                self._state.wait(_CLOCK_CHECK_S if self._retries else None)

    def _headers(self, parcel: Parcel, attempt: int, reason: str | None) -> dict[str, str]:
        timestamp = str(int(self._signing_clock()))
        signed = hmac.new(self._secret, f"v0:{timestamp}:{parcel.body}".encode(), hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": parcel.content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": f"v0={signed}",
        }
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason or "unknown_error"}
        return headers

    def _request(self, parcel: Parcel, headers: dict[str, str]) -> Answer:
        if self.url is None:
            return Answer(None, problem="connection_failed")
        address = urlsplit(self.url)
        connection = http.client.HTTPConnection(
            address.hostname or "127.0.0.1", address.port, timeout=self._ack_timeout
        )
        try:
            connection.request("POST", address.path.rstrip("/") + EVENTS_PATH, parcel.body.encode(), headers)
            response = connection.getresponse()
            body = response.read().decode(errors="replace")
        except TimeoutError:
            return Answer(None, problem="operation_timeout")
        except (OSError, http.client.HTTPException):
            return Answer(None, problem="connection_failed")
        finally:
            connection.close()
        acknowledged = http.HTTPStatus.OK <= response.status < http.HTTPStatus.MULTIPLE_CHOICES
        keep_trying = response.headers.get("X-Slack-No-Retry") != "1"
        return Answer(response.status, body, None if acknowledged else "dispatch_failed", keep_trying)


def _reason(answer: Answer) -> str:
    """Why an event is repeated, in the words of the X-Slack-Retry-Reason header."""
    words = {"operation_timeout": "http_timeout", "dispatch_failed": "http_error"}
    return words.get(answer.problem or "", "connection_failed")
