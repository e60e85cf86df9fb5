"""A worker process that stands still (SIGSTOP) for longer than its lease comes too late: another has taken over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support_desk import Clock, Room, running_desk

from bot.tables import InboxRow, OutboxRow

PROGRAM = Path(__file__).parents[1] / "stopped_worker.py"
KNOWN = "@MOPS Desk where are my MQLs?"


class Shared:
    """How far both processes' clocks are ahead; ``skip`` lets no real time pass."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._file, self._clock, self._ahead = folder / "skipped", clock, 0.0
        self._file.write_text("0")

    def skip(self, seconds: float) -> None:
        """Let time pass for both."""
        self._ahead += seconds
        draft = self._file.with_suffix(".new")
        draft.write_text(str(self._ahead))
        draft.replace(self._file)
        self._clock.skip(seconds)


@contextmanager
def stopped(room: Room, folder: Path, place: str) -> Iterator[subprocess.Popen[str]]:
    """Another process, stopped where it is about to give its verdict, or to send the answer."""
    url = room.database.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, str(PROGRAM), url, str(folder), room.slack.api_url, place]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            room.slack.wait_for(lambda: (folder / "reached").exists() or process.poll() is not None, 60)
            os.kill(process.pid, signal.SIGSTOP)
            yield process
        finally:
            process.kill()


def late(room: Room, folder: Path, place: str, wait: Callable[[], None]) -> tuple[str, str]:
    """A question whose worker is stopped and overtaken. Its thread's ts, and what the late process logged."""
    ts = room.slack.say("Maya", "#ask-mops", KNOWN)
    room.slack.wait_until_delivered()
    with stopped(room, folder, place) as process:
        wait()
        room.desk.start()
        room.slack.wait_for_message("#ask-mops", "synced", thread=ts, timeout=20)
        room.settle()
        time.sleep(1.5)  # the pace would hold a second message up for a second
        os.kill(process.pid, signal.SIGCONT)
        time.sleep(3)
        process.terminate()
        said, _ = process.communicate(timeout=20)
    return ts, said


def check(room: Room, ts: str, said: str, place: str) -> None:
    """One answer, and the late process was refused."""
    assert len(room.replies(ts)) == 1
    assert "claim_lost" in said
    table = InboxRow if place == "verdict" else OutboxRow
    overtaken = [row for row in room.rows(table) if row.kind in ("message", "post")]
    assert [(row.state, row.attempts) for row in overtaken] == [("done", 2)]
    room.assert_clean()


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="this system cannot stop a process")
@pytest.mark.parametrize("place", [pytest.param("verdict", marks=pytest.mark.slow), "sending"])
def test_a_stopped_worker_comes_too_late_and_says_nothing_a_second_time(tmp_path: Path, place: str) -> None:
    clock = Clock()
    shared = Shared(tmp_path, clock)
    with running_desk(tmp_path, started=False, clock=clock) as room:
        ts, said = late(room, tmp_path, place, lambda: shared.skip(61))
        check(room, ts, said, place)


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("place", ["verdict", "sending"])
def test_two_real_minutes_are_the_same(tmp_path: Path, place: str) -> None:
    Shared(tmp_path, Clock())
    with running_desk(tmp_path, started=False) as room:
        ts, said = late(room, tmp_path, place, lambda: time.sleep(120))
        check(room, ts, said, place)
