"""How far something that is read again and again has been read. In the caller's transaction."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.once import locked
from bot.tables import BookmarkRow


def bookmark(session: Session, name: str) -> str | None:
    """What was remembered under this name; None when nothing was."""
    row = session.get(BookmarkRow, name)
    return (row.value or None) if row else None


def hold(session: Session, name: str) -> None:
    """Whoever holds or remembers the same waits until the transaction ends."""
    locked(session, BookmarkRow, {"name": name}, {"value": ""})


def remember(session: Session, name: str, value: str) -> None:
    """Remember it, in place of what was remembered before. Others who do so wait until the transaction ends."""
    locked(session, BookmarkRow, {"name": name}, {"value": value}).value = value
