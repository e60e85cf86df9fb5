"""The one place that creates an engine: SQLite made safe for several writers, or PostgreSQL."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy import text as sql_text
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    InterfaceError,
    InternalError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from bot.errors import DatabaseUnavailable
from bot.transaction_notes import committed

BUSY_TIMEOUT_S = 5.0
"""How long a SQLite writer waits for its turn before it gives up."""

CONNECT_TIMEOUT_S = 10
"""How long PostgreSQL may take to let us in; without it a lost packet holds a start up for minutes."""

_POSTGRES = "postgresql+psycopg"
_OTHER_NAMES = {"postgres": _POSTGRES, "postgresql": _POSTGRES}
"""How hosts hand out PostgreSQL addresses; without a driver SQLAlchemy would look for one we do not use."""

_ADVICE = (
    (("locked",), "The database is locked by another program. Close it there, or try again in a moment."),
    (
        ("readonly", "read-only", "read only"),
        "The database is read-only: this user may not write the file or its folder. "
        "Change that, or set DATA_DIR to a folder you may write.",
    ),
    (
        ("unable to open",),
        "The database file cannot be opened: its folder is missing or closed to this user. "
        "Check DATABASE_URL and DATA_DIR.",
    ),
    (("is full", "no space left"), "The disk is full: the database cannot grow. Make room, then try again."),
    (
        ("disk i/o error",),
        "The database file cannot be written: the disk is full or failing. Make room or check the disk.",
    ),
    (
        ("not a database",),
        "The database file is not a SQLite database. Check DATABASE_URL, or move the file out of the way.",
    ),
    (
        ("malformed", "corrupt"),
        "The database file is damaged. Put a backup in its place (the sqlite3 tool's `.recover` may save the rest).",
    ),
    (("no such table",), "The database has no tables yet: run `mops-desk db upgrade`."),
    (
        ("does not exist",),
        "The database server has no database or user of that name. Create it, or check DATABASE_URL.",
    ),
    (
        ("authentication failed", "no password supplied"),
        "The database server does not accept the name or password. Check DATABASE_URL.",
    ),
    (
        ("refused", "resolve", "timeout", "timed out", "unreachable", "closed the connection", "name or service"),
        "The database server cannot be reached. Check that it runs, and DATABASE_URL.",
    ),
)
"""What database drivers say, and what that means for the person who reads it; the first match counts."""


_ESCAPES = re.compile(r"(\\\\|\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2})|\\u0000|\\ud[89a-f][0-9a-f]{2}")
"""In JSON: an escaped backslash and a whole surrogate pair, which stay (group 1), and what cannot be stored."""

_WAITED_S = 0.1
_PATIENCE = "desk_patience_s"

POOL = {"pool_size": 10, "max_overflow": 30, "pool_timeout": 5.0}
"""Connections per process: the loops, and as many receiving threads as may come together; who waits longer fails."""


class Database:
    """An engine and the two kinds of transaction the desk uses.

    ``patience_s``: how long a write waits for its turn, and on PostgreSQL how long each statement may take.
    """

    def __init__(self, engine: Engine, patience_s: float | None = None, turn: threading.Lock | None = None) -> None:
        self.engine = engine
        self._writer = engine.execution_options(desk_writes=True, desk_patience_s=patience_s)
        self._patience_s = patience_s or BUSY_TIMEOUT_S
        self._turn = turn or threading.Lock()

    def impatient(self, patience_s: float) -> Database:
        """The same database, for somebody who must answer soon whether or not it can be written."""
        return Database(self.engine, patience_s, self._turn)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is SQLite (one machine) rather than PostgreSQL (any number of processes)."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One consistent view; does not wait for writers. Raises DatabaseUnavailable."""
        with _translated(), Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction that holds the writer's turn from its start: committed at the end, or not at all.

        Raises DatabaseUnavailable when the database cannot be reached or written; other SQL errors pass through.
        """
        with self._our_turn() as engine, _translated(), _opened(engine) as session, session.begin():
            yield session
        committed(session)

    @contextmanager
    def _our_turn(self) -> Iterator[Engine]:
        """Threads of this process queue here: SQLite lets them sleep and try again, and one may starve."""
        if not self.is_sqlite:
            yield self._writer
            return
        began = time.monotonic()
        if not self._turn.acquire(timeout=self._patience_s):
            raise DatabaseUnavailable("The database is busy. Try again in a moment.")
        try:
            yield self._with_what_is_left(time.monotonic() - began)
        finally:
            self._turn.release()

    def _with_what_is_left(self, waited_s: float) -> Engine:
        """Waiting for other threads and for other programs is one wait: who answers Slack has one patience."""
        if waited_s < _WAITED_S:
            return self._writer
        return self._writer.execution_options(desk_patience_s=max(_WAITED_S, self._patience_s - waited_s))

    def require_writable(self) -> None:
        """Write what is there already: BEGIN IMMEDIATE passes on a read-only file, a change of no row on a full disk.

        Raises DatabaseUnavailable.
        """
        with self.write() as session:
            session.execute(sql_text("UPDATE alembic_version SET version_num = version_num"))

    def is_writable(self) -> bool:
        """Whether the tables are there and can be written right now."""
        try:
            self.require_writable()
        except (DatabaseUnavailable, SQLAlchemyError):
            return False
        return True

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def _opened(engine: Engine) -> Session:
    return Session(engine, expire_on_commit=False)


def open_database(url: str) -> Database:
    """Open (and for SQLite create) the database at an SQLAlchemy URL. Raises DatabaseUnavailable."""
    try:
        engine = _engine(_parsed(url))
        with engine.connect():
            return Database(engine)
    except ModuleNotFoundError as exc:
        raise DatabaseUnavailable(
            "The driver for PostgreSQL is not installed. Run: pip install 'mops-desk[postgres]'"
        ) from exc
    except SQLAlchemyError as exc:
        raise DatabaseUnavailable(explain(exc)) from exc


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as exc:
        raise _not_an_address() from exc
    parsed = parsed.set(drivername=_OTHER_NAMES.get(parsed.drivername, parsed.drivername))
    if parsed.drivername not in ("sqlite", _POSTGRES):
        raise _not_an_address()
    return parsed


def _not_an_address() -> DatabaseUnavailable:
    """Without the value: it may hold a password."""
    return DatabaseUnavailable(
        "DATABASE_URL is not the address of a SQLite or PostgreSQL database. Examples: sqlite:///desk.sqlite3 or "
        "postgresql+psycopg://user@host/name"
    )


def _engine(url: URL) -> Engine:
    if url.drivername == _POSTGRES:
        arguments = {"connect_timeout": CONNECT_TIMEOUT_S}
        engine = create_engine(
            url, hide_parameters=True, pool_pre_ping=True, connect_args=arguments, json_serializer=_storable, **POOL
        )
        event.listen(engine, "begin", _begin_postgres)
        return engine
    engine = create_engine(
        url, hide_parameters=True, connect_args={"timeout": BUSY_TIMEOUT_S}, json_serializer=_storable, **POOL
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _storable(value: Any) -> str:  # noqa: ANN401 - JSON
    """As JSON, without NUL characters and halves of surrogate pairs.

    PostgreSQL takes both into a column, and then fails at every query that looks inside it.
    """
    text = json.dumps(value)
    return _ESCAPES.sub(lambda found: found[1] or "", text) if "\\u0000" in text or "\\ud" in text else text


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except PoolTimeout as exc:
        raise DatabaseUnavailable("Every connection to the database is in use. Try again in a moment.") from exc
    except (OperationalError, InterfaceError, InternalError) as exc:
        raise DatabaseUnavailable(explain(exc)) from exc
    except DatabaseError as exc:
        if type(exc) is not DatabaseError:  # its subclasses, such as IntegrityError, mean something to our code
            raise
        raise DatabaseUnavailable(explain(exc)) from exc


def explain(exc: SQLAlchemyError) -> str:
    """One plain line for a database error, without SQL, parameters or addresses: what happened, what to do."""
    said = str(exc.orig).lower() if isinstance(exc, DatabaseError | InterfaceError) and exc.orig else ""
    for signs, advice in _ADVICE:
        if any(sign in said for sign in signs):
            return advice
    return (
        f"The database did not answer as it should ({type(exc).__name__}). Check DATABASE_URL and DATA_DIR; "
        "LOG_LEVEL=debug shows more."
    )


def _prepare_sqlite(connection: Any, _record: Any) -> None:  # noqa: ANN401 - the driver's own connection type
    """Durable, concurrent SQLite. SQLAlchemy begins transactions itself (see FACTS in docs/ARCHITECTURE.md)."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute(f"PRAGMA busy_timeout={int(BUSY_TIMEOUT_S * 1000)}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA secure_delete=ON")  # what was erased is overwritten in the file too
    cursor.close()


def _begin_sqlite(connection: Any) -> None:  # noqa: ANN401 - sqlalchemy types events loosely
    """Writers take the lock at BEGIN: a deferred BEGIN loses read-modify-write updates or fails midway."""
    options = connection.get_execution_options()
    if not options.get("desk_writes", False):
        connection.exec_driver_sql("BEGIN")
        return
    patience_s = options.get("desk_patience_s") or BUSY_TIMEOUT_S
    if connection.info.get(_PATIENCE) != patience_s:  # it stays with the connection
        connection.exec_driver_sql(f"PRAGMA busy_timeout={int(patience_s * 1000)}")
        connection.info[_PATIENCE] = patience_s
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_postgres(connection: Any) -> None:  # noqa: ANN401 - sqlalchemy types events loosely
    patience_s = connection.get_execution_options().get("desk_patience_s")
    if patience_s:
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(patience_s * 1000)}")
