"""Pages that changed below an entry which cites them: the entry needs somebody's look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import urldefrag

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from knowledge.document_store import DocumentStore
from knowledge.domain import Document, Entry
from knowledge.entry_store import EntryStore
from knowledge.moments import aware
from knowledge.places import address
from knowledge.tables import CitedRow


@dataclass(frozen=True)
class Drifted:
    """A cited text that is no longer as it was at the entry's last review. ``now`` is None when it is gone."""

    entry_id: str
    url: str
    was: str
    now: str | None
    since: datetime


class Drift:
    """Compares what entries cite with what was there. Works in the caller's transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def look(self, now: datetime) -> int:
        """Note what changed since the last look, and what is cited for the first time; says how many pages changed.

        An address none of our documents has is nobody's business here. Texts that are as they were again are fine.
        """
        entries = EntryStore(self._session).published()
        texts = cited_texts(entries, DocumentStore(self._session).documents())
        known = {(row.entry_id, row.url): row for row in self._session.scalars(_all_locked())}
        wanted = {(entry.id, source.url) for entry in entries for source in entry.sources}
        changed = 0
        for key in wanted:
            row, text = known.get(key), texts.get(key[1])
            if row is None and text is not None:
                self._session.add(_row(*key, text))
            elif row is not None:
                changed += _compare(row, text, now)
        for key in known.keys() - wanted:
            self._session.delete(known[key])
        self._session.flush()
        return changed

    def drifted(self, entry_id: str | None = None) -> tuple[Drifted, ...]:
        """What changed (below one entry), the longest ago first."""
        wanted = select(CitedRow).where(CitedRow.changed_at.is_not(None)).order_by(CitedRow.changed_at)
        if entry_id is not None:
            wanted = wanted.where(CitedRow.entry_id == entry_id)
        return tuple(
            Drifted(row.entry_id, row.url, row.text, row.now_text, aware(row.changed_at))
            for row in self._session.scalars(wanted)
            if row.changed_at is not None
        )

    def accept(self, entry_id: str) -> None:
        """Somebody looked: what the pages say now is what counts from here on."""
        self._session.execute(delete(CitedRow).where(CitedRow.entry_id == entry_id))
        self._session.flush()


def _all_locked() -> Select[CitedRow]:
    """Who accepts a text meanwhile waits for the look to end."""
    return select(CitedRow).order_by(CitedRow.entry_id, CitedRow.url_hash).with_for_update()


def cited_texts(entries: Iterable[Entry], documents: Iterable[Document]) -> Mapping[str, str]:
    """What stands at each address that entries cite: the section with that anchor, or the whole page without one."""
    wanted = {source.url for entry in entries for source in entry.sources}
    pages = {_page(url) for url in wanted}
    found: dict[str, str] = {}
    for document in documents:
        if not document.url or _page(document.url) not in pages:
            continue
        sections = {address(document.url, section.anchor): section.text for section in document.sections}
        whole = "\n\n".join(section.text for section in document.sections)
        for url in (url for url in wanted if _page(url) == _page(document.url)):
            text = sections.get(url) if urldefrag(url).fragment else whole
            if text is not None:
                found[url] = text
    return found


def _compare(row: CitedRow, text: str | None, now: datetime) -> bool:
    """Bring a row up to what stands there; whether that is news."""
    if text == row.text:
        row.changed_at = row.now_text = None
        return False
    news = row.changed_at is None or row.now_text != text
    row.now_text = text
    row.changed_at = row.changed_at or now.astimezone(UTC)
    return news


def _row(entry_id: str, url: str, text: str) -> CitedRow:
    url_hash = sha256(url.encode()).hexdigest()
    return CitedRow(entry_id=entry_id, url_hash=url_hash, url=url, text=text, changed_at=None, now_text=None)


def _page(url: str) -> str:
    return urldefrag(url).url.rstrip("/")
