"""A document's sections as rows: of a changed document only the sections that changed are written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from knowledge.content_hash import section_hash
from knowledge.domain import Section
from knowledge.tables import DocumentRow, SectionRow

_COLUMNS = SectionRow.__table__.c


class SectionRows:
    """Works in the caller's transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def replace(self, document_id: int, sections: Sequence[Section]) -> int:
        """Make these the sections of a document, in this order; says how many had to be written."""
        before = self._stored(document_id)
        fresh: list[dict[str, Any]] = []
        moved: list[dict[str, Any]] = []
        for position, section in enumerate(sections):
            mark = section_hash(section)
            same = before[mark].pop(0) if before.get(mark) else None
            if same is None:
                fresh.append(_values(document_id, position, section, mark))
            elif same[1:] != (position, section.line):
                moved.append({"id": same[0], "position": position, "line": section.line})
        gone = [row[0] for rows in before.values() for row in rows]
        if gone:
            self._session.execute(delete(SectionRow).where(SectionRow.id.in_(gone)))
        if moved:
            self._session.execute(update(SectionRow), moved)
        if fresh:
            self._session.execute(insert(SectionRow), fresh)
        return len(fresh)

    def remove(self, document_ids: Sequence[int]) -> None:
        """Forget all sections of documents."""
        self._session.execute(delete(SectionRow).where(SectionRow.document_id.in_(document_ids)))

    def all(self, source: str | None = None) -> dict[int, list[Section]]:
        """Every section in page order, by its document's row id (of one source)."""
        c = _COLUMNS
        wanted = select(c.document_id, c.heading, c.parents, c.level, c.text, c.anchor, c.line)
        wanted = wanted.order_by(c.document_id, c.position)
        if source is not None:
            wanted = wanted.join(DocumentRow, DocumentRow.id == c.document_id).where(DocumentRow.source == source)
        found: dict[int, list[Section]] = defaultdict(list)
        for document_id, heading, parents, level, text, anchor, line in self._session.execute(wanted):
            found[document_id].append(Section(heading, tuple(parents), level, text, anchor, line))
        return found

    def _stored(self, document_id: int) -> dict[str, list[tuple[int, int, int]]]:
        """(row id, position, line) of the stored sections by hash; those stored before there were hashes have ""."""
        c = _COLUMNS
        wanted = select(c.id, c.position, c.line, c.content_hash).where(c.document_id == document_id)
        found: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        for row_id, position, line, mark in self._session.execute(wanted.order_by(c.position)):
            found[mark or ""].append((row_id, position, line))
        return found


def _values(document_id: int, position: int, section: Section, mark: str) -> dict[str, Any]:
    return {
        "document_id": document_id,
        "position": position,
        "heading": section.heading,
        "parents": list(section.parents),
        "level": section.level,
        "anchor": section.anchor,
        "line": section.line,
        "text": section.text,
        "content_hash": mark,
    }
