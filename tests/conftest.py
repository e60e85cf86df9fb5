"""Fixtures that every folder of tests may use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support_postgres import Postgres, database_of_kind, postgres_server

from bot.database import Database


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL server for the whole run, started by the first test that asks for it."""
    with postgres_server() as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def any_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A real database with all tables, once of each kind."""
    server = request.getfixturevalue("postgres") if request.param == "postgres" else None
    with database_of_kind(request.param, tmp_path, server) as database:
        yield database
