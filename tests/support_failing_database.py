"""A desk's database whose N-th statement or commit fails: SQLite's, or PostgreSQL's with connections that are cut."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import errors
from sqlalchemy import event
from support_database import ON_POSTGRES
from support_desk import Room
from support_failing import NO_TROUBLE

SAID_BY_SQLITE = (
    (sqlite3.OperationalError, "disk I/O error"),
    (sqlite3.OperationalError, "database is locked"),
    (sqlite3.OperationalError, "database or disk is full"),
    (sqlite3.OperationalError, "attempt to write a readonly database"),
)
SAID_BY_POSTGRES = (
    (errors.OperationalError, "server closed the connection unexpectedly"),
    (errors.QueryCanceled, "canceling statement due to statement timeout"),
    (errors.DeadlockDetected, "deadlock detected"),
    (errors.DiskFull, "could not extend file: No space left on device"),
)
"""After the first of these the connection is gone."""


def error(number: int) -> Exception:
    """What the database under test says, by turns."""
    said = SAID_BY_POSTGRES if ON_POSTGRES else SAID_BY_SQLITE
    kind, words = said[number % len(said)]
    return kind(words)


class FailingDatabase:
    """Lets statements, BEGIN, COMMIT and PRAGMA included, of one desk's connections fail."""

    def __init__(self, room: Room) -> None:
        self.trouble = NO_TROUBLE
        self.only_commits = False
        connected = _sqlite if room.database.is_sqlite else _postgres
        event.listen(
            room.database.engine, "do_connect", lambda _dialect, _record, given, more: connected(self, given, more)
        )
        room.database.engine.dispose()

    def calm(self) -> None:
        """Nothing fails any more."""
        self.trouble = NO_TROUBLE

    def before(self, what: str, commits: bool = False) -> None:
        """A statement or a commit is about to be made."""
        if commits or not self.only_commits:
            self.trouble.before(what)


def _sqlite(outer: FailingDatabase, arguments: list[Any], more: dict[str, Any]) -> sqlite3.Connection:
    class Cursor(sqlite3.Cursor):
        def execute(self, statement: str, *values: Any) -> Any:
            outer.before(statement)
            return super().execute(statement, *values)

    class Connection(sqlite3.Connection):
        def cursor(self, *_: Any) -> Cursor:  # type: ignore[override]
            return super().cursor(Cursor)

        def commit(self) -> None:
            outer.before("COMMIT", commits=True)
            super().commit()
            outer.trouble.after("COMMIT")

    return sqlite3.connect(*arguments, factory=Connection, **more)


def _postgres(outer: FailingDatabase, arguments: list[Any], more: dict[str, Any]) -> psycopg.Connection[Any]:
    class Cursor(psycopg.Cursor[Any]):
        def execute(self, query: Any, *values: Any, **options: Any) -> Any:
            with _cut(self.connection):
                outer.before(str(query))
            return super().execute(query, *values, **options)

    class Connection(psycopg.Connection[Any]):
        def commit(self) -> None:
            with _cut(self):
                outer.before("COMMIT", commits=True)
            super().commit()
            with _cut(self):
                outer.trouble.after("COMMIT")

    return Connection.connect(*arguments, cursor_factory=Cursor, **more)


@contextmanager
def _cut(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Who hears that the connection is gone finds it so."""
    try:
        yield
    except errors.OperationalError as exc:
        if type(exc) is errors.OperationalError:
            connection.close()
        raise
