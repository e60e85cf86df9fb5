"""When Slack was last heard, kept in the database, so that a stretch of time nobody listened is noticed afterwards.

Slack repeats an event that nobody acknowledged at once, after one minute and after five, and then no more. What was
said during a longer silence may be lost; ``catching_up`` looks for it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.database import Database
from bot.once import locked
from bot.socket_health import SocketHealth
from bot.tables import ListeningRow

MARK_EVERY = timedelta(seconds=30)

SOCKETS_SILENT = timedelta(minutes=5)
"""A socket that stands is heard every few seconds: after this long some event may have been given up by Slack."""

HTTP_SILENT = timedelta(minutes=20)
"""Over HTTP nobody is heard while nobody speaks: a shorter silence means nothing yet."""

FRESH_S = 30.0
LEASE = timedelta(minutes=2)

_SLACK = "slack"


@dataclass(frozen=True)
class Missed:
    """Nobody listened from ``since`` to ``until``."""

    since: datetime
    until: datetime


class Listening:
    """Notes when Slack is heard; a loop writes it down. ``heard`` may be called from any thread and costs nothing."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._sockets: Callable[[], SocketHealth] | None = None
        self._lock = threading.Lock()
        self._spans: list[tuple[datetime, datetime]] = []  # not written down yet: heard from, to
        self._silent = HTTP_SILENT
        self._begun = False
        self._next_mark: datetime | None = None

    def heard(self) -> None:
        """Slack has delivered something, or may do so from now on."""
        now = self._clock()
        with self._lock:
            if self._spans and now - self._spans[-1][1] <= self._silent:
                self._spans[-1] = (self._spans[-1][0], now)
            else:
                self._spans.append((now, now))

    def watch(self, sockets: Callable[[], SocketHealth]) -> None:
        """Socket Mode: as long as a connection stands, Slack is heard."""
        self._sockets = sockets
        self._silent = SOCKETS_SILENT

    def begin(self) -> None:
        """HTTP: the desk can be reached from now on. What came while it was off is looked for."""
        self.heard()
        self._begun = True

    def run_once(self) -> bool:
        """Write down what was heard, every MARK_EVERY. Returns False: there is never more to do."""
        self._ask_sockets()
        now = self._clock()
        with self._lock:
            spans = list(self._spans)
        if not spans or (self._next_mark is not None and now < self._next_mark):
            return False
        with self._database.write() as session:
            for first, last in spans:
                Silences(session).mark(first, last, SOCKETS_SILENT if self._begun else self._silent)
        self._begun = False
        self._next_mark = now + MARK_EVERY
        with self._lock:
            self._spans = [(max(first, spans[-1][1]), last) for first, last in self._spans if last > spans[-1][1]]
        return False

    def _ask_sockets(self) -> None:
        health = self._sockets() if self._sockets else None
        if health and health.connected and health.hello_age_s is not None and health.hello_age_s < FRESH_S:
            self.heard()


class Silences:
    """What the database knows of it, in the caller's transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def mark(self, first: datetime, last: datetime, silent: timedelta) -> None:
        """Slack was heard from ``first`` to ``last``; a silence longer than ``silent`` before is to be looked at."""
        row = locked(self._session, ListeningRow, {"name": _SLACK}, {"heard_at": last})
        if first - row.heard_at > silent:
            row.missed_from = row.missed_from or row.heard_at
            row.missed_to = first
        row.heard_at = max(row.heard_at, last)

    def is_there(self) -> bool:
        """Whether there is a silence that nobody has looked through to its end."""
        row = self._session.get(ListeningRow, _SLACK)
        return row is not None and row.missed_from is not None

    def claim(self, now: datetime) -> Missed | None:
        """A silence to look at, for LEASE; None when there is none, or somebody else is at it."""
        row = self._session.get(ListeningRow, _SLACK, with_for_update=True)
        if row is None or row.missed_from is None or row.missed_to is None:
            return None
        if row.looked_until is not None and row.looked_until > now:
            return None
        row.looked_until = now + LEASE
        return Missed(row.missed_from, row.missed_to)

    def renew(self, now: datetime) -> None:
        """Still at it."""
        self._session.execute(update(ListeningRow).values(looked_until=now + LEASE))

    def done(self, missed: Missed) -> None:
        """It has been looked through; what was silent after it has not."""
        row = self._session.get(ListeningRow, _SLACK, with_for_update=True)
        if row is None or row.missed_to is None:
            return
        more = row.missed_to > missed.until
        row.missed_from, row.missed_to = (missed.until, row.missed_to) if more else (None, None)
        row.looked_until = None
