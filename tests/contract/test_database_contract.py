"""What a database promises to the threads of one process."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from support_database import sqlite_with

from bot.database import Database
from bot.errors import DatabaseUnavailable


def test_many_threads_that_write_lose_nothing_and_none_is_left_waiting(any_database: Database) -> None:
    """Sixteen threads, 320 read-modify-writes, and each waits at most two seconds for its turn."""
    with any_database.write() as session:
        session.execute(text("CREATE TABLE counter (n INTEGER)"))
        session.execute(text("INSERT INTO counter VALUES (0)"))
    hurried = any_database.impatient(2.0)

    def count(_: int) -> None:
        with hurried.write() as session:
            lock = "" if hurried.is_sqlite else " FOR UPDATE"
            n = session.scalar(text(f"SELECT n FROM counter{lock}"))
            session.execute(text("UPDATE counter SET n = :n"), {"n": n + 1})

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(count, range(320)))
    with any_database.read() as session:
        assert session.scalar(text("SELECT n FROM counter")) == 320


def test_who_waits_too_long_for_another_thread_is_told_so(tmp_path: Path) -> None:
    """SQLite has one writer: the patience counts for threads of the same process too, and each turn is given back."""
    any_database = sqlite_with(tmp_path / "desk.sqlite3")
    writing, done = threading.Event(), threading.Event()

    def hold() -> None:
        with any_database.write() as session:
            session.execute(text("SELECT 1"))
            writing.set()
            done.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    writing.wait(10)
    with pytest.raises(DatabaseUnavailable, match="busy"), any_database.impatient(0.05).write():
        pass
    done.set()
    holder.join()
    with any_database.impatient(0.05).write() as session:
        session.execute(text("SELECT 1"))
