"""The durable queue under inbox and outbox: the same promises on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bot.clock import now_utc
from bot.database import Database
from bot.lease import Leases
from bot.queue import LEASE, Claimed, ClaimLost, Queue
from bot.tables import OutboxRow

START = now_utc()
QUEUE = Queue(OutboxRow)


def later(seconds: float) -> datetime:
    """That many seconds after START."""
    return START + timedelta(seconds=seconds)


def put(database: Database, key: str, lane: str | None = "lane", delay: float = 0.0) -> None:
    """A row that says something a person typed."""
    with database.write() as session:
        row = _row(key)
        row.lane, row.next_at = lane, later(delay)
        session.add(row)


def claim(database: Database, at: float = 0.0) -> Claimed | None:
    """Claim the next row, so many seconds after START."""
    with database.write() as session:
        return QUEUE.claim(session, later(at))


def claimed(database: Database, at: float = 0.0) -> Claimed:
    """Claim a row that must be there."""
    found = claim(database, at)
    assert found is not None
    return found


def finish(database: Database, row: Claimed, at: float = 0.0) -> None:
    """The row is done."""
    with database.write() as session:
        QUEUE.finish(session, row, later(at))


def state(database: Database, key: str) -> OutboxRow:
    """The row as it is now."""
    with database.read() as session:
        return session.scalars(select(OutboxRow).where(OutboxRow.key == key)).one()


def fail(database: Database, row: Claimed, how: str, until: float) -> None:
    """The row did not work out: ``retry``, ``park`` or ``unsure``; due again so many seconds after START."""
    with database.write() as session:
        getattr(QUEUE, how)(session, row, later(until), "away", {})


def test_rows_of_one_lane_come_in_order_and_one_at_a_time(any_database: Database) -> None:
    put(any_database, "a")
    put(any_database, "b")
    first = claimed(any_database)
    assert first.key == "a"
    assert claim(any_database) is None
    finish(any_database, first)
    assert claimed(any_database).key == "b"


def test_a_row_being_retried_holds_its_lane_and_no_other(any_database: Database) -> None:
    put(any_database, "a")
    put(any_database, "b")
    fail(any_database, claimed(any_database), "retry", 30)
    put(any_database, "other", lane="other lane")
    put(any_database, "free", lane=None)
    assert [claimed(any_database).key for _ in range(2)] == ["other", "free"]
    assert claim(any_database, 29) is None
    assert claimed(any_database, 30).key == "a"


@pytest.mark.parametrize("how", ["unsure", "park"])
def test_an_unclear_or_parked_row_frees_its_lane(any_database: Database, how: str) -> None:
    put(any_database, "a")
    put(any_database, "b")
    fail(any_database, claimed(any_database), how, 30)
    second = claimed(any_database)
    assert second.key == "b"
    finish(any_database, second)
    assert claim(any_database, 29) is None
    assert claimed(any_database, 30).key == "a"


def test_an_unclear_row_that_is_due_waits_while_a_later_one_of_its_lane_is_worked_on(any_database: Database) -> None:
    put(any_database, "a")
    put(any_database, "b")
    fail(any_database, claimed(any_database), "unsure", 5)
    later_one = claimed(any_database)
    assert later_one.key == "b"
    assert claim(any_database, 10) is None
    finish(any_database, later_one, 10)
    assert claimed(any_database, 10).key == "a"


def test_a_later_row_whose_worker_died_does_not_hold_an_earlier_one(any_database: Database) -> None:
    put(any_database, "scheduled", delay=30)
    put(any_database, "died")
    assert claimed(any_database).key == "died"
    over = LEASE.total_seconds() + 1
    assert [claimed(any_database, over).key] == ["scheduled"]


def test_a_scheduled_row_does_not_hold_its_lane_until_it_is_due(any_database: Database) -> None:
    put(any_database, "scheduled", delay=4)
    put(any_database, "now")
    assert claimed(any_database, 1).key == "now"
    put(any_database, "next")
    assert claim(any_database, 5) is None  # "now" is still being worked on


def test_an_earlier_row_that_is_due_and_unclaimed_holds_later_ones(any_database: Database) -> None:
    put(any_database, "scheduled", delay=4)
    put(any_database, "now")
    assert claimed(any_database, 5).key == "scheduled"
    assert claim(any_database, 5) is None


def test_nothing_is_claimed_before_its_time(any_database: Database) -> None:
    put(any_database, "a", delay=3)
    assert claim(any_database, 2.9) is None
    assert claimed(any_database, 3).key == "a"


def test_a_row_whose_lease_ran_out_is_claimed_again_in_doubt(any_database: Database) -> None:
    put(any_database, "a")
    first = claimed(any_database)
    assert first.in_doubt_since is None
    over = LEASE.total_seconds()
    assert claim(any_database, over - 1) is None
    second = claimed(any_database, over)
    assert (second.id, second.attempts, second.in_doubt_since) == (first.id, 2, START)


def test_the_doubt_stays_until_somebody_has_looked(any_database: Database) -> None:
    put(any_database, "a")
    claimed(any_database)
    over = LEASE.total_seconds()
    second = claimed(any_database, over)
    with any_database.write() as session:  # Slack was away when it was looked for
        QUEUE.retry(session, second, later(over + 5), "away", second.memo)
    third = claimed(any_database, over + 5)
    assert third.in_doubt_since == START
    with any_database.write() as session:
        QUEUE.postpone(session, third, later(over + 6), third.certain())
    fourth = claimed(any_database, over + 6)
    assert (fourth.in_doubt_since, fourth.attempts) == (None, 3)  # waiting for a turn is no attempt


def test_a_claim_is_kept_alive_while_its_row_is_worked_on(any_database: Database) -> None:
    put(any_database, "slow")
    row = claimed(any_database)
    now = [0.0]
    leases = Leases(QUEUE, any_database, lambda: later(now[0]), every_s=0.02)
    over = LEASE.total_seconds() + 1
    with leases.held(row):
        now[0] = 30
        wait_until(lambda: state(any_database, "slow").next_at > later(over))
        assert claim(any_database, over) is None
    assert claimed(any_database, 30 + over).in_doubt_since == START  # nobody renews it any more


def test_whoever_lost_a_claim_cannot_renew_it(any_database: Database) -> None:
    put(any_database, "slow")
    row = claimed(any_database)
    claimed(any_database, LEASE.total_seconds())
    with pytest.raises(ClaimLost), any_database.write() as session:
        QUEUE.renew(session, row, later(100))


def wait_until(what: Callable[[], bool]) -> None:
    """Return when it is so; fail after five seconds."""
    end = time.monotonic() + 5
    while not what():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_late_writer_is_refused_and_writes_nothing(any_database: Database) -> None:
    put(any_database, "a")
    slow = claimed(any_database)
    over = LEASE.total_seconds()
    quick = claimed(any_database, over)
    for settle in ("finish", "retry", "park", "unsure", "bury"):
        with pytest.raises(ClaimLost), any_database.write() as session:
            session.add(_row("written with a stale claim"))
            _settle(settle, session, slow)
    with any_database.read() as session:
        assert session.scalars(select(OutboxRow.key)).all() == ["a"]
    finish(any_database, quick, over)
    assert state(any_database, "a").state == "done"


def test_a_finished_row_keeps_no_words_and_cannot_be_finished_twice(any_database: Database) -> None:
    put(any_database, "a")
    row = claimed(any_database)
    finish(any_database, row)
    kept = state(any_database, "a")
    assert (kept.state, kept.payload, kept.memo, kept.finished_at) == ("done", {}, {}, START)
    with pytest.raises(ClaimLost):
        finish(any_database, row)


def test_a_dead_row_frees_its_lane_and_is_never_claimed_again(any_database: Database) -> None:
    put(any_database, "a")
    put(any_database, "b")
    with any_database.write() as session:
        row = QUEUE.claim(session, START)
        assert row is not None
        QUEUE.bury(session, row, START, "refused")
    assert claimed(any_database).key == "b"
    assert state(any_database, "a").state == "dead"


@pytest.mark.timeout(120)
def test_eight_threads_do_each_row_once_and_no_two_of_a_lane_at_a_time(any_database: Database) -> None:
    total = 160
    with any_database.write() as session:
        session.add_all(_row(f"r{number}", lane=f"lane {number % 7}") for number in range(total))
    crowd = Crowd(any_database, total)
    threads = [threading.Thread(target=crowd.work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    assert crowd.troubles == []
    assert Counter(crowd.done) == {f"r{number}": 1 for number in range(total)}
    for lane in range(7):
        in_lane = [int(key[1:]) for key in crowd.done if int(key[1:]) % 7 == lane]
        assert in_lane == sorted(in_lane)


class Crowd:
    """Workers that note what they do, and complain when they meet another in their lane."""

    def __init__(self, database: Database, total: int) -> None:
        self.database = database
        self.total = total
        self.done: list[str] = []
        self.troubles: list[str] = []
        self._lock = threading.Lock()
        self._busy: set[int] = set()

    def work(self) -> None:
        """Claim and finish until everything is done."""
        while len(self.done) < self.total and not self.troubles:
            try:
                row = claim(self.database, 1)
                if row is not None:
                    self._carry_out(row)
            except Exception as exc:
                self.troubles.append(repr(exc))
                raise

    def _carry_out(self, row: Claimed) -> None:
        lane = int(row.key[1:]) % 7
        with self._lock:
            if lane in self._busy:
                self.troubles.append(f"{row.key}: lane {lane} is busy")
            self._busy.add(lane)
        time.sleep(0.002)
        with self._lock:
            self._busy.remove(lane)
            self.done.append(row.key)
        finish(self.database, row, 1)


def _row(key: str, lane: str = "lane") -> OutboxRow:
    return OutboxRow(
        key=key, lane=lane, kind="post", payload={"text": "typed"}, state="ready", next_at=START, created_at=START
    )


def _settle(how: str, session: Session, row: Claimed) -> None:
    match how:
        case "finish":
            QUEUE.finish(session, row, START)
        case "bury":
            QUEUE.bury(session, row, START, "why")
        case _:
            getattr(QUEUE, how)(session, row, START, "why", {})


# The inbox


HISTORY = """
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
    INSERT INTO desk_outbox (key, lane, kind, payload, memo, attempts, state, next_at, created_at, finished_at)
    SELECT 'old' || i, 'lane ' || (i % 50), kind, payload, memo, 1, 'done', next_at, created_at, created_at
    FROM n, desk_outbox WHERE key = 'seed'
