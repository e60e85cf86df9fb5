"""The FAQ page by page, as far as somebody may see it."""

from __future__ import annotations

from bot.clock import Clock
from bot.curation.entry_search import found
from bot.curation.faq_lists import entries_page
from bot.curation.faq_readers import Readers
from bot.database import Database
from bot.slack.message import Message
from knowledge.entry_store import EntryStore


class FaqPages:
    """Reads and renders a page. Raises DatabaseUnavailable."""

    def __init__(self, readers: Readers, database: Database, clock: Clock) -> None:
        self._readers = readers
        self._database = database
        self._clock = clock

    def page(self, person: str, searched: str, page: int) -> Message:
        """A page of the entries this person may see, or of those that have these words; counts from 0."""
        with self._database.read() as session:
            entries = EntryStore(session).all()
        seen = self._readers.visible(person, entries)
        listed = found(seen, searched) if searched else seen
        curator = self._readers.is_curator(person)
        return entries_page(listed, page, searched, self._clock().date(), curator=curator)
