"""A desk in which one statement, commit or call fails, worked by hand so that the N-th is the same every time.

The production app takes deliveries over HTTP and redeliveries come from the stand-in, as in life; what its loops
would do is done in the test's own thread. Time stands still until it is told to move.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import select
from support_database import desk_url
from support_desk import Room, running_desk

from bot.clock_ahead import ClockAhead
from bot.database import Database, open_database
from bot.demo.slack_interactions import Outcome
from bot.demo.slack_larkfield import larkfield
from bot.demo.slack_reading import shown_text
from bot.tables import InboxRow, OutboxRow
from escalation.protocols import Tracker

RESTS = (2, 5, 30, 61, 61, 301, 301, 301, 301)
"""Seconds after which whatever was put off has had its turn, one after the other: no doubt lasts longer in all."""


class Time:
    """The desk's clock, and Slack's; it only moves when told to.

    Slack's goes right, the desk's is ``ahead`` of it. At the desk's N-th look (``jumps_at``) that becomes ``then``.
    """

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 10, tzinfo=UTC)
        self.ahead = self.then = timedelta(0)
        self.looks = self.jumps_at = 0

    def __call__(self) -> datetime:
        self.looks += 1
        if self.looks == self.jumps_at:
            self.ahead = self.then
        return self.now + self.ahead

    def unix(self) -> float:
        """As Slack has it."""
        return self.now.timestamp()

    def skip(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


@dataclass
class Trouble:
    """Counts what could fail, and lets one of it fail (0: none). ``before`` and ``after`` stand around each."""

    fails_at: int = 0
    error: Callable[[], Exception] = lambda: sqlite3.OperationalError("disk I/O error")
    late: bool = False  # it takes effect first
    counted: int = 0
    failed: str = ""

    def before(self, what: str) -> None:
        """Something is about to happen."""
        self.counted += 1
        if self.counted == self.fails_at and not self.late:
            self.failed = what
            raise self.error()

    def after(self, what: str) -> None:
        """It has happened."""
        if self.counted == self.fails_at and self.late and not self.failed:
            self.failed = what
            raise self.error()


NO_TROUBLE = Trouble()


class Steps(Protocol):
    """A worker or a dispatcher."""

    def run_once(self) -> bool:
        """Do one piece of work."""


@dataclass
class Hands:
    """A desk without loops, and the persons who use it until they have what they want."""

    room: Room
    time: Time
    people: Database  # the same, over connections that never fail
    steps: tuple[Steps, ...] = ()
    redelivered: int = 0
    refused: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        ahead = ClockAhead(self.room.database, self.room.clock)
        self.steps = (self.room.desk.worker(self.room.knowledge), self.room.desk.dispatcher(), ahead)

    def work(self) -> None:
        """What the loops do until nothing is due; like them, they go on after an error."""
        self.room.slack.wait_until_delivered(20)
        for _ in range(300):
            if not any([self._did(one) for one in self.steps]):
                return
        raise AssertionError("the desk never comes to rest")

    def rest(self) -> None:
        """Let time pass until every doubt is settled."""
        self.work()
        for seconds in RESTS:
            if not self.open_rows():
                return
            self.time.skip(seconds)
            self.work()

    def open_rows(self) -> list[tuple[str, str, str | None]]:
        """(key, state, error) of what is not finished, without a statement of the desk's own connections."""
        with self.people.read() as session:
            found = [
                select(table.key, table.state, table.error).where(table.finished_at.is_(None))
                for table in (InboxRow, OutboxRow)
            ]
            return [(key, state, why) for query in found for key, state, why in session.execute(query)]

    def given_up(self) -> list[str]:
        """The keys of what is dead."""
        with self.people.read() as session:
            found = [select(table.key).where(table.state == "dead") for table in (InboxRow, OutboxRow)]
            return [key for query in found for key in session.scalars(query)]

    def until_taken(self, act: Callable[[], Outcome]) -> None:
        """A person who tries again while Slack shows a warning triangle."""
        for _ in range(4):
            outcome = act()
            if outcome.ok:
                return
            self.refused.append(str(outcome.error))
        raise AssertionError(f"never taken: {self.refused}")

    def said(self, ts: str) -> list[str]:
        """What the desk says to everybody in a thread now."""
        return [shown_text(message) for message in self.room.replies(ts) if not message.ephemeral_for]

    def _did(self, steps: Steps) -> bool:
        try:
            return steps.run_once()
        except Exception as exc:  # noqa: BLE001 - as the runtime's loops do
            logging.getLogger(__name__).debug("a loop failed: %s", exc)
            return True


@contextmanager
def failing_desk(
    folder: Path, tracker: Tracker | None = None, time: Time | None = None, **more: Any
) -> Iterator[Hands]:
    """A desk worked by hand, with a clock that stands still."""
    time = time or Time()
    workspace = larkfield(time.unix)
    url = desk_url(folder)
    with (
        closing(open_database(url)) as people,
        running_desk(
            folder,
            tracker=tracker,
            clock=time,
            started=False,
            workspace=workspace,
            database_url=url,
            **more,  # type: ignore[arg-type]
        ) as room,
    ):
        yield Hands(room, time, people)
