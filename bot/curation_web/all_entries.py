"""Every entry, read again only when the content has changed: a table of a thousand is opened often."""

from __future__ import annotations

from bot.database import Database
from knowledge.domain import Entry
from knowledge.entry_store import EntryStore
from knowledge.revision import current_revision


class AllEntries:
    """Safe to use from several threads: what is kept is replaced as a whole."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: tuple[tuple[str, int] | None, tuple[Entry, ...]] = (None, ())

    def now(self) -> tuple[Entry, ...]:
        """The entries as they are, whatever their status."""
        with self._database.read() as session:
            revision = current_revision(session)
            known, entries = self._kept
            if known != revision:
                entries = EntryStore(session).all()
                self._kept = revision, entries
        return entries
