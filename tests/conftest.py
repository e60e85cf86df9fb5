"""Fixtures that every folder of tests may use."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from support_model import remove_shared_models
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


def pytest_configure(config: pytest.Config) -> None:
    """Name a run of several processes, so that they can share what is slow to make."""
    if hasattr(config.option, "testrunuid") and not hasattr(config, "workerinput"):
        config.option.testrunuid = config.option.testrunuid or uuid.uuid4().hex


def pytest_unconfigure(config: pytest.Config) -> None:
    """The process that started the others outlives them, and clears up."""
    run = getattr(config.option, "testrunuid", None)
    if run and not hasattr(config, "workerinput"):
        remove_shared_models(run)
