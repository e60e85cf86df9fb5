"""Rows that are there once: stored unless one of their keys is known, in one statement and without an error.

And rows that are read in order to be changed: on SQLite a transaction that writes has the whole database to itself,
on PostgreSQL it has what it locks. Whoever changes a row by what it read there reads it with ``locked``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Row as Columns
from sqlalchemy import Select, Update, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.dml import Insert as PostgresInsert
from sqlalchemy.dialects.sqlite.dml import Insert as SqliteInsert
from sqlalchemy.orm import Session

from bot.tables import Base, table_of

Row = TypeVar("Row", bound=Base)

_ANEW = {"populate_existing": True}
_THAT = "that_"


def add_once(session: Session, row: type[Base], values: Mapping[str, Any]) -> bool:
    """Store a row, in the caller's transaction. False when a row with one of its unique keys is there already.

    On PostgreSQL it waits for whoever is storing the same key at this moment.
    """
    return added(session, row, values) is not None


def added(session: Session, row: type[Base], values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - of the row's own type
    """As ``add_once``: what the new row's primary key begins with; None when a row is there already."""
    statement = _statement(row, session.get_bind().dialect.name == "sqlite")
    return session.execute(statement, dict(values)).scalar()


def locked(session: Session, row: type[Row], key: Mapping[str, Any], first: Mapping[str, Any]) -> Row:
    """The row with this unique key, as it is now; nobody else changes it before the transaction ends.

    Where there is none it is made of ``key`` and ``first``: of several who make it one does, and the others wait.
    """
    wanted = _wanted(row, tuple(key))
    found: Row | None = session.scalar(wanted, dict(key), execution_options=_ANEW)
    if found is None:
        add_once(session, row, {**key, **first})
        found = session.scalars(wanted, dict(key), execution_options=_ANEW).one()
    return found


def locked_columns(
    session: Session, row: type[Base], key: Mapping[str, Any], first: Mapping[str, Any]
) -> Columns[Any]:
    """As ``locked``, without the object around it, which takes longer than the query: change it with ``change``."""
    wanted = _wanted(row, tuple(key), columns=True)
    found = session.execute(wanted, dict(key)).first()
    if found is None:
        add_once(session, row, {**key, **first})
        found = session.execute(wanted, dict(key)).one()
    return found


def change(session: Session, row: type[Base], key: Mapping[str, Any], **values: Any) -> None:  # noqa: ANN401 - columns
    """Give columns of the row with this key new values."""
    session.execute(_changed(row, tuple(key)), {f"{_THAT}{name}": value for name, value in key.items()} | values)


@cache
def _wanted(row: type[Base], key: tuple[str, ...], *, columns: bool = False) -> Select[Any]:
    what = table_of(row) if columns else row
    return select(what).where(*(getattr(row, name) == bindparam(name) for name in key)).with_for_update()


@cache
def _changed(row: type[Base], key: tuple[str, ...]) -> Update:
    table = table_of(row)
    return update(table).where(*(table.c[name] == bindparam(f"{_THAT}{name}") for name in key))


@cache
def _statement(row: type[Base], is_sqlite: bool) -> Any:  # noqa: ANN401 - executable, of one dialect or the other
    table = table_of(row)
    insert: SqliteInsert | PostgresInsert = sqlite.insert(table) if is_sqlite else postgresql.insert(table)
    return insert.on_conflict_do_nothing().returning(*table.primary_key)
