"""Rows that are there once: stored unless one of their keys is known, in one statement and without an error.

And rows that are read in order to be changed: on SQLite a transaction that writes has the whole database to itself,
on PostgreSQL it has what it locks. Whoever changes a row by what it read there reads it with ``locked``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.dml import Insert as PostgresInsert
from sqlalchemy.dialects.sqlite.dml import Insert as SqliteInsert
from sqlalchemy.orm import Session

from bot.tables import Base

Row = TypeVar("Row", bound=Base)


def add_once(session: Session, row: type[Base], values: Mapping[str, Any]) -> bool:
    """Store a row, in the caller's transaction. False when a row with one of its unique keys is there already.

    On PostgreSQL it waits for whoever is storing the same key at this moment.
    """
    statement = _statement(row, session.get_bind().dialect.name == "sqlite")
    return session.execute(statement, dict(values)).first() is not None


def locked(session: Session, row: type[Row], key: Mapping[str, Any], first: Mapping[str, Any]) -> Row:
    """The row with this unique key, as it is now; nobody else changes it before the transaction ends.

    Where there is none it is made of ``key`` and ``first``: of several who make it one does, and the others wait.
    """
    wanted = select(row).filter_by(**key).with_for_update().execution_options(populate_existing=True)
    found = session.scalar(wanted)
    if found is None:
        add_once(session, row, {**key, **first})
        found = session.scalars(wanted).one()
    return found


@cache
def _statement(row: type[Base], is_sqlite: bool) -> Any:  # noqa: ANN401 - executable, of one dialect or the other
    table = row.metadata.tables[row.__tablename__]
    insert: SqliteInsert | PostgresInsert = sqlite.insert(table) if is_sqlite else postgresql.insert(table)
    return insert.on_conflict_do_nothing().returning(*table.primary_key)
