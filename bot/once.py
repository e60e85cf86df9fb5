"""Rows that are there once: stored unless one of their keys is known, in one statement and without an error."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.dml import Insert as PostgresInsert
from sqlalchemy.dialects.sqlite.dml import Insert as SqliteInsert
from sqlalchemy.orm import Session

from bot.tables import Base


def add_once(session: Session, row: type[Base], values: Mapping[str, Any]) -> bool:
    """Store a row, in the caller's transaction. False when a row with one of its unique keys is there already.

    On PostgreSQL it waits for whoever is storing the same key at this moment.
    """
    statement = _statement(row, session.get_bind().dialect.name == "sqlite")
    return session.execute(statement, dict(values)).first() is not None


@cache
def _statement(row: type[Base], is_sqlite: bool) -> Any:  # noqa: ANN401 - executable, of one dialect or the other
    table = row.metadata.tables[row.__tablename__]
    insert: SqliteInsert | PostgresInsert = sqlite.insert(table) if is_sqlite else postgresql.insert(table)
    return insert.on_conflict_do_nothing().returning(*table.primary_key)
