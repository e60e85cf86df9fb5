"""How often the searchable content has changed, and which database this is."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from knowledge.once import locked
from knowledge.tables import RevisionRow

ONLY_ROW = 1
NOTHING_STORED = ("", 0)


def current_revision(session: Session) -> tuple[str, int]:
    """``(content_id, number)``; ``("", 0)`` as long as nothing was ever stored. Never writes."""
    row = session.execute(select(RevisionRow.content_id, RevisionRow.number)).first()
    return (row.content_id, row.number) if row is not None and row.number else NOTHING_STORED


def bump_revision(session: Session) -> int:
    """Count one change, in the caller's transaction: content and revision move together. Returns the new number."""
    number = _counted(session)
    if number is None:
        hold_revision(session)
        number = _counted(session)
    assert number is not None
    return number


def hold_revision(session: Session) -> None:
    """Whoever changes entries or counts a change waits until the transaction ends."""
    locked(session, RevisionRow, {"id": ONLY_ROW}, {"number": 0, "content_id": str(uuid4())})


def renew_content_id(session: Session) -> None:
    """This is another database from now on: no generation built before is taken for its own."""
    session.execute(update(RevisionRow).where(RevisionRow.id == ONLY_ROW).values(content_id=str(uuid4())))


def _counted(session: Session) -> int | None:
    """The new number; None when there was no row to count in."""
    counted = update(RevisionRow).where(RevisionRow.id == ONLY_ROW).values(number=RevisionRow.number + 1)
    return session.execute(counted.returning(RevisionRow.number)).scalar()
