"""Asks for web pages as a polite guest: one at a time per host, with a pause, within what robots.txt allows."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import cached_property
from http import HTTPStatus

from knowledge.errors import WebFailed, WebLeftOut, WebRefused
from knowledge.web.address import WebAddress
from knowledge.web.exchange import Answer, WebLimits, ask
from knowledge.web.guard import Guard
from knowledge.web.robots import Rules, rules_in

USER_AGENT = "MOPS-Desk/1.0 (mops-desk; documents for an internal help desk)"
MOST_REDIRECTS = 5
MOST_PATIENCE = 60.0
"""Seconds a site may ask us to wait between pages, or before we try once more."""

RULES_KEPT = 3600.0  # seconds
_REDIRECTS = (301, 302, 303, 307, 308)
_BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
_HEADERS = {"User-Agent": USER_AGENT, "Accept": "text/html, */*;q=0.5", "Accept-Encoding": "gzip"}


@dataclass(frozen=True)
class Fetched:
    """What came of asking for a page: from which address in the end, and what was said there."""

    address: WebAddress
    answer: Answer


@dataclass
class _Host:
    """The state of our visit to one host."""

    turn: threading.Lock = field(default_factory=threading.Lock)
    free_at: float = 0.0
    rules: dict[str, tuple[float, Rules]] = field(default_factory=dict)


class WebClient:
    """Share one between all sources of a process: it keeps the distance between requests to a host.

    ``clock`` counts seconds and only goes forward. ``tls`` says whose certificates hold: by default the system's.
    """

    def __init__(
        self,
        guard: Guard | None = None,
        limits: WebLimits | None = None,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._guard = guard or Guard()
        self._limits = limits or WebLimits()
        self._given_tls = tls
        self._clock = clock
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()

    def fetch(
        self,
        address: WebAddress,
        hosts: Collection[str],
        delay: float,
        headers: Mapping[str, str] | None = None,
        limits: WebLimits | None = None,
    ) -> Fetched:
        """The page at this address, following redirects within ``hosts``, ``delay`` seconds or more after the last.

        ``headers`` are sent besides ours. Raises WebLeftOut when a robot must not look, WebFailed otherwise.
        """
        for _ in range(MOST_REDIRECTS + 1):
            if address.host not in hosts:
                raise WebLeftOut(f"leads to {address.host}, which is not among the hosts of this source")
            rules = self._rules(address, hosts, delay)
            if not rules.allow(address.url):
                raise WebLeftOut("is closed to robots by its site's robots.txt")
            pause = max(delay, rules.delay)
            answer = self._asked(address, pause, headers or {}, limits or self._limits)
            if answer.status not in _REDIRECTS:
                return Fetched(address, answer)
            address = _next(address, answer)
        raise WebFailed(f"is redirected more than {MOST_REDIRECTS} times")

    def _rules(self, address: WebAddress, hosts: Collection[str], delay: float) -> Rules:
        """The rules of the address's site, asked for once an hour."""
        known = self._host(address.host).rules
        until, rules = known.get(address.origin, (0.0, Rules()))
        if self._clock() < until:
            return rules
        rules = self._asked_rules(WebAddress(address.scheme, address.host, address.port, "/robots.txt"), hosts, delay)
        if rules.delay > MOST_PATIENCE:
            raise WebFailed(f"was not asked: its site wants {rules.delay:,.0f} seconds between two pages")
        known[address.origin] = (self._clock() + RULES_KEPT, rules)
        return rules

    def _asked_rules(self, address: WebAddress, hosts: Collection[str], delay: float) -> Rules:
        for _ in range(MOST_REDIRECTS + 1):
            if address.host not in hosts:
                raise WebFailed(f"was not asked: its site's robots.txt is at {address.host}; allow that host as well")
            answer = self._asked(address, delay, {}, self._limits)
            if answer.status not in _REDIRECTS:
                return rules_in(answer)
            address = _next(address, answer)
        return Rules()  # as the RFC has it: nobody can find it

    def _asked(self, address: WebAddress, pause: float, headers: Mapping[str, str], limits: WebLimits) -> Answer:
        """The answer when it is our turn; a busy site is asked once more after the time it names."""
        host = self._host(address.host)
        with host.turn:
            answer = self._in_turn(host, address, pause, 0.0, headers, limits)
            wait = _wait(answer)
            if wait is None or wait > MOST_PATIENCE:
                return answer
            return self._in_turn(host, address, pause, wait, headers, limits)

    def _in_turn(
        self,
        host: _Host,
        address: WebAddress,
        pause: float,
        wait: float,
        headers: Mapping[str, str],
        limits: WebLimits,
    ) -> Answer:
        left = max(wait, host.free_at - self._clock())
        if left > 0:
            self._sleep(left)
        try:
            endpoints = self._guard.endpoints(address)
            return ask(address, endpoints, {**_HEADERS, **headers}, limits, lambda: self._tls, self._clock)
        finally:
            host.free_at = self._clock() + pause

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return self._given_tls or ssl.create_default_context()  # reads every certificate of the system: not for http

    def _host(self, name: str) -> _Host:
        with self._lock:
            return self._hosts.setdefault(name, _Host())


def _next(address: WebAddress, answer: Answer) -> WebAddress:
    """Where a redirect leads. Raises WebFailed."""
    reference = answer.headers.get("location", "")
    if not reference:
        raise WebFailed("is redirected to nowhere")
    with suppress(UnicodeError):
        reference = reference.encode("latin-1").decode("utf-8")  # headers are read byte by byte
    try:
        there = address.joined(reference)
    except WebRefused as exc:
        raise WebRefused(f"is redirected to a page that {exc}") from exc
    if address.scheme == "https" and there.scheme == "http":
        raise WebRefused("is redirected from https to http: anybody on the way could change it")
    return there


def _wait(answer: Answer) -> float | None:
    """Seconds after which a busy site wants to be asked again; None when it is not busy, or does not say."""
    said = answer.headers.get("retry-after", "").strip()
    if answer.status not in _BUSY or not said:
        return None
    if said.isascii() and said.isdigit():
        return float(said[:9])
    try:
        moment = parsedate_to_datetime(said)
        now = parsedate_to_datetime(answer.headers.get("date", ""))
        return max(0.0, (moment - now).total_seconds())
    except (ValueError, TypeError):
        return None
