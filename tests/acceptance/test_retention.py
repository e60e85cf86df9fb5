"""What is too old is cleared away, a little at a time; what is still needed stays, however old it is."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select
from support_database import desk_database
from support_desk import Clock, Room, running_desk

from bot.bell import Bell
from bot.bookmarks import bookmark
from bot.conversations import FORGOTTEN, Conversations
from bot.curation.known_issue_store import IssueState, KnownIssue, KnownIssueStore
from bot.curation.unmet import place_of
from bot.database import Database
from bot.demo.slack_larkfield import MAYA, OPS_TRIAGE
from bot.effects import ReadTicket
from bot.failures import records
from bot.forgetting import ERASED
from bot.learning import outcomes_in
from bot.operations.backup import backups_in
from bot.operations.loops import data_keeper
from bot.operations.retention import LOOK_EVERY, SETTLED, Retention
from bot.outbox import Outbox
from bot.settings import Settings
from bot.slack.ops import OpsChannel
from bot.tables import ConversationRow, FeedbackRow, InboxRow, OutboxRow, QuestionRow
from escalation.domain import Close, RequestState
from escalation.embedded_tracker import EmbeddedTracker
from escalation.erasing import FORGOTTEN as NOBODY

DAY = 86_400
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
WORD = "zyxcanary"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with running_desk(tmp_path) as room:
        yield room


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = desk_database(tmp_path)
    yield database
    database.close()


def clear(room: Room, days: int = 90) -> None:
    """Everything that is due now."""
    work_off(Retention(days, room.database, room.clock), room.clock)


def work_off(retention: Retention, clock: Clock) -> None:
    clock.skip(max(SETTLED, LOOK_EVERY).total_seconds())
    for _ in range(1_000):
        retention.run_once()
        if not retention.is_at_it:
            return
    raise AssertionError("it never ends")


def test_words_and_people_go_after_the_days_that_are_set_and_the_figures_stay(room: Room) -> None:
    ts = room.slack.say("Maya", "#ask-mops", f"@MOPS Desk where are my MQLs? {WORD}")
    answer = room.slack.wait_for_message("#ask-mops", "synced", thread=ts)
    room.settle()
    room.slack.click("Maya", answer, "👎 Not helpful")
    room.settle()
    with room.database.read() as session:
        before = list(outcomes_in(session)), records(session)
    room.clock.skip(89 * DAY)
    clear(room)
    assert WORD in room.rows(QuestionRow)[0].text
    room.clock.skip(2 * DAY)
    clear(room)
    (question,) = room.rows(QuestionRow)
    assert (question.text, question.person, question.band) == ("", FORGOTTEN, "answer")
    assert [row.person for row in room.rows(FeedbackRow)] == [FORGOTTEN]
    with room.database.read() as session:
        assert (list(outcomes_in(session)), records(session)) == before  # what was learned is not unlearned
        (thread,) = session.scalars(select(ConversationRow))
        assert (thread.asker, thread.thread_key) == (FORGOTTEN, None)
        assert bookmark(session, ERASED) is not None  # the log is emptied next
    room.slack.click("Maya", answer, "Not what I meant")
    room.slack.wait_for_message("#ask-mops", "I no longer have what this button belongs to", seen_by="Maya")
    room.settle()
    room.assert_clean()


def test_a_request_keeps_its_words_until_it_is_done_for_long(room: Room) -> None:
    ts = room.slack.say("Maya", "#ask-mops", f"@MOPS Desk please move our {WORD} forms")
    room.slack.wait_for_message("#ask-mops", "MOPS-1", thread=ts)
    room.settle()
    room.clock.skip(200 * DAY)
    clear(room)
    (request,) = room.requests()
    assert WORD in request.draft.question
    assert WORD in room.rows(QuestionRow)[0].text
    room.slack.say("Maya", "#ask-mops", "and the landing pages, too", thread=ts)  # the desk still takes part
    room.slack.wait_for(lambda: any("landing pages" in c for t in room.tickets() for c in map(str, t.comments)))
    assert isinstance(room.tracker, EmbeddedTracker)
    room.tracker.change("MOPS-1", Close("done"), "m")
    _read_again(room)
    room.clock.skip(91 * DAY)
    clear(room)
    (request,) = room.requests()
    assert (request.draft.question, request.draft.requester.name) == ("", NOBODY)
    assert request.state is RequestState.FILED
    assert [row.text for row in room.rows(QuestionRow) if row.request_id] == [""]
    with room.database.read() as session:
        assert Conversations(session).request_place(request.id) is None


def test_questions_of_a_known_issue_stay_while_it_is_one(room: Room) -> None:
    room.slack.say("Maya", "#ask-mops", "@MOPS Desk where are my MQLs?")
    room.settle()
    number = room.rows(QuestionRow)[0].id
    with room.database.write() as session:
        place = place_of(room.rows(QuestionRow)[0].place)
        new = KnownIssue(0, 1, 9, IssueState.ACTIVE, "t", "a", (number,), place, NOW, NOW, "U0PRIYA")
        issue = KnownIssueStore(session).declare(new)
    room.clock.skip(100 * DAY)
    clear(room)
    assert room.rows(QuestionRow)[0].text
    with room.database.write() as session:
        KnownIssueStore(session).ended(issue.id, NOW)
    clear(room)
    assert room.rows(QuestionRow)[0].text == ""


def test_rows_of_the_flow_go_when_nobody_asks_for_them_any_more_and_numbers_are_never_given_twice(
    database: Database,
) -> None:
    clock = Clock()
    with database.write() as session:
        for key, state, kind in (
            ("message", "done", "message"),
            ("given-up", "dead", "message"),
            ("digest:2026-11-21", "done", "due"),
            ("last", "done", "message"),
        ):
            session.add(_row(InboxRow, key, state, clock(), kind))
            session.flush()
        session.add_all([_row(OutboxRow, "said", "done", clock()), _row(OutboxRow, "newest", "done", clock())])

    def left_after(days: int, kept_for: int) -> tuple[list[str], int]:
        clock.skip(days * DAY)
        work_off(Retention(kept_for, database, clock), clock)
        with database.read() as session:
            keys = list(session.scalars(select(InboxRow.key).order_by(InboxRow.id)))
            return keys, len(session.scalars(select(OutboxRow.id)).all())

    assert left_after(13, 0) == (["message", "given-up", "digest:2026-11-21", "last"], 2)
    assert left_after(2, 0) == (["given-up", "digest:2026-11-21", "last"], 2)
    assert left_after(16, 0) == (["given-up", "digest:2026-11-21", "last"], 1)
    assert left_after(90, 90) == (["digest:2026-11-21", "last"], 1)
    assert left_after(90, 90) == (["last"], 1)


def test_clearing_beside_a_long_history_holds_nobody_up(database: Database) -> None:
    """The longest turn a writer waits for is that of one batch. (100,000 rows: `make drill`.)"""
    _history(database, 3_000)
    clock, waits, stop = Clock(), [], threading.Event()
    retention = Retention(90, database, clock)
    writer = threading.Thread(target=_write_now_and_then, args=(database, waits, stop))
    writer.start()
    work_off(retention, clock)
    stop.set()
    writer.join()
    assert max(waits) < 1.0
    with database.read() as session:
        assert session.scalars(select(QuestionRow.text).distinct()).all() == [""]


# Backups every night.


@pytest.mark.sqlite("PostgreSQL makes its own backups")
def test_a_backup_is_made_every_night_and_one_that_was_missed_soon(database: Database, tmp_path: Path) -> None:
    clock, folder = Clock(), tmp_path / "kept"
    keeper = _keeper(database, tmp_path, clock, folder)
    keeper.run_once()
    assert len(backups_in(folder)) == 1
    for _ in range(24):
        clock.skip(3_600)
        keeper.run_once()
    assert len(backups_in(folder)) == 2
    clock.skip(5 * DAY)
    another = _keeper(database, tmp_path, clock, folder)  # of several processes one makes it
    for each in (keeper, another):
        each.run_once()
    assert len(backups_in(folder)) == 3


@pytest.mark.sqlite("PostgreSQL makes its own backups")
def test_ops_hears_once_that_backups_fail_and_once_that_they_work_again(database: Database, tmp_path: Path) -> None:
    clock, folder = Clock(), tmp_path / "kept"
    folder.write_text("a file where the folder should be")
    keeper = _keeper(database, tmp_path, clock, folder)
    for _ in range(3):
        keeper.run_once()
        clock.skip(3_700)
    assert [_said(row) for row in _posts(database)] == ["I couldn't make last night's backup"]
    folder.unlink()
    keeper.run_once()
    assert len(backups_in(folder)) == 1
    assert [_said(row) for row in _posts(database)][1:] == ["Backups work again: one was just made."]


# What these tests share.


def _keeper(database: Database, data: Path, clock: Clock, folder: Path) -> object:
    settings = Settings(_env_file=None, data_dir=data, backup_dir=folder)
    return data_keeper(settings, OpsChannel(Outbox(Bell(), clock), OPS_TRIAGE), database, clock)


def _posts(database: Database) -> list[OutboxRow]:
    with database.read() as session:
        return list(session.scalars(select(OutboxRow).order_by(OutboxRow.id)))


def _said(row: OutboxRow) -> str:
    return str(row.payload["text"]).split(": /")[0].split(": T")[0]


def _row(table: type[Any], key: str, state: str, at: datetime, kind: str = "message") -> Any:
    return table(key=key, kind=kind, payload={}, state=state, next_at=at, created_at=at, finished_at=at)


def _read_again(room: Room) -> None:

    with room.database.write() as session:
        room.desk._shared.outbox.put(session, "read:again", ReadTicket(1))
    room.settle()


def _history(database: Database, size: int) -> None:
    """Questions of a year ago, and rows of the flow that are done."""
    long_ago = NOW - timedelta(days=400)
    with database.write() as session:
        Conversations(session).leave_gap(10_000, long_ago)  # PostgreSQL counts from 1
        template = session.scalars(select(QuestionRow)).one()
        columns = {c.key: getattr(template, c.key) for c in QuestionRow.__table__.columns if c.key != "id"}
        session.execute(
            insert(QuestionRow), [{**columns, "text": f"question {n}", "person": MAYA} for n in range(size)]
        )
        for table in (InboxRow, OutboxRow):
            row = {"kind": "post", "payload": {}, "memo": {}, "state": "done", "attempts": 1}
            times = dict.fromkeys(("next_at", "created_at", "finished_at"), long_ago)
            session.execute(insert(table), [{**row, **times, "key": f"{n}"} for n in range(size)])


def _write_now_and_then(database: Database, waits: list[float], stop: threading.Event) -> None:
    number = 0
    while not stop.is_set():
        begun = time.monotonic()
        with database.write() as session:
            session.add(_row(InboxRow, f"w{number}", "done", datetime.now(UTC)))
        waits.append(time.monotonic() - begun)
        number += 1
        time.sleep(0.005)