"""


def test_claiming_stays_quick_beside_a_hundred_thousand_finished_rows(any_database: Database) -> None:
    put(any_database, "seed")
    before = least_seconds_to_work(any_database, "before")
    with any_database.write() as session:
        session.execute(text(HISTORY))
    assert least_seconds_to_work(any_database, "after") < 1.5 * before + 0.3


def least_seconds_to_work(database: Database, name: str) -> float:
    """Of three times: PostgreSQL tidies up after many rows, and the machine does other work."""
    return min(seconds_to_work(database, f"{name}{again}-") for again in range(3))


def seconds_to_work(database: Database, name: str) -> float:
    """How long thirty claims and settlements take."""
    for number in range(30):
        put(database, f"{name}{number}", lane=f"lane {number}")
    started = time.perf_counter()
    for _ in range(30):
        finish(database, claimed(database))
    return time.perf_counter() - started


def test_what_a_clock_that_was_ahead_put_off_waits_as_long_as_it_was_meant_to(any_database: Database) -> None:
    put(any_database, "later", delay=300)  # meant to wait five minutes
    put(any_database, "tried", lane="other")
    fail(any_database, claimed(any_database), "retry", 10)
    before = -3600.0  # it is an hour earlier, in truth
    with any_database.write() as session:
        assert QUEUE.from_ahead(session, later(before)) == 2
        assert QUEUE.from_ahead(session, later(before)) == 0
    assert claim(any_database, before + 5) is None
    assert claimed(any_database, before + 11).key == "tried"
    assert claimed(any_database, before + 301).key == "later"


def test_who_was_overtaken_learns_it_before_a_step_that_cannot_be_repeated(any_database: Database) -> None:
    put(any_database, "a")
    row = claimed(any_database)
    moment = [later(1)]
    leases = Leases(QUEUE, any_database, lambda: moment[0])
    leases.confirm(row)
    moment[0] = later(61)
    claimed(any_database, 61)
    with pytest.raises(ClaimLost):
        leases.confirm(row)
