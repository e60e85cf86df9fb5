"""SQLite's own way to copy a database that is in use, and to be alone with one. Knows files, not what is in them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bot.errors import BackupFailed

STEP_PAGES = 1_024
"""Copied at a time (4 MB): between two steps whoever else uses the disk has their turn."""

SIDE_FILES = ("-wal", "-shm")
"""What SQLite keeps beside a database file."""

Progress = Callable[[int, int], None]
"""Called with (done, total) after each step."""

_TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"


def copy_database(source: Path, target: Path, progress: Progress) -> None:
    """Copy a database as it is at this moment into one file, while others read and write it. Raises BackupFailed.

    The copy is of one moment: a read transaction holds it, so that writers cannot make SQLite begin again and again.
    """
    try:
        with closing(_open(source)) as theirs, closing(_open(target)) as ours:
            theirs.execute("BEGIN")
            theirs.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            theirs.backup(ours, pages=STEP_PAGES, progress=lambda _code, left, total: progress(total - left, total))
            theirs.execute("ROLLBACK")
            ours.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
    except sqlite3.Error as exc:
        raise BackupFailed(f"The database could not be copied ({exc}). No backup was made.") from exc


def check_database(path: Path) -> None:
    """Read every page and index. Raises BackupFailed when anything is wrong."""
    try:
        with closing(_open(path)) as connection:
            found = connection.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.Error as exc:
        raise BackupFailed(f"The database in the backup is damaged ({exc}).") from exc
    if found != ("ok",):
        raise BackupFailed("The database in the backup is damaged: SQLite's integrity check says so.")


def row_counts(path: Path) -> dict[str, int]:
    """How many rows each table has."""
    with closing(_open(path)) as connection:
        names = [str(name) for (name,) in connection.execute(_TABLES)]
        return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608 - names out of the schema


def jumps(path: Path, table: str, size: int) -> int:
    """How many rows have a number that is higher than the one before by at least ``size``."""
    steps = f'SELECT id - lag(id, 1, 0) OVER (ORDER BY id) AS step FROM "{table}"'  # noqa: S608 - our own names
    with closing(_open(path)) as connection:
        found = connection.execute(f"SELECT count(*) FROM ({steps}) WHERE step >= ?", (size,))  # noqa: S608 - the same
        return int(found.fetchone()[0])


def tables_version(path: Path) -> str:
    """Up to which migration a database is; "" when it is none of ours."""
    try:
        with closing(_open(path)) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error:
        return ""
    return str(row[0]) if row else ""


def merge_side_files(path: Path) -> None:
    """Bring everything into the one file; nobody else may use it. Raises BackupFailed."""
    try:
        with closing(_open(path)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as exc:
        raise BackupFailed(f"The database could not be closed ({exc}). Nothing was changed.") from exc


@contextmanager
def alone_with(path: Path, *, force: bool) -> Iterator[None]:
    """Nobody else uses the database inside the block, and all of it is in one file. Raises BackupFailed when in use.

    Every desk keeps connections open, and leaving WAL needs the file for oneself: so this finds any process that has
    it open, and none that has died. A file that is damaged, or ``force``, is not asked.
    """
    if force or not path.exists():
        yield
        return
    with closing(_open(path, patience_s=1.0)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as exc:
            if "locked" in str(exc):
                raise BackupFailed(
                    f"{path} is in use. Stop the desk and every other mops-desk command first; nothing was changed."
                ) from exc
        except sqlite3.DatabaseError:
            pass  # damaged: that is why a backup is put in its place
        yield


def _open(path: Path, patience_s: float = 5.0) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=patience_s, isolation_level=None)
