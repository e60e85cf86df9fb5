"""Two processes that take from one queue: each row once, each lane in order and one row at a time."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass

import pytest

from bot.clock import now_utc
from bot.database import Database
from bot.tables import OutboxRow

LANES, ROWS = 5, 60

HAND = """
import sys, time
from sqlalchemy import func, select
from bot.clock import now_utc
from bot.database import open_database
from bot.queue import Queue
from bot.tables import OutboxRow

database, queue, left = open_database(sys.argv[1]), Queue(OutboxRow), 1
print("ready", flush=True)
sys.stdin.readline()
while left:
    with database.write() as session:
        claim = queue.claim(session, now_utc())
    if claim is None:
        with database.read() as session:
            left = session.scalar(select(func.count()).where(OutboxRow.finished_at.is_(None)))
        continue
    begun = time.monotonic()
    time.sleep(0.003)
    print(claim.id, claim.attempts, begun, time.monotonic(), flush=True)
    with database.write() as session:
        queue.finish(session, claim, now_utc())
"""


@dataclass(frozen=True)
class Turn:
    """One process carried out one row from one moment to another (seconds of the machine's clock)."""

    process: int
    row: int
    attempts: int
    begun: float
    ended: float


@pytest.mark.timeout(120)
def test_two_processes_do_each_row_once_and_no_two_of_a_lane_at_a_time(any_database: Database) -> None:
    lanes = recorded(any_database)
    turns = worked_off(any_database.engine.url.render_as_string(hide_password=False))
    assert sorted(turn.row for turn in turns) == sorted(lanes)
    assert {turn.attempts for turn in turns} == {1}
    assert {turn.process for turn in turns} == {0, 1}
    of_lane = defaultdict(list)
    for turn in sorted(turns, key=lambda turn: turn.row):
        of_lane[lanes[turn.row]].append(turn)
    for in_order in of_lane.values():
        assert all(one.ended <= after.begun for one, after in zip(in_order, in_order[1:], strict=False))


def recorded(database: Database) -> dict[int, str | None]:
    """Rows that are due; their lanes by id."""
    now = now_utc()
    rows = [
        OutboxRow(
            key=f"r{number}",
            lane=f"lane {number % LANES}",
            kind="post",
            payload={},
            state="ready",
            next_at=now,
            created_at=now,
        )
        for number in range(ROWS)
    ]
    with database.write() as session:
        session.add_all(rows)
    return {row.id: row.lane for row in rows}


def worked_off(url: str) -> list[Turn]:
    """Two processes begin together and work until nothing is left."""
    hands = [
        subprocess.Popen(
            [sys.executable, "-c", HAND, url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for hand in hands:
        assert hand.stdout is not None
        assert hand.stdout.readline() == "ready\n"
    for hand in hands:
        assert hand.stdin is not None
        hand.stdin.write("go\n")
        hand.stdin.flush()
    turns = []
    for number, hand in enumerate(hands):
        out, err = hand.communicate(timeout=60)
        assert (hand.returncode, err) == (0, "")
        for line in out.splitlines():
            row, attempts, begun, ended = line.split()
            turns.append(Turn(number, int(row), int(attempts), float(begun), float(ended)))
    return turns
