"""The one place that creates an engine: SQLite made safe for several writers, or PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from bot.errors import DatabaseUnavailable

BUSY_TIMEOUT_S = 5.0
"""How long a SQLite writer waits for its turn before it gives up."""


class Database:
    """An engine and the two kinds of transaction the desk uses."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writer = engine.execution_options(desk_writes=True)

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
        with _translated(), Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    def is_writable(self) -> bool:
        """Whether a write transaction can be begun right now."""
        try:
            with self.write() as session:
                session.execute(text("SELECT 1"))
        except (DatabaseUnavailable, SQLAlchemyError):
            return False
        return True

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def open_database(url: str) -> Database:
    """Open (and for SQLite create) the database at an SQLAlchemy URL. Raises DatabaseUnavailable."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            engine = create_engine(parsed, hide_parameters=True, connect_args={"timeout": BUSY_TIMEOUT_S})
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        else:
            engine = create_engine(parsed, hide_parameters=True, pool_pre_ping=True)
        with engine.connect():
            return Database(engine)
    except ModuleNotFoundError as exc:
        raise DatabaseUnavailable(
            f"The driver for this DATABASE_URL is not installed ({exc.name}). Run: pip install 'mops-desk[postgres]'"
        ) from exc
    except ArgumentError as exc:
        raise DatabaseUnavailable(
            "DATABASE_URL is not a database address. Examples: sqlite:///desk.sqlite3 or "
            "postgresql+psycopg://user@host/name"
        ) from exc
    except SQLAlchemyError as exc:
        raise DatabaseUnavailable(f"{explain(exc)} Check DATABASE_URL and DATA_DIR.") from exc


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError) as exc:
        raise DatabaseUnavailable(explain(exc)) from exc


def explain(exc: SQLAlchemyError) -> str:
    """One plain sentence for a database error, without SQL, parameters or addresses."""
    text = str(exc.orig).lower() if isinstance(exc, OperationalError) and exc.orig else ""
    if "locked" in text:
        return "The database is locked by another program."
    if "readonly" in text or "read-only" in text:
        return "The database is read-only: this user may not write the file or its folder."
    if "unable to open" in text:
        return "The database file cannot be opened: its folder is missing or closed to this user."
    if "disk" in text and "full" in text:
        return "The disk is full."
    if "no such table" in text or "does not exist" in text:
        return "The database has no tables yet: run `mops-desk db upgrade`."
    return f"The database did not answer as it should ({type(exc).__name__})."


def _prepare_sqlite(connection: Any, _record: Any) -> None:  # noqa: ANN401 - the driver's own connection type
    """Durable, concurrent SQLite. SQLAlchemy begins transactions itself (see FACTS in docs/ARCHITECTURE.md)."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute(f"PRAGMA busy_timeout={int(BUSY_TIMEOUT_S * 1000)}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:  # noqa: ANN401 - sqlalchemy types events loosely
    """Writers take the lock at BEGIN: a deferred BEGIN loses read-modify-write updates or fails midway."""
    writes = connection.get_execution_options().get("desk_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
