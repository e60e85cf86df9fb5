"""Documents and their sections in the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from knowledge.bodies import document_body, document_from
from knowledge.content_hash import text_hash
from knowledge.domain import Document
from knowledge.revision import bump_revision
from knowledge.section_rows import SectionRows
from knowledge.tables import DocumentRow, FormerPathRow, SectionRow

_Key = TypeVar("_Key", int, str)

CHUNK = 500
"""Values per statement: SQLite allows some thousand, PostgreSQL 65,535."""

_ON_ITS_WAY = "\x01moving:"
"""Where documents are while they change places; no path begins like that."""


class Change(StrEnum):
    """What storing a document did."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class DocumentCounts:
    """How much is stored."""

    documents: int
    sections: int


@dataclass(frozen=True)
class Stored:
    """What is known of a stored document without loading it. ``key`` stays the same when it moves."""

    key: int
    path: str
    version: str
    lasting_id: str
    text_hash: str


class DocumentStore:
    """Works in the caller's transaction. Every change of searchable content bumps the revision."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._sections = SectionRows(session)

    def upsert(self, document: Document, version: str, seen_at: datetime, lasting_id: str = "") -> Change:
        """Add or replace a document by source and path.

        With the stored ``content_hash`` only ``version`` and ``seen_at`` are noted: there is nothing to index anew.
        Of a changed one only the sections that changed are written.
        """
        row = self._row(document.source, document.path)
        change = Change.ADDED if row is None else Change.CHANGED
        if row is None:
            row = DocumentRow(source=document.source, path=document.path)
            self._session.add(row)
        elif row.content_hash == document.content_hash:
            change = Change.UNCHANGED
        row.version, row.seen_at, row.lasting_id = version, seen_at.astimezone(UTC), lasting_id or None
        if change is not Change.UNCHANGED:
            row.content_hash, row.title, row.body = document.content_hash, document.title, document_body(document)
            row.text_hash, row.revision = text_hash(document.sections), bump_revision(self._session)
        self._session.flush()
        if change is not Change.UNCHANGED:
            self._sections.replace(row.id, document.sections)
        return change

    def move(self, source: str, new_paths: Mapping[int, str]) -> None:
        """Give documents (by key) new paths, all at once: they may change places. Their former paths still find them.

        A document that stands at one of these paths and does not move itself is forgotten.
        """
        rows = {row.id: row for row in self._by_keys(list(new_paths))}
        former = {row.id: row.path for row in rows.values()}
        moving = {key: path for key, path in new_paths.items() if key in rows and former[key] != path}
        if not moving:
            return
        in_the_way = [row for path in moving.values() if (row := self._row(source, path)) and row.id not in moving]
        self.forget([row.id for row in in_the_way])
        revision = bump_revision(self._session)
        for key in moving:
            rows[key].path = f"{_ON_ITS_WAY}{key}"
        self._session.flush()
        for key, path in moving.items():
            rows[key].path, rows[key].revision = path, revision
            rows[key].version = ""  # its address may be another one: to be read again
        self._session.flush()
        self._remember(source, {key: former[key] for key in moving}, moving)

    def remove(self, source: str, paths: Iterable[str]) -> int:
        """Forget documents by path; says how many there were."""
        return self.forget([row.id for path in paths if (row := self._row(source, path)) is not None])

    def forget(self, keys: Sequence[int]) -> int:
        """Forget documents by key; says how many there were."""
        count = 0
        for chunk in _chunks(keys):
            self._sections.remove(chunk)
            self._session.execute(delete(FormerPathRow).where(FormerPathRow.document_id.in_(chunk)))
            gone = delete(DocumentRow).where(DocumentRow.id.in_(chunk)).returning(DocumentRow.id)
            count += len(self._session.scalars(gone).all())
        if count:
            bump_revision(self._session)
        return count

    def seen(self, keys: Sequence[int], at: datetime) -> None:
        """Note that documents were there at a moment."""
        for chunk in _chunks(keys):
            noted = update(DocumentRow).where(DocumentRow.id.in_(chunk)).values(seen_at=at.astimezone(UTC))
            self._session.execute(noted, execution_options={"synchronize_session": False})

    def stored(self, source: str) -> tuple[Stored, ...]:
        """What is known of each of a source's documents, by path."""
        wanted = select(
            DocumentRow.id, DocumentRow.path, DocumentRow.version, DocumentRow.lasting_id, DocumentRow.text_hash
        ).where(DocumentRow.source == source)
        return tuple(
            Stored(key, path, version, lasting or "", text or "")
            for key, path, version, lasting, text in self._session.execute(wanted.order_by(DocumentRow.path))
        )

    def versions(self, source: str) -> dict[str, str]:
        """The stored version of each of a source's documents, by path."""
        return {stored.path: stored.version for stored in self.stored(source)}

    def current_path(self, source: str, path: str) -> str | None:
        """Where a document is now that was once at ``path``; None when it is gone."""
        if self._row(source, path) is not None:
            return path
        moved = select(DocumentRow.path).join(FormerPathRow, FormerPathRow.document_id == DocumentRow.id)
        return self._session.scalar(moved.where(FormerPathRow.source == source, FormerPathRow.path == path))

    def documents(self, source: str | None = None) -> tuple[Document, ...]:
        """Every document (of one source), by source and path."""
        wanted = select(DocumentRow).order_by(DocumentRow.source, DocumentRow.path)
        if source is not None:
            wanted = wanted.where(DocumentRow.source == source)
        rows = list(self._session.scalars(wanted))
        sections = self._sections.all(source)
        return tuple(
            document_from(
                row.source,
                row.path,
                row.title,
                row.content_hash,
                sections=tuple(sections.get(row.id, ())),
                body=row.body,
            )
            for row in rows
        )

    def counts(self, source: str | None = None) -> DocumentCounts:
        """How many documents and sections are stored (of one source)."""
        documents = select(func.count()).select_from(DocumentRow)
        sections = select(func.count()).select_from(SectionRow)
        if source is not None:
            documents = documents.where(DocumentRow.source == source)
            sections = sections.join(DocumentRow).where(DocumentRow.source == source)
        return DocumentCounts(self._session.scalar(documents) or 0, self._session.scalar(sections) or 0)

    def sources(self) -> dict[str, int]:
        """How many documents each source has, by its name."""
        counted = select(DocumentRow.source, func.count()).group_by(DocumentRow.source).order_by(DocumentRow.source)
        return {source: count for source, count in self._session.execute(counted)}

    def _row(self, source: str, path: str) -> DocumentRow | None:
        wanted = select(DocumentRow).where(DocumentRow.source == source, DocumentRow.path == path)
        return self._session.scalar(wanted)

    def _by_keys(self, keys: Sequence[int]) -> Iterator[DocumentRow]:
        for chunk in _chunks(keys):
            yield from self._session.scalars(select(DocumentRow).where(DocumentRow.id.in_(chunk)))

    def _remember(self, source: str, former: Mapping[int, str], now: Mapping[int, str]) -> None:
        """Keep the former paths, as far as nothing else stands there now."""
        for key, path in former.items():
            self._session.merge(FormerPathRow(source=source, path=path, document_id=key))
        self._session.flush()
        for chunk in _chunks(list(now.values())):
            taken = delete(FormerPathRow).where(FormerPathRow.source == source, FormerPathRow.path.in_(chunk))
            self._session.execute(taken)


def _chunks(keys: Sequence[_Key]) -> Iterator[Sequence[_Key]]:
    return (keys[start : start + CHUNK] for start in range(0, len(keys), CHUNK))
