"""Entries in the database, with every version they ever had."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from knowledge.bodies import entry_body, entry_from
from knowledge.domain import Entry, EntryStatus
from knowledge.errors import EntryChanged
from knowledge.moments import aware
from knowledge.revision import bump_revision, hold_revision
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
    reason: str = ""


class EntryStore:
    """Works in the caller's transaction; lists come in the order of first import."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def import_entries(self, entries: Iterable[Entry], author: str, now: datetime) -> ImportSummary:
        """Add or update by id. Entries that are not among them stay as they are.

        Each change writes a version and bumps the revision once for all; the same entries again change nothing.
        """
        now = now.astimezone(UTC)
        hold_revision(self._session)
        rows = {row.id: row for row in self._session.scalars(select(EntryRow).with_for_update())}
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

    def save(self, entry: Entry, author: str, now: datetime, reason: str = "", base: int | None = None) -> int:
        """Add or change one entry, and return its version; the same entry again changes nothing.

        ``base`` is the version the change was made from (None: the entry is new). Raises EntryChanged when it is not
        the current one any more.
        """
        now = now.astimezone(UTC)
        hold_revision(self._session)
        row = self._session.get(EntryRow, entry.id, with_for_update=True, populate_existing=True)
        current = row.version if row else None
        if current != base:
            raise EntryChanged(entry.id, base, current)
        if row is None:
            row = self._add(entry, self._next_position(), author, now, reason)
        elif row.body == entry_body(entry):
            return row.version
        else:
            self._change(row, entry, author, now, reason)
        self._session.flush()
        bump_revision(self._session)
        return row.version

    def touch(self, entry_id: str, now: datetime) -> None:
        """Somebody looked at it now, whether or not they changed a word."""
        row = self._session.get(EntryRow, entry_id)
        if row is not None:
            row.updated_at = now.astimezone(UTC)
            self._session.flush()

    def version(self, entry_id: str) -> int | None:
        """The current version of an entry; None when there is none."""
        return self._session.scalar(select(EntryRow.version).where(EntryRow.id == entry_id))

    def versions(self) -> dict[str, int]:
        """The current version of every entry."""
        return {row.id: row.version for row in self._session.execute(select(EntryRow.id, EntryRow.version))}

    def get(self, entry_id: str, *, lock: bool = False) -> Entry | None:
        """The entry as it stands now; ``lock`` keeps others from changing it until the transaction ends."""
        if lock:
            hold_revision(self._session)
        row = self._session.get(EntryRow, entry_id, with_for_update=lock, populate_existing=lock)
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

    def changed_at(self) -> dict[str, datetime]:
        """When each entry was last written or reviewed, by id."""
        rows = self._session.execute(select(EntryRow.id, EntryRow.updated_at))
        return {entry_id: aware(moment) for entry_id, moment in rows}

    def count(self) -> int:
        """How many entries there are, whatever their status."""
        return self._session.scalar(select(func.count()).select_from(EntryRow)) or 0

    def history(self, entry_id: str) -> tuple[EntryVersion, ...]:
        """Every version of an entry, oldest first; the last one is current."""
        wanted = select(EntryVersionRow).where(EntryVersionRow.entry_id == entry_id)
        rows = self._session.scalars(wanted.order_by(EntryVersionRow.version))
        return tuple(
            EntryVersion(row.version, entry_from(entry_id, row.body), row.author, aware(row.created_at), row.reason)
            for row in rows
        )

    def _next_position(self) -> int:
        last = self._session.scalar(select(func.max(EntryRow.position)))
        return 0 if last is None else last + 1

    def _add(self, entry: Entry, position: int, author: str, now: datetime, reason: str = "") -> EntryRow:
        body = entry_body(entry)
        row = EntryRow(
            id=entry.id, position=position, version=1, status=entry.status.value, body=body, updated_at=now
        )
        self._session.add(row)
        self._remember(row, author, now, reason)
        return row

    def _change(self, row: EntryRow, entry: Entry, author: str, now: datetime, reason: str = "") -> None:
        row.version += 1
        row.status = entry.status.value
        row.body = entry_body(entry)
        row.updated_at = now
        self._remember(row, author, now, reason)

    def _remember(self, row: EntryRow, author: str, now: datetime, reason: str) -> None:
        self._session.add(
            EntryVersionRow(
                entry_id=row.id, version=row.version, body=row.body, author=author, created_at=now, reason=reason
            )
        )
