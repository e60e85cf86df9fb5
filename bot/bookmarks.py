"""How far something that is read again and again has been read. In the caller's transaction."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.tables import BookmarkRow


def bookmark(session: Session, name: str) -> str | None:
    """What was remembered under this name; None when nothing was."""
    row = session.get(BookmarkRow, name)
    return row.value if row else None


def remember(session: Session, name: str, value: str) -> None:
    """Remember it, in place of what was remembered before."""
    row = session.get(BookmarkRow, name)
    if row is None:
        session.add(BookmarkRow(name=name, value=value))
    else:
        row.value = value
