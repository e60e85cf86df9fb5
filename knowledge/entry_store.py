"""Entries in the database, with every version they ever had."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from knowledge.bodies import entry_body, entry_from
from knowledge.domain import Entry, EntryStatus
from knowledge.revision import bump_revision
from knowledge.tables import EntryRow, EntryVersionRow


@dataclass(frozen=True)
class ImportSummary:
    """How many entries an import added, changed, and found as they were."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(frozen=True)
class EntryVersion:
    """An entry as it stood from ``created_at`` on, until the next version. Versions count from 1."""

    version: int
    entry: Entry
    author: str
    created_at: datetime


class EntryStore:
    """Works in the caller's transaction; lists come in the order of first import."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def import_entries(self, entries: Iterable[Entry], author: str, now: datetime) -> ImportSummary:
        """Add or update by id. Entries that are not among them stay as they are.

        Each change writes a version and bumps the revision once for all; the same entries again change nothing.
        """
        now = now.astimezone(UTC)
        rows = {row.id: row for row in self._session.scalars(select(EntryRow))}
        next_position = max((row.position for row in rows.values()), default=-1) + 1
        added = changed = unchanged = 0
        for entry in entries:
            row = rows.get(entry.id)
            if row is None:
                rows[entry.id] = self._add(entry, next_position + added, author, now)
                added += 1
            elif row.body == entry_body(entry):
                unchanged += 1
            else:
                self._change(row, entry, author, now)
                changed += 1
        if added or changed:
            self._session.flush()
            bump_revision(self._session)
        return ImportSummary(added, changed, unchanged)

    def get(self, entry_id: str) -> Entry | None:
        """The entry as it stands now."""
        row = self._session.get(EntryRow, entry_id)
        return None if row is None else entry_from(row.id, row.body)

    def all(self) -> tuple[Entry, ...]:
        """Every entry, whatever its status."""
        rows = self._session.scalars(select(EntryRow).order_by(EntryRow.position, EntryRow.id))
        return tuple(entry_from(row.id, row.body) for row in rows)

    def published(self) -> tuple[Entry, ...]:
        """The entries that are searched."""
        wanted = select(EntryRow).where(EntryRow.status == EntryStatus.PUBLISHED.value)
        rows = self._session.scalars(wanted.order_by(EntryRow.position, EntryRow.id))
        return tuple(entry_from(row.id, row.body) for row in rows)

    def count(self) -> int:
        """How many entries there are, whatever their status."""
        return self._session.scalar(select(func.count()).select_from(EntryRow)) or 0

    def history(self, entry_id: str) -> tuple[EntryVersion, ...]:
        """Every version of an entry, oldest first; the last one is current."""
        wanted = select(EntryVersionRow).where(EntryVersionRow.entry_id == entry_id)
        rows = self._session.scalars(wanted.order_by(EntryVersionRow.version))
        return tuple(
            EntryVersion(row.version, entry_from(entry_id, row.body), row.author, _utc(row.created_at))
            for row in rows
        )

    def _add(self, entry: Entry, position: int, author: str, now: datetime) -> EntryRow:
        body = entry_body(entry)
        row = EntryRow(
            id=entry.id, position=position, version=1, status=entry.status.value, body=body, updated_at=now
        )
        self._session.add(row)
        self._remember(row, author, now)
        return row

    def _change(self, row: EntryRow, entry: Entry, author: str, now: datetime) -> None:
        row.version += 1
        row.status = entry.status.value
        row.body = entry_body(entry)
        row.updated_at = now
        self._remember(row, author, now)

    def _remember(self, row: EntryRow, author: str, now: datetime) -> None:
        version = EntryVersionRow(entry_id=row.id, version=row.version, body=row.body, author=author, created_at=now)
        self._session.add(version)


def _utc(moment: datetime) -> datetime:
    """SQLite keeps no zone; what was stored is UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
