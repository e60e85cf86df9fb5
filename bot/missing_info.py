"""What the desk remembers about following a request up: details asked for, reminders sent, the ops channel's line.

Works in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.tables import RequestPlaceRow


@dataclass(frozen=True)
class Waiting:
    """Since when a request waits for its asker (None: it does not), and how often they were reminded."""

    since: datetime | None = None
    reminders: int = 0
    reminded_at: datetime | None = None

    @property
    def was_asked(self) -> bool:
        """Whether the asker was asked for details at any time, and answered or not."""
        return self.since is not None or self.reminded_at is not None


class MissingInfo:
    """Follow-ups of requests, by request id. A request that is shown nowhere has none."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def asked(self, request_id: int, now: datetime) -> None:
        """The ops team asked for details: reminders begin (again)."""
        self._set(request_id, info_asked_at=now, reminders=0, reminded_at=None)

    def answered(self, request_id: int, now: datetime) -> None:
        """The asker said something: no more reminders, until ops asks again."""
        self._set(request_id, info_asked_at=None, reminders=0, reminded_at=now)

    def reminded(self, request_id: int, now: datetime) -> None:
        """One more reminder is on its way."""
        self._set(request_id, reminders=RequestPlaceRow.reminders + 1, reminded_at=now)

    def of(self, request_ids: Iterable[int]) -> dict[int, Waiting]:
        """How things stand with these requests; those that are shown nowhere are left out."""
        columns = (
            RequestPlaceRow.request_id,
            RequestPlaceRow.info_asked_at,
            RequestPlaceRow.reminders,
            RequestPlaceRow.reminded_at,
        )
        rows = self._session.execute(select(*columns).where(RequestPlaceRow.request_id.in_(list(request_ids))))
        return {number: Waiting(since, count, at) for number, since, count, at in rows}

    def ops_line(self, request_id: int) -> tuple[str, str] | None:
        """(channel, ts) of the request's line in the ops channel, once it stands there."""
        row = self._session.get(RequestPlaceRow, request_id)
        return (row.ops_channel, row.ops_ts) if row and row.ops_channel and row.ops_ts else None

    def ops_line_posted(self, request_id: int, channel: str, ts: str) -> None:
        """The line stands at this message."""
        self._set(request_id, ops_channel=channel, ops_ts=ts)

    def without_ops_line(self, request_ids: Iterable[int]) -> frozenset[int]:
        """Those of these requests that have no line in the ops channel."""
        wanted = select(RequestPlaceRow.request_id).where(
            RequestPlaceRow.request_id.in_(list(request_ids)), RequestPlaceRow.ops_ts.is_(None)
        )
        return frozenset(self._session.scalars(wanted))

    def _set(self, request_id: int, **values: object) -> None:
        mine = update(RequestPlaceRow).where(RequestPlaceRow.request_id == request_id)
        self._session.execute(mine.values(**values))
