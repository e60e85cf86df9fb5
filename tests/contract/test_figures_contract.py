"""Figures and signs of life that processes read from the database: the same on SQLite and on PostgreSQL."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text

from bot import doctor_store
from bot.clock import now_utc
from bot.database import Database
from bot.domain import Role
from bot.heartbeat_store import EVERY_S, NOBODY_AFTER_S, Announcer, ProcessHeartbeats, Workers
from bot.queue_figures import QueueFigure, queue_figures
from bot.tables import HeartbeatRow, InboxRow, OutboxRow

START = now_utc()


def put(database: Database, row: type[InboxRow | OutboxRow], key: str, state: str, kind: str, lane: str) -> None:
    """A row that was due a minute before START; dead ones are finished."""
    with database.write() as session:
        session.add(
            row(
                key=key,
                kind=kind,
                lane=lane,
                payload={},
                state=state,
                next_at=START - timedelta(minutes=1),
                created_at=START,
                finished_at=START if state in ("done", "dead") else None,
            )
        )


def test_queues_are_counted_by_state_with_their_oldest_due_row_and_what_was_given_up(any_database: Database) -> None:
    put(any_database, InboxRow, "a", "ready", "message", "one")
    put(any_database, InboxRow, "b", "ready", "message", "one")
    put(any_database, InboxRow, "c", "done", "message", "two")
    put(any_database, OutboxRow, "d", "retry", "post", "two")
    put(any_database, OutboxRow, "e", "dead", "create_ticket", "jira")
    with any_database.read() as session:
        found = queue_figures(session, START)
        later = queue_figures(session, START - timedelta(minutes=2))
    assert found == (
        QueueFigure("inbox", {"ready": 2}, 60.0, 1, 0),
        QueueFigure("slack", {"retry": 1}, 60.0, 1, 0),
        QueueFigure("jira", {}, 0.0, 0, 1),
    )
    assert [figure.oldest_s for figure in later] == [0.0, 0.0, 0.0]


class Time:
    """A clock and seconds that pass together when told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def skip(self, seconds: float) -> None:
        self.seconds += seconds

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)


def announcer(database: Database, time: Time, process: str, role: Role, works: bool) -> Announcer:
    return Announcer(process, role, lambda: works, database, time.now, lambda: time.seconds)


def workers(database: Database, time: Time) -> Workers:
    with database.read() as session:
        return ProcessHeartbeats(session).workers(time.now())


def test_processes_leave_word_are_missed_and_in_the_end_forgotten(any_database: Database) -> None:
    time = Time()
    receiver = announcer(any_database, time, "a:1", Role.RECEIVER, works=False)
    worker = announcer(any_database, time, "b:1", Role.WORKER, works=True)
    receiver.run_once()
    assert workers(any_database, time) == Workers(0, None)
    worker.run_once()
    assert workers(any_database, time) == Workers(1, 0.0)
    time.skip(NOBODY_AFTER_S + 1)
    receiver.run_once()
    assert workers(any_database, time) == Workers(0, NOBODY_AFTER_S + 1)
    time.skip(2 * 86_400)
    receiver.run_once()
    with any_database.read() as session:
        assert session.scalars(select(HeartbeatRow.process)).all() == ["a:1"]


def test_the_doctor_finds_either_kind_of_database_in_order(any_database: Database) -> None:
    assert "tables are up to date" in doctor_store.database(any_database)
    assert "none is late" in doctor_store.queues(any_database, START)
    assert "nothing has come in yet" in doctor_store.heard(any_database, START)


def test_word_is_left_now_and_then_not_at_every_round(any_database: Database) -> None:
    time = Time()
    worker = announcer(any_database, time, "b:1", Role.WORKER, works=True)
    for _ in range(10):
        worker.run_once()
        time.skip(EVERY_S / 10)
    with any_database.read() as session:
        assert session.scalars(select(HeartbeatRow.at)).one() == START


def test_a_receiver_says_aloud_when_rows_wait_and_nobody_works(
    any_database: Database, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    time = Time()
    receiver = announcer(any_database, time, "a:1", Role.RECEIVER, works=False)
    receiver.run_once()
    put(any_database, InboxRow, "a", "ready", "message", "one")
    time.skip(NOBODY_AFTER_S)
    receiver.run_once()
    time.skip(EVERY_S)
    receiver.run_once()
    with caplog.at_level(logging.ERROR):
        said = capsys.readouterr().out + caplog.text
    assert said.count("nobody_works") == 1


def test_looking_reads_open_and_dead_rows_only_however_long_the_history(any_database: Database) -> None:
    asked: list[tuple[str, Any]] = []
    event.listen(
        any_database.engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, parameters, *_: asked.append((statement, parameters)),
    )
    with any_database.read() as session:
        queue_figures(session, START)
    with any_database.engine.connect() as connection:
        if not any_database.is_sqlite:  # its tables are empty: it would read them whole
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        explain = "EXPLAIN QUERY PLAN" if any_database.is_sqlite else "EXPLAIN"
        plans = [
            str(row[-1])
            for statement, parameters in asked
            if statement.startswith("SELECT")
            for row in connection.exec_driver_sql(f"{explain} {statement}", parameters)
        ]
    assert len([plan for plan in plans if "_open" in plan or "_dead" in plan]) == 6
    assert [plan for plan in plans if plan.startswith("SCAN desk") and "INDEX" not in plan] == []
    assert [plan for plan in plans if "Seq Scan" in plan] == []
