"""Documents and their sections in the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from knowledge.bodies import document_body, document_from
from knowledge.domain import Document, Section
from knowledge.revision import bump_revision
from knowledge.tables import DocumentRow, SectionRow


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


class DocumentStore:
    """Works in the caller's transaction. Every change of searchable content bumps the revision."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def upsert(self, document: Document, version: str, seen_at: datetime) -> Change:
        """Add or replace a document by source and path.

        With the stored ``content_hash`` only ``version`` and ``seen_at`` are noted: there is nothing to index anew.
        """
        row = self._row(document.source, document.path)
        if row is not None and row.content_hash == document.content_hash:
            row.version, row.seen_at = version, seen_at
            self._session.flush()
            return Change.UNCHANGED
        change = Change.ADDED if row is None else Change.CHANGED
        if row is None:
            row = DocumentRow(source=document.source, path=document.path)
            self._session.add(row)
        row.version, row.seen_at = version, seen_at
        row.content_hash, row.title, row.body = document.content_hash, document.title, document_body(document)
        self._session.flush()
        self._replace_sections(row.id, document.sections)
        bump_revision(self._session)
        return change

    def remove(self, source: str, paths: Iterable[str]) -> int:
        """Forget documents; says how many there were."""
        rows = [row for path in paths if (row := self._row(source, path)) is not None]
        for row in rows:
            self._session.execute(delete(SectionRow).where(SectionRow.document_id == row.id))
            self._session.delete(row)
        if rows:
            self._session.flush()
            bump_revision(self._session)
        return len(rows)

    def versions(self, source: str) -> dict[str, str]:
        """The stored version of each of a source's documents, by path."""
        wanted = select(DocumentRow.path, DocumentRow.version).where(DocumentRow.source == source)
        return {path: version for path, version in self._session.execute(wanted)}

    def documents(self, source: str | None = None) -> tuple[Document, ...]:
        """Every document (of one source), by source and path."""
        wanted = select(DocumentRow).order_by(DocumentRow.source, DocumentRow.path)
        if source is not None:
            wanted = wanted.where(DocumentRow.source == source)
        rows = list(self._session.scalars(wanted))
        sections = self._sections(source)
        return tuple(
            document_from(
                row.source, row.path, row.title, row.content_hash, sections=tuple(sections[row.id]), body=row.body
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

    def _row(self, source: str, path: str) -> DocumentRow | None:
        wanted = select(DocumentRow).where(DocumentRow.source == source, DocumentRow.path == path)
        return self._session.scalar(wanted)

    def _replace_sections(self, document_id: int, sections: tuple[Section, ...]) -> None:
        self._session.execute(delete(SectionRow).where(SectionRow.document_id == document_id))
        self._session.add_all(
            SectionRow(
                document_id=document_id,
                position=position,
                heading=section.heading,
                parents=list(section.parents),
                level=section.level,
                anchor=section.anchor,
                line=section.line,
                text=section.text,
            )
            for position, section in enumerate(sections)
        )
        self._session.flush()

    def _sections(self, source: str | None) -> dict[int, list[Section]]:
        columns = SectionRow.__table__.c
        wanted = select(
            columns.document_id,
            columns.heading,
            columns.parents,
            columns.level,
            columns.text,
            columns.anchor,
            columns.line,
        ).order_by(columns.document_id, columns.position)
        if source is not None:
            wanted = wanted.join(DocumentRow, DocumentRow.id == SectionRow.document_id).where(
                DocumentRow.source == source
            )
        found: dict[int, list[Section]] = defaultdict(list)
        for document_id, heading, parents, level, text, anchor, line in self._session.execute(wanted):
            found[document_id].append(Section(heading, tuple(parents), level, text, anchor, line))
        return found
