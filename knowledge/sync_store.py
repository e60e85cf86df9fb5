"""How sources are read: when, by whom, with what result, and which of their documents cannot be read."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from knowledge import once
from knowledge.errors import SyncOvertaken
from knowledge.moments import aware
from knowledge.tables import FailureRow, SourceRow

LEASE = timedelta(minutes=5)
"""How long a sync is waited for that gives no sign; a document may take three minutes to read."""


@dataclass(frozen=True)
class Failure:
    """A document that could not be read, since when, and when it was last tried."""

    path: str
    version: str
    reason: str
    since: datetime
    tried_at: datetime


@dataclass(frozen=True)
class SourceState:
    """How a source stands. ``error`` is why the whole source could not be read the last time, else ""."""

    name: str
    finished_at: datetime | None = None
    read_at: datetime | None = None
    error: str = ""
    failing_since: datetime | None = None
    summary: dict[str, Any] | None = None
    doubt: dict[str, Any] | None = None
    held_until: datetime | None = None

    def is_held(self, now: datetime) -> bool:
        """Whether somebody is reading it."""
        return self.held_until is not None and now < self.held_until


class SyncStore:
    """Works in the caller's transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def states(self) -> tuple[SourceState, ...]:
        """Every source that was ever read, by name."""
        return tuple(_state(row) for row in self._session.scalars(select(SourceRow).order_by(SourceRow.name)))

    def state(self, name: str, *, locked: bool = False) -> SourceState:
        """How one source stands; ``locked``: nobody changes that before the end of the transaction."""
        if locked:
            return _state(once.locked(self._session, SourceRow, {"name": name}, {}))
        row = self._session.get(SourceRow, name, populate_existing=True)
        return _state(row) if row else SourceState(name)

    def hold(self, name: str, holder: str, now: datetime) -> None:
        """Begin a sync. Whoever was reading the source finds out at its next step, and stops."""
        row = once.locked(self._session, SourceRow, {"name": name}, {})
        row.holder, row.held_until = holder, _utc(now + LEASE)
        self._session.flush()

    def renew(self, name: str, holder: str, now: datetime) -> None:
        """Go on with a sync. Raises SyncOvertaken when somebody else began one."""
        held = update(SourceRow).where(SourceRow.name == name, SourceRow.holder == holder)
        if not self._session.scalar(held.values(held_until=_utc(now + LEASE)).returning(SourceRow.name)):
            raise SyncOvertaken(f"{name} is being read by another process now; this one stops.")

    def release(self, name: str, holder: str) -> None:
        """A sync was broken off; the next one goes on where it was."""
        held = update(SourceRow).where(SourceRow.name == name, SourceRow.holder == holder)
        self._session.execute(held.values(holder=None, held_until=None))

    def finished(self, name: str, holder: str, now: datetime, summary: dict[str, Any]) -> None:
        """A sync came to its end."""
        self._end(name, holder, now, {"read_at": _utc(now), "error": None, "failing_since": None, "summary": summary})

    def failed(self, name: str, holder: str, now: datetime, error: str) -> None:
        """The source as a whole could not be read."""
        since = self.state(name).failing_since or now
        self._end(name, holder, now, {"error": error, "failing_since": _utc(since)})

    def doubt(self, name: str, doubt: dict[str, Any] | None) -> None:
        """Remember (or forget) that a listing was not believed, and what it lacked."""
        self._session.execute(update(SourceRow).where(SourceRow.name == name).values(doubt=doubt))

    def failures(self, name: str | None = None) -> dict[str, tuple[Failure, ...]]:
        """The documents that cannot be read, by source."""
        wanted = select(FailureRow).order_by(FailureRow.source, FailureRow.path)
        if name is not None:
            wanted = wanted.where(FailureRow.source == name)
        found: dict[str, list[Failure]] = {}
        for row in self._session.scalars(wanted):
            failure = Failure(row.path, row.version, row.reason, aware(row.since), aware(row.tried_at))
            found.setdefault(row.source, []).append(failure)
        return {source: tuple(failures) for source, failures in found.items()}

    def note_failures(self, name: str, failed: Iterable[tuple[str, str, str]], now: datetime) -> None:
        """Keep (path, version, reason) of documents that failed just now."""
        for path, version, reason in failed:
            first = {"version": version, "reason": reason, "since": _utc(now), "tried_at": _utc(now)}
            row = once.locked(self._session, FailureRow, {"source": name, "path": path}, first)
            row.version, row.reason, row.tried_at = version, reason, _utc(now)
        self._session.flush()

    def mended(self, name: str, paths: Collection[str]) -> None:
        """These documents can be read now, or are gone."""
        for path in paths:
            self._session.execute(delete(FailureRow).where(FailureRow.source == name, FailureRow.path == path))

    def forget(self, name: str) -> None:
        """Nothing is remembered of a source any more."""
        self._session.execute(delete(FailureRow).where(FailureRow.source == name))
        self._session.execute(delete(SourceRow).where(SourceRow.name == name))

    def _end(self, name: str, holder: str, now: datetime, values: dict[str, Any]) -> None:
        held = update(SourceRow).where(SourceRow.name == name, SourceRow.holder == holder)
        self._session.execute(held.values(finished_at=_utc(now), holder=None, held_until=None, **values))


def _state(row: SourceRow) -> SourceState:
    moments = (row.finished_at, row.read_at, row.failing_since, row.held_until)
    finished, read, failing, held = (aware(moment) if moment else None for moment in moments)
    return SourceState(row.name, finished, read, row.error or "", failing, row.summary, row.doubt, held)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
