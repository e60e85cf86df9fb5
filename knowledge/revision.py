"""How often the searchable content has changed, and which database this is."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from knowledge.tables import RevisionRow

ONLY_ROW = 1
NOTHING_STORED = ("", 0)


def current_revision(session: Session) -> tuple[str, int]:
    """``(content_id, number)``; ``("", 0)`` as long as nothing was ever stored. Never writes."""
    row = session.execute(select(RevisionRow.content_id, RevisionRow.number)).first()
    return NOTHING_STORED if row is None else (row.content_id, row.number)


def bump_revision(session: Session) -> None:
    """Count one change, in the caller's transaction, so that content and revision move together."""
    counted = session.execute(
        update(RevisionRow)
        .where(RevisionRow.id == ONLY_ROW)
        .values(number=RevisionRow.number + 1)
        .returning(RevisionRow.id)
    ).first()
    if counted is None:
        session.add(RevisionRow(id=ONLY_ROW, number=1, content_id=str(uuid4())))
        session.flush()
