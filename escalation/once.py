"""Rows that several processes may make at once."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from escalation.tables import Base


def added(session: Session, row: Base) -> bool:
    """Store a row, in the caller's transaction. False when one with its unique key is there already.

    On PostgreSQL it waits for whoever is storing the same key at this moment.
    """
    with suppress(IntegrityError), session.begin_nested():
        session.add(row)
        session.flush()
        return True
    return False
