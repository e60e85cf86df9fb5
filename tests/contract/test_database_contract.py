"""What a database promises to the threads of one process, and to what they store."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select, text
from support_database import database_with, locked

from bot.clock import now_utc
from bot.database import Database
from bot.errors import DatabaseUnavailable
from bot.tables import InboxRow

NOW = now_utc()


@pytest.mark.sqlite("its one writer; on PostgreSQL rows are locked by whoever reads them to write")
def test_many_threads_that_write_lose_nothing_and_none_is_left_waiting(tmp_path: Path) -> None:
    """Eight threads, 80 read-modify-writes of SQLite's one writer, each as patient as a loop of the desk."""
    database = database_with(tmp_path / "desk.sqlite3")
    with database.write() as session:
        session.execute(text("CREATE TABLE counter (n INTEGER)"))
        session.execute(text("INSERT INTO counter VALUES (0)"))

    def count(_: int) -> None:
        with database.write() as session:
            n = session.scalar(text("SELECT n FROM counter"))
            session.execute(text("UPDATE counter SET n = :n"), {"n": n + 1})

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(count, range(80)))
    with database.read() as session:
        assert session.scalar(text("SELECT n FROM counter")) == 80


@pytest.mark.sqlite("its one writer")
def test_who_waits_too_long_for_another_thread_is_told_so(tmp_path: Path) -> None:
    """SQLite has one writer: the patience counts for threads of the same process too, and each turn is given back."""
    any_database = database_with(tmp_path / "desk.sqlite3")
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


@pytest.mark.sqlite("PostgreSQL waits for no other thread")
def test_waiting_for_other_threads_and_for_another_program_is_one_wait(tmp_path: Path) -> None:
    hurried = database_with(tmp_path / "desk.sqlite3").impatient(0.8)

    def write() -> float:
        since = time.monotonic()
        with pytest.raises(DatabaseUnavailable), hurried.write() as session:
            session.execute(text("SELECT 1"))
        return time.monotonic() - since

    with locked(tmp_path), ThreadPoolExecutor(2) as threads:
        first = threads.submit(write)
        time.sleep(0.5)  # the second waits 0.3 s for the first, and then as long for the program
        assert threads.submit(write).result() < 1.1
        first.result()


def test_no_character_that_came_in_breaks_a_query_that_looks_inside(any_database: Database) -> None:
    """PostgreSQL takes NUL and half a surrogate pair into a JSON column, and fails at every query that reads them."""
    words = "a\0b \ud83dc \\u0000 \\ud800 \\\0d 🙂"
    with any_database.write() as session:
        session.add(InboxRow(key="a", kind="x", payload={"text": words}, state="done", next_at=NOW, created_at=NOW))
    with any_database.read() as session:
        assert session.scalar(select(InboxRow.payload["text"].as_string())) == "ab c \\u0000 \\ud800 \\d 🙂"
