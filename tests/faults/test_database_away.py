"""The disk is full, the database read-only, failing or locked by somebody: everyone hears the truth, and it ends."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest
from support_desk import Room, running_desk
from support_failing import Trouble
from support_failing_database import FailingDatabase

KNOWN = "@MOPS Desk where are my MQLs?"
SIZE = 6_000_000
WRITES = ("BEGIN IMMEDIATE", "INSERT", "UPDATE", "DELETE")


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A file system of a few megabytes at this folder."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "desk", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False)


@contextmanager
def full(_room: Room, folder: Path) -> Iterator[None]:
    """No byte is left."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65_536, 4_096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
    yield
    filler.unlink()


@contextmanager
def saying(room: Room, _folder: Path, words: str) -> Iterator[None]:
    """Every write ends with these words of SQLite's."""
    failing = FailingDatabase(room)

    class Away(Trouble):
        def before(self, what: str) -> None:
            if what.startswith(WRITES):
                raise sqlite3.OperationalError(words)

    failing.trouble = Away()
    yield
    failing.calm()


@contextmanager
def locked(_room: Room, folder: Path) -> Iterator[None]:
    """Another program holds the database."""
    with closing(sqlite3.connect(folder / "desk.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


Outage = Callable[[Room, Path], AbstractContextManager[None]]
OUTAGES: dict[str, Outage] = {
    "full": full,
    "read-only": partial(saying, words="attempt to write a readonly database"),
    "failing": partial(saying, words="disk I/O error"),
    "locked": locked,
}


def ready(room: Room) -> tuple[int, bool]:
    """What /readyz says: its status, and whether the database can be written."""
    answer = httpx.get(f"{room.url}/readyz", timeout=10)
    return answer.status_code, answer.json()["database"]["ok"]


def ask_until_refused(room: Room) -> list[str]:
    """Questions, until one is not acknowledged: room that was taken before may last for a few."""
    asked: list[str] = []
    for _ in range(400):
        asked.append(room.slack.say("Maya", "dm", "where are my MQLs?"))
        room.slack.wait_until_delivered(20)
        if room.slack.deliveries[-1].problem:
            return asked
    raise AssertionError("everything was kept")


@pytest.mark.sqlite("what SQLite says when it cannot write")
@pytest.mark.parametrize("kind", ["full", "read-only", pytest.param("failing", marks=pytest.mark.slow), "locked"])
def test_what_cannot_be_kept_is_not_acknowledged_and_all_goes_on_by_itself(tmp_path: Path, kind: str) -> None:
    with small_disk(tmp_path) if kind == "full" else closing(open(os.devnull)), running_desk(tmp_path) as room:
        first = room.slack.say("Maya", "#ask-mops", KNOWN)
        room.slack.wait_for_message("#ask-mops", "synced", thread=first)
        room.settle()
        with OUTAGES[kind](room, tmp_path):
            asked = ask_until_refused(room)
            outcome = room.slack.command("Maya", "#ask-mops", "/mops where are my MQLs?")
            assert "couldn't save that" in (outcome.ack_text or "")
            assert "where are my MQLs?" in (outcome.ack_text or "")
            assert ready(room) == (503, False)
        assert ready(room)[1]
        refused = {one.body: one for one in room.slack.deliveries if one.kind == "event" and one.problem}
        for delivery in refused.values():
            assert room.slack.redeliver(delivery).status == 200
        room.clock.skip(61)
        room.settle(30)
        dm = room.slack.dm("Maya")
        assert [len(room.replies(ts, dm)) for ts in asked] == [1] * len(asked)
