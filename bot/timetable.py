"""The clock of the desk: notices what is due and records it in the inbox, each occasion once.

A key names the occasion ("digest:2026-11-23", "unowned:12:1"), so several processes may look at the same time, a
restart repeats nothing, and what fell due while the desk was off is noticed when it is back. Nobody is bothered
outside the team's working hours, and of several missed reminders one is sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.clock import Clock
from bot.database import Database
from bot.incoming import Due, Incoming
from bot.missing_info import MissingInfo, Waiting
from escalation.domain import Request
from escalation.drafts import NEEDS_INFO_LABEL
from escalation.patience import Patience
from escalation.request_store import RequestStore
from escalation.rotation import Rotation

LOOK_EVERY = timedelta(seconds=20)
LATE_TICKET = timedelta(minutes=10)
"""When the ops channel hears of a request that the tracker has not taken yet."""

HISTORY = timedelta(days=180)
"""Older requests are left alone: whoever wanted to be reminded of them has been."""

PINGS = 2
"""How often the person on duty is told that a request has no owner; after that it is in every digest."""


class What:
    """What can be due; the first part of an occasion's key."""

    DIGEST = "digest"
    UNOWNED = "unowned"
    UNFILED = "unfiled"
    NEEDS_INFO = "needs-info"
    REMIND = "remind"
    CLOSE = "close"
    REVIEWS = "reviews"


class Records(Protocol):
    """The inbox."""

    def record(self, item: Incoming) -> bool:
        """Store an item; False when it is there already. Raises DatabaseUnavailable."""


@dataclass(frozen=True)
class Followed:
    """A request with what is remembered about following it up."""

    request: Request
    waiting: Waiting = Waiting()
    has_line: bool = True


def occasions(rotation: Rotation, patience: Patience, followed: Followed, now: datetime) -> Iterator[Due]:
    """What is due for one request that is open."""
    request = followed.request
    if request.ticket is None:
        if not followed.has_line and now >= request.created_at + LATE_TICKET:
            yield _due(What.UNFILED, request.id)
        return
    if NEEDS_INFO_LABEL in request.ticket.labels and not followed.waiting.was_asked:
        yield _due(What.NEEDS_INFO, request.id)
    if not rotation.hours.is_open(now):
        return
    if followed.waiting.since is not None:
        yield from _reminders(rotation, patience, followed, followed.waiting.since, now)
    elif request.ticket.assignee is None:
        yield from _pings(rotation, request, now)


def digest_due(rotation: Rotation, now: datetime) -> Due | None:
    """Today's digest, from its hour to the end of the working day; none on weekends and holidays."""
    return _due(What.DIGEST, today.isoformat()) if (today := _digest_day(rotation, now)) else None


def reviews_due(rotation: Rotation, now: datetime) -> Due | None:
    """Today's look at which entries are due for a review; when the digest is."""
    return _due(What.REVIEWS, today.isoformat()) if (today := _digest_day(rotation, now)) else None


def _digest_day(rotation: Rotation, now: datetime) -> date | None:
    today = rotation.hours.day_of(now)
    if rotation.digest_at is None or not rotation.hours.is_working_day(today):
        return None
    begins = rotation.hours.at(today, rotation.digest_at)
    ends = max(rotation.hours.at(today, rotation.hours.closes), begins + timedelta(hours=1))
    return today if begins <= now < ends else None


class Timetable:
    """One look at a time, every LOOK_EVERY; a loop of the desk's runtime."""

    def __init__(
        self, rotation: Rotation, patience: Patience, inbox: Records, database: Database, clock: Clock
    ) -> None:
        self._rotation = rotation
        self._patience = patience
        self._inbox = inbox
        self._database = database
        self._clock = clock
        self._next_look: datetime | None = None
        self._recorded: set[str] = set()

    def run_once(self) -> bool:
        """Look, if it is time to. Returns False: what it finds, others do."""
        now = self._clock()
        if self._next_look is not None and now < self._next_look:
            return False
        for due in self._due(now):
            if due.key not in self._recorded:
                self._inbox.record(due)
                self._recorded.add(due.key)
        self._next_look = now + LOOK_EVERY
        return False

    def _due(self, now: datetime) -> Iterator[Due]:
        for regular in (digest_due, reviews_due):
            if due := regular(self._rotation, now):
                yield due
        for followed in self._followed(now):
            yield from occasions(self._rotation, self._patience, followed, now)

    def _followed(self, now: datetime) -> list[Followed]:
        with self._database.read() as session:
            requests = RequestStore(session).open_requests(now - HISTORY)
            info = MissingInfo(session)
            ids = [request.id for request in requests]
            waiting, bare = info.of(ids), info.without_ops_line(ids)
        return [Followed(one, waiting[one.id], one.id not in bare) for one in requests if one.id in waiting]


def _pings(rotation: Rotation, request: Request, now: datetime) -> Iterator[Due]:
    """The newest ping that is due: of two missed ones the person hears once."""
    if rotation.owner_within is None:
        return
    for count in range(PINGS, 0, -1):
        if now >= rotation.hours.after(request.created_at, count * rotation.owner_within):
            yield _due(What.UNOWNED, request.id, count)
            return


def _reminders(
    rotation: Rotation, patience: Patience, followed: Followed, since: datetime, now: datetime
) -> Iterator[Due]:
    """The next reminder, or the end; counted from the reminder before, so that missed ones never come together."""
    hours, waiting = rotation.hours, followed.waiting
    today, last = hours.day_of(now), hours.day_of(waiting.reminded_at or since)
    occasion = (followed.request.id, f"{since:%Y%m%dT%H%M%S}")
    if waiting.reminders < patience.max_reminders:
        if today >= patience.reminds_on(last, hours):
            yield _due(What.REMIND, *occasion, waiting.reminders + 1)
        return
    closes = patience.closes_on(hours.day_of(since), last, hours)
    if closes is not None and today >= closes:
        yield _due(What.CLOSE, *occasion)


def _due(what: str, *occasion: object) -> Due:
    return Due(what, ":".join(str(part) for part in (what, *occasion)))


def request_of(due: Due) -> int:
    """The request an occasion is about. Raises ValueError for a key that names none."""
    return int(due.key.split(":")[1])
