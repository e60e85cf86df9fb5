"""For the doctor: the database, what waits and what was given up in it, who was heard of, and the backups."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from bot.database import Database
from bot.doctor_check import Worry
from bot.errors import DeskError
from bot.heartbeat_store import ProcessHeartbeats
from bot.operations.backup import newest_backup, sqlite_file
from bot.queue_figures import queue_figures
from bot.schema import is_current, newest
from bot.tables import InboxRow
from bot.texts import figure

OLD_BACKUP = timedelta(hours=26)
"""One is made every night; two hours are for its making and for summer time."""
LONG_WAIT_S = 120.0
FULL = 2
"""What SQLite answers for ``synchronous=FULL``: an acknowledged question survives a power cut."""


def database(opened: Database) -> str:
    """Writable, current, and as durable as promised."""
    opened.require_writable()
    if not is_current(opened):
        raise DeskError(f"The tables are not those of this version ({newest()}). Run `mops-desk db upgrade`.")
    with opened.read() as session:
        if not opened.is_sqlite:
            version = str(session.execute(text("SHOW server_version")).scalar_one())
            return f"PostgreSQL {version.split()[0]}, tables are up to date ({newest()}), writable"
        return _sqlite(session)


def _sqlite(session: Session) -> str:
    journal = str(session.execute(text("PRAGMA journal_mode")).scalar_one())
    synchronous = int(session.execute(text("PRAGMA synchronous")).scalar_one())
    if journal != "wal":
        raise Worry(
            f"SQLite keeps a journal of the kind {journal} here, so readers and writers wait for each other. Put "
            "DATA_DIR on a local disk; network drives cannot do better."
        )
    if synchronous < FULL:
        raise DeskError(
            "SQLite does not wait for the disk (synchronous is not FULL): a power cut would lose questions."
        )
    if (damage := str(session.execute(text("PRAGMA quick_check(1)")).scalar_one())) != "ok":
        raise DeskError(
            f"The database file is damaged ({damage[:80]}). Put a backup in its place: `mops-desk restore`."
        )
    return f"SQLite, whole, write-ahead log, tables are up to date ({newest()}), writable"


def queues(opened: Database, now: datetime) -> str:
    """What waits and what was given up."""
    with opened.read() as session:
        figures = queue_figures(session, now)
        workers = ProcessHeartbeats(session).workers(now)
    late = [f"{figure.queue} for {figure.oldest_s:.0f} s" for figure in figures if figure.oldest_s > LONG_WAIT_S]
    if late and not workers.is_anybody:
        raise Worry(f"Rows wait ({', '.join(late)}) and no worker runs. Start one: `mops-desk run`.")
    if late:
        raise Worry(f"Rows wait: {', '.join(late)}. The log of `mops-desk run` says what holds them up.")
    dead = sum(figure.dead for figure in figures)
    waiting = sum(sum(figure.rows.values()) for figure in figures)
    were = figure(dead, "was", "were")
    given_up = f"; {were} given up so far, and somebody was told of each" if dead else ""
    return f"{figure(waiting, 'row is', 'rows are')} open, none is late{given_up}"


def heard(opened: Database, now: datetime) -> str:
    """When something came in last: what no look at Slack's settings can show is whether it arrives."""
    with opened.read() as session:
        last = session.scalar(select(func.max(InboxRow.created_at, type_=InboxRow.created_at.type)))
        workers = ProcessHeartbeats(session).workers(now)
    working = (
        figure(workers.count, "process works", "processes work") if workers.is_anybody else "no desk runs just now"
    )
    if last is None:
        return f"nothing has come in yet; {working}. Start `mops-desk run`, then write to the desk in Slack"
    return f"something came in last on {last:%d %b %Y %H:%M} UTC; {working}"


def backups(folder: Path | None, url: str, now: datetime) -> str:
    """The newest backup is young enough."""
    if sqlite_file(url) is None:
        return "PostgreSQL is backed up with its own tools (pg_dump)"
    if folder is None:
        raise Worry(
            "There are none. Set BACKUP_DIR for one every night, best on another disk, or run `mops-desk backup`."
        )
    made = newest_backup(folder)
    if made is None:
        raise Worry(f"There is none in {folder} yet: run `mops-desk backup`. `mops-desk run` makes one every night.")
    if now - made > OLD_BACKUP:
        raise Worry(f"The newest in {folder} is of {made:%d %b %Y}. Does the desk run at night, and is there room?")
    return f"the newest in {folder} is of {made:%d %b %Y %H:%M} UTC"
