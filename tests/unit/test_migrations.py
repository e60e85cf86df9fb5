"""Migrations: what they make is what the code expects, once, whoever starts them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

import bot.curation.missing_tables
import bot.tables
import escalation.tables
import knowledge.tables
from bot.database import Database, open_database
from bot.errors import DatabaseUnavailable
from bot.migrate import upgrade

METADATAS = [knowledge.tables.Base.metadata, escalation.tables.Base.metadata, bot.tables.Base.metadata]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = open_database(f"sqlite:///{tmp_path / 'desk.sqlite3'}")
    yield database
    database.close()


def test_a_fresh_database_gets_exactly_the_tables_of_the_code(database: Database) -> None:
    assert upgrade(database)
    expected = {table for metadata in METADATAS for table in metadata.tables}
    assert set(inspect(database.engine).get_table_names()) == expected | {"alembic_version"}


def test_nothing_differs_between_the_migrations_and_the_code(database: Database) -> None:
    upgrade(database)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "target_metadata": METADATAS}
        )
        assert compare_metadata(context, METADATAS) == []  # type: ignore[arg-type]  # alembic takes several, its types do not


def test_no_two_packages_claim_the_same_table() -> None:
    names = [name for metadata in METADATAS for name in metadata.tables]
    assert len(names) == len(set(names))


def test_upgrading_again_changes_nothing(database: Database) -> None:
    assert upgrade(database)
    with database.write() as session:
        session.execute(text("INSERT INTO knowledge_revision VALUES (1, 7, 'content')"))
    assert not upgrade(database)
    with database.read() as session:
        assert session.execute(text("SELECT number FROM knowledge_revision")).scalar_one() == 7


def test_a_database_of_a_newer_version_is_refused_in_one_line_and_left_alone(database: Database) -> None:
    upgrade(database)
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseUnavailable, match="made by a newer version") as refused:
        upgrade(database)
    assert "\n" not in str(refused.value)
    with database.read() as session:
        assert session.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "9999"


def test_a_failed_upgrade_leaves_no_half_made_tables(database: Database) -> None:
    with database.write() as session:
        session.execute(text("CREATE TABLE knowledge_vectors (id INTEGER)"))
    with pytest.raises(DatabaseUnavailable, match="The tables were not changed"):
        upgrade(database)
    assert inspect(database.engine).get_table_names() == ["knowledge_vectors"]


def test_threads_that_upgrade_at_once_all_succeed(tmp_path: Path) -> None:
    databases = [open_database(f"sqlite:///{tmp_path / 'desk.sqlite3'}") for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(upgrade, databases))
    for database in databases:
        assert not upgrade(database)
        database.close()


def test_processes_that_upgrade_at_once_all_succeed(tmp_path: Path) -> None:
    code = (
        "import sys; from bot.database import open_database; from bot.migrate import upgrade; "
        "print(sys.stdin.readline(), end=''); upgrade(open_database(sys.argv[1]))"
    )
    command = [sys.executable, "-c", code, f"sqlite:///{tmp_path / 'desk.sqlite3'}"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    started = [subprocess.Popen(command, **pipes) for _ in range(3)]  # type: ignore[call-overload]
    for process in started:
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [(*process.communicate(timeout=60), process.returncode) for process in started] == [("go\n", "", 0)] * 3
