"""Backup, restore and clearing away beside a long history, with figures: `make drill` (ROWS=100000)."""

from __future__ import annotations

import os
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from support_database import desk_database
from support_desk import Clock

from bot.clock import now_utc
from bot.conversations import Conversations
from bot.database import Database, open_database
from bot.operations.backup import Backups
from bot.operations.backup_restore import Restoring
from bot.operations.retention import LOOK_EVERY, SETTLED, Retention
from bot.runtime import IDLE_S
from bot.tables import InboxRow, OutboxRow, QuestionRow

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1_800), pytest.mark.sqlite("PostgreSQL makes its own backups")]

ROWS = int(os.environ.get("ROWS", "100000"))
WRITERS = 4
PACED_S = 30.0


def test_drill(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A desk with a long history is backed up under load, put back elsewhere, and cleared under load."""
    say = _printer(capsys)
    database = desk_database(tmp_path)
    _history(database, ROWS)
    file = tmp_path / "desk.sqlite3"
    say(f"{ROWS:,} questions, {ROWS:,} rows each in inbox and outbox: {file.stat().st_size / 1e6:,.0f} MB")
    with _writers(database) as waits:
        time.sleep(PACED_S / 3)
    say(f"{WRITERS} writers alone: {_waits(waits)}")
    with _writers(database) as waits:
        took, made = _timed(lambda: Backups(file, tmp_path, now_utc).to(tmp_path / "drill.tar.gz"))
    say(f"backup under {WRITERS} writers: {took:.1f} s, {made.size / 1e6:,.0f} MB; {_waits(waits)}")
    fresh = tmp_path / "fresh"
    took, _ = _timed(lambda: Restoring(fresh / "desk.sqlite3", fresh, now_utc).put_back(made.path))
    restored = open_database(f"sqlite:///{fresh / 'desk.sqlite3'}")
    with restored.read() as session:
        kept = {table: session.scalar(select(func.count()).select_from(table)) for table in (QuestionRow, OutboxRow)}
    say(f"restore: {took:.1f} s")
    assert kept[QuestionRow] == made.manifest.rows["desk_questions"] + 1  # the gap in the numbers
    assert kept[OutboxRow] == made.manifest.rows["desk_outbox"] + 1
    clock = Clock()
    retention = Retention(90, restored, clock)
    clock.skip(max(SETTLED, LOOK_EVERY).total_seconds())
    with _writers(restored) as waits:
        _at_the_loops_pace(retention, PACED_S)
    say(f"clearing away under {WRITERS} writers, a batch every {IDLE_S} s, {PACED_S} s of it: {_waits(waits)}")
    took, _ = _timed(lambda: _all_of(retention))
    say(f"clearing away the rest of {3 * ROWS:,} rows without a rest: {took:.1f} s")
    clock.skip(LOOK_EVERY.total_seconds())
    took, _ = _timed(lambda: _all_of(retention))
    say(f"looking again, with nothing to clear away: {took * 1000:.0f} ms")
    with restored.read() as session:
        assert session.scalars(select(QuestionRow.text).distinct()).all() == [""]
    for one in (database, restored):
        one.close()
    assert max(waits) < 5.0  # nobody was refused


def _history(database: Database, size: int) -> None:
    """Questions of a year ago with verdicts of a usual size, and rows that are done."""
    long_ago = datetime.now(UTC) - timedelta(days=400)
    hit = {"kind": "entry", "id": "faq-1", "title": "t", "path": None, "heading": None, "url": None, "score": 0.9}
    hits = [{**hit, "text": "what an answer says, in a few sentences. " * 12, "quote": "q"} for _ in range(10)]
    with database.write() as session:
        Conversations(session).leave_gap(1, long_ago)
        template = session.scalars(select(QuestionRow)).one()
        columns = {c.key: getattr(template, c.key) for c in QuestionRow.__table__.columns if c.key != "id"}
        columns |= {"person": "U1", "verdict": {**columns["verdict"], "hits": hits}}
    times = dict.fromkeys(("next_at", "created_at", "finished_at"), long_ago)
    row: dict[str, Any] = {"kind": "post", "payload": {}, "memo": {}, "state": "done", "attempts": 1, **times}
    for start in range(0, size, 5_000):
        numbers = range(start, min(start + 5_000, size))
        with database.write() as session:
            session.execute(insert(QuestionRow), [{**columns, "text": f"where is report {n}?"} for n in numbers])
            for table in (InboxRow, OutboxRow):
                session.execute(insert(table), [{**row, "key": f"reply:{n}", "lane": f"l{n}"} for n in numbers])


@contextmanager
def _writers(database: Database) -> Iterator[list[float]]:
    """So many threads that write, as fast as they get their turn; how long each write took."""
    waits: list[float] = []
    stop = threading.Event()

    def write(writer: int) -> None:
        while not stop.is_set():
            begun, now = time.monotonic(), datetime.now(UTC)
            with database.write() as session:
                key = f"w{writer}:{begun}"
                row = InboxRow(key=key, kind="post", payload={}, state="done", next_at=now, created_at=now)
                row.finished_at = now
                session.add(row)
            waits.append(time.monotonic() - begun)
            time.sleep(0.02)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    yield waits
    stop.set()
    for thread in threads:
        thread.join()


def _waits(waits: list[float]) -> str:
    ordered = sorted(waits)
    p99 = ordered[int(len(ordered) * 0.99)] if ordered else 0.0
    longest, middle = max(ordered, default=0.0), statistics.median(ordered or [0.0])
    return (
        f"{len(ordered):,} writes meanwhile, median {middle * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms, "
        f"longest {longest * 1000:.0f} ms"
    )


def _all_of(retention: Retention) -> None:
    retention.run_once()
    while retention.is_at_it:
        retention.run_once()


def _at_the_loops_pace(retention: Retention, seconds: float) -> None:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        retention.run_once()
        time.sleep(IDLE_S)


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.monotonic()
    result = work()
    return time.monotonic() - begun, result


def _printer(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    def say(line: str) -> None:
        with capsys.disabled():
            print(line, flush=True)  # noqa: T201 - the figures are what it is for

    return say
