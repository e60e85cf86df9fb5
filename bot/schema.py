"""Whether a database has this version's tables, without loading what would make them."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import column, select, table
from sqlalchemy.exc import SQLAlchemyError

from bot.database import Database

_VERSIONS = Path(__file__).parent / "migrations" / "versions"
_MARK = table("alembic_version", column("version_num"))


def newest() -> str:
    """The newest migration: files are named after their revisions, which are numbers in order (a test holds it)."""
    return max(path.name.partition("_")[0] for path in _VERSIONS.glob("[0-9]*_*.py"))


def is_current(database: Database) -> bool:
    """Whether nothing is to be migrated. False too when the database cannot be read: bot.migrate says why."""
    try:
        with database.engine.connect() as connection:
            return list(connection.scalars(select(_MARK.c.version_num))) == [newest()]
    except SQLAlchemyError:
        return False
