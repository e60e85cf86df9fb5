"""A real database with all tables, for tests of stores and services."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import MetaData

from bot.database import Database, open_database


def sqlite_with(path: Path, *metadatas: MetaData) -> Database:
    """A SQLite file database holding the tables of the given metadatas."""
    database = open_database(f"sqlite:///{path}")
    for metadata in metadatas:
        with database.engine.begin() as connection:
            metadata.create_all(connection)
    return database
