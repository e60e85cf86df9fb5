"""Rows that several processes may make and change at once. In the caller's transaction.

On SQLite a transaction that writes has the whole database to itself, on PostgreSQL it has what it locks: whoever
changes a row by what it read there reads it with ``locked``.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from knowledge.tables import Base

Row = TypeVar("Row", bound=Base)


def locked(session: Session, row: type[Row], key: Mapping[str, Any], first: Mapping[str, Any]) -> Row:
    """The row with this unique key, as it is now; nobody else changes it before the transaction ends.

    Where there is none it is made of ``key`` and ``first``: of several who make it one does, and the others wait.
    """
    wanted = select(row).filter_by(**key).with_for_update().execution_options(populate_existing=True)
    found = session.scalar(wanted)
    if found is None:
        with suppress(IntegrityError), session.begin_nested():
            session.add(row(**key, **first))
        found = session.scalars(wanted).one()
    return found
