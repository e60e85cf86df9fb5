"""A real database with all tables, for tests of stores, services and whole desks.

On SQLite it is the file itself; with ``TEST_DATABASE=postgres`` every file that a test names stands for a database
of its own on a PostgreSQL server, and the same tests run there.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from shutil import copytree

from sqlalchemy import MetaData, create_engine, inspect, select, text
from sqlalchemy.orm import Session
from support_postgres import shared_postgres

from bot import wiring
from bot.database import Database, open_database
from bot.erased_question import erase_questions
from bot.settings import Settings
from bot.tables import InboxRow, OutboxRow, QuestionRow
from escalation.domain import Request
from escalation.request_store import RequestStore
from escalation.tables import RequestRow

ON_POSTGRES = os.environ.get("TEST_DATABASE", "sqlite") == "postgres"
FILE = "desk.sqlite3"

_places: dict[Path, str] = {}
_lent_out: list[Database] = []


def desk_url(folder: Path, file: str = FILE) -> str:
    """The address of the database of a desk in this folder, with all tables; made where there is none yet."""
    path = folder / file
    if ON_POSTGRES:
        return _place(path, blank=False)
    if not path.exists():
        path.write_bytes(empty_database())
    return f"sqlite:///{path}"


def desk_database(folder: Path, file: str = FILE) -> Database:
    """The database of a desk in this folder, with all tables."""
    return _lent(open_database(desk_url(folder, file)))


def installed_url(folder: Path, file: str = FILE) -> str:
    """The same as ``desk_url`` for a desk that has just been installed: nobody has made tables yet."""
    return _place(folder / file, blank=True) if ON_POSTGRES else f"sqlite:///{folder / file}"


def settings_of(folder: Path) -> dict[str, str]:
    """What a process must be told to use the database of this folder; nothing on SQLite."""
    return {"DATABASE_URL": installed_url(folder)} if ON_POSTGRES else {}


def database_with(path: Path, *metadatas: MetaData) -> Database:
    """A database holding the tables of the given metadatas (on PostgreSQL: all tables, or none)."""
    if ON_POSTGRES:
        return _lent(open_database(_place(path, blank=not metadatas)))
    if metadatas and not path.exists():
        path.write_bytes(_file_with(metadatas))  # making tables takes longer than most tests
        return _lent(open_database(f"sqlite:///{path}"))
    database = _lent(open_database(f"sqlite:///{path}"))
    for metadata in metadatas:
        metadata.create_all(database.engine)
    return database


def copied(built: Path, folder: Path) -> Path:
    """The folder of a desk, with its database, once more. Nobody may be using either."""
    copytree(built, folder)
    if ON_POSTGRES:
        _places[(folder / FILE).resolve()] = shared_postgres().copy(_places[(built / FILE).resolve()])
    return folder


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Another program keeps everybody else from writing to the desk's database."""
    engine = create_engine(_place(folder / FILE, blank=False) if ON_POSTGRES else f"sqlite:///{folder / FILE}")
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as other:
        if ON_POSTGRES:
            other.execute(text("BEGIN"))
            other.execute(text(f"LOCK TABLE {', '.join(inspect(other).get_table_names())} IN EXCLUSIVE MODE"))
        else:
            other.execute(text("PRAGMA busy_timeout=5000"))
            other.execute(text("BEGIN IMMEDIATE"))
        yield
        other.execute(text("ROLLBACK"))
    engine.dispose()


def every_request(session: Session) -> list[Request]:
    """Every request, in order; one query, however many there are."""
    rows = session.scalars(select(RequestRow).order_by(RequestRow.id)).all()  # the session keeps what it has seen
    return [request for row in rows if (request := RequestStore(session).get(row.id))]


def whole(session: Session, table: type[InboxRow | OutboxRow]) -> None:
    """See nobody in the middle of a claim: PostgreSQL hides the row that is being taken, SQLite has one writer."""
    if session.get_bind().dialect.name != "sqlite":
        session.execute(text(f"LOCK TABLE {table.__tablename__} IN EXCLUSIVE MODE"))


def discard(folder: Path, file: str = FILE) -> None:
    """Remove one database; a long run makes thousands."""
    if ON_POSTGRES:
        shared_postgres().drop(_places.pop((folder / file).resolve()))
    else:
        (folder / file).unlink()


def close_databases() -> None:
    """Close what tests were lent and may have left open. Who holds one for a whole file connects again."""
    for database in _lent_out:
        database.close()


def drop_databases() -> None:
    """Remove what tests made on PostgreSQL. SQLite's files go with their folder."""
    close_databases()
    _lent_out.clear()
    for url in _places.values():
        shared_postgres().drop(url)
    _places.clear()


@cache
def empty_database() -> bytes:
    """A SQLite file with all tables and no rows: migrating one takes longer than most tests."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(_env_file=None, data_dir=Path(folder), database_url="")
        wiring.open_desk_database(settings).close()
        return (Path(folder) / FILE).read_bytes()


@cache
def _file_with(metadatas: tuple[MetaData, ...]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{folder}/{FILE}")
        for metadata in metadatas:
            with database.engine.begin() as connection:
                metadata.create_all(connection)
        database.close()
        return (Path(folder) / FILE).read_bytes()


def _lent(database: Database) -> Database:
    _lent_out.append(database)
    return database


def _place(path: Path, *, blank: bool) -> str:
    place = path.resolve()
    if place not in _places:
        _places[place] = shared_postgres().blank() if blank else shared_postgres().fresh()
    return _places[place]


def forget_questions(session: Session, person: str) -> None:
    """Erase what somebody asked, as the desk does when they wish it."""
    erase_questions(session, session.scalars(select(QuestionRow).where(QuestionRow.person == person)))
