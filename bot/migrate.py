"""Brings a database to the tables this version needs. Safe to run at every start and from several processes."""

from __future__ import annotations

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.database import Database, explain
from bot.errors import DatabaseUnavailable

_LOCK = 7_061_985
"""PostgreSQL advisory lock: one process migrates, the others wait."""

_ONE_AT_A_TIME = threading.Lock()
"""Alembic keeps the running migration in a global: two threads of one process would mix theirs up."""


def upgrade(database: Database) -> bool:
    """Apply what is missing, in one transaction. Returns whether anything was. Raises DatabaseUnavailable."""
    config = _config()
    head = ScriptDirectory.from_config(config).get_current_head()
    try:
        if _current(database) == head:
            return False
        with _ONE_AT_A_TIME, database.engine.execution_options(desk_writes=True).begin() as connection:
            if not database.is_sqlite:
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except SQLAlchemyError as exc:
        raise DatabaseUnavailable(f"{explain(exc)} The tables were not changed.") from exc
    except CommandError as exc:
        raise DatabaseUnavailable(
            "The database was made by a newer version of MOPS Desk. Update the desk, or point DATABASE_URL elsewhere."
        ) from exc
    return True


def _current(database: Database) -> str | None:
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config
