"""A world in which a desk is killed over and over: people, Slack, Jira and the database outlive its processes."""

from __future__ import annotations

import itertools
import os
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send
from support_crash_acts import TRIES, Acts
from support_crash_life import SharedClock
from support_crash_lives import LifeFailed, Line, Zygote, zygote
from support_crash_points import Point
from support_database import desk_url, discard

from bot.demo.jira_standin import JiraStandIn
from bot.demo.slack_delivery import Answer
from bot.demo.slack_interactions import Outcome
from bot.demo.slack_standin import SlackStandIn
from bot.serving import Served

DEEP = 3
"""How often in a row a step's process dies: in its work, in the recovery, and in the recovery of the recovery."""

POLLED_AGAIN = 61.0
LOOKS = 24  # at a conversation or a thread each; who died over it has a lease of two minutes
SHORTLY, DOUBTS_SETTLED = 35.0, 1_300.0
"""Seconds after a step until cards are up to date; and until the leases and doubts of one death are settled."""

WATCHERS = frozenset(
    (
        "catching-up",
        "clock-ahead",
        "data",
        "failures",
        "gaps",
        "heartbeat",
        "known-issues",
        "learning",
        "listening",
        "spikes",
    )
)
"""Loops that look for what is missing: they run where a story needs them."""


class Chooses(Protocol):
    """Who decides where lives end."""

    def next(self, step: str, deaths: int) -> tuple[Point, int] | None:
        """Where the next life ends, and at the how many-th time it comes there; None: it is left alone."""

    def died(self, step: str, point: Point, deaths: int) -> None:
        """A life ended there, the ``deaths``-th in a row."""

    def passed(self, step: str, counts: Mapping[str, int]) -> None:
        """What a life passed in a step."""


class Peace:
    """Nobody dies; keeps what was passed."""

    def __init__(self) -> None:
        self.steps: dict[str, Counter[str]] = {}

    def next(self, step: str, deaths: int) -> None:
        """See Chooses."""

    def died(self, step: str, point: Point, deaths: int) -> None:
        """See Chooses."""

    def passed(self, step: str, counts: Mapping[str, int]) -> None:
        """See Chooses."""
        self.steps.setdefault(step, Counter()).update(counts)


class _Place:
    """A server whose app changes from world to world: stopping one takes longer than most worlds."""

    def __init__(self) -> None:
        self.app: ASGIApp | None = None
        self.served = Served(self).start()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.app is not None:
            await self.app(scope, receive, send)


@dataclass
class Ground:
    """What worlds are built on, one after the other: two servers and a zygote."""

    slack: _Place
    jira: _Place
    zygote: Zygote
    memory: Path
    numbers: Iterator[int] = field(default_factory=itertools.count)


@contextmanager
def ground() -> Iterator[Ground]:
    """Ground for as many worlds as needed. Files lie in memory: a process dies here, not the machine."""
    slack, jira = _Place(), _Place()
    in_memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    order = {
        "token": "xoxb-x",
        "secret": "s",
        "slack": f"{slack.served.url}/api/",
        "jira": jira.served.url,
        "jira_token": "t",
        "email": "desk@example.com",
        "hook_secret": "h",
        "team": "T0LARK",
        "bot": "B0DESK",
    }
    try:
        with tempfile.TemporaryDirectory(dir=in_memory, prefix="desk-crash-") as memory, zygote(order) as running:
            yield Ground(slack, jira, running, Path(memory))
    finally:
        slack.served.stop()
        jira.served.stop()


class World(Acts):
    """One world. People act through ``do`` and ``say``; whatever dies meanwhile is started again."""

    def __init__(
        self,
        ground: Ground,
        fate: Chooses,
        name: str,
        *,
        database_url: str = "",
        processes: int = 1,
        without: frozenset[str] = frozenset({"outlooks", *WATCHERS}),
        seed: int = 0,
        mutant: str = "",
    ) -> None:
        """``mutant``: what is wrong with this desk, to see that it is noticed (support_crash_life.MUTANTS)."""
        self._ground, self._fate, self.name = ground, fate, name
        self._random = random.Random(seed)
        self.folder = ground.memory / f"world-{next(ground.numbers)}"
        self.folder.mkdir()
        self._own = not database_url
        self._url = database_url or desk_url(self.folder)
        self.clock = SharedClock.create(self.folder / "clock")
        self.slack = SlackStandIn(clock=self.clock.unix)
        self.slack.served_at(ground.slack.served.url)
        ground.slack.app = Starlette(routes=self.slack.routes())
        self.slack.connect(ground.zygote.url)
        self.jira = JiraStandIn(clock=self.clock)
        self.jira.lag_seconds = 30
        ground.jira.app = self.jira.app
        self.url = ground.zygote.url
        self.deaths: list[tuple[str, Point]] = []
        self.given_up: list[str] = []
        self._number = 0
        self._deaths = 0
        self._order = {**self._orders(without), "mutant": mutant}
        self._lines: list[Line] = []
        self._processes = processes

    @property
    def step(self) -> str:
        """The step people are at."""
        return f"{self.name}:{self._number}"

    # What people do.

    def do(self, act: Callable[[], Any], unless: Callable[[], object] = lambda: False) -> Any:
        """Somebody does something until it is accepted, or until it shows that it was; then the desk works it off."""
        self._begin()
        for _ in range(TRIES):
            self._serve()
            outcome = act()
            self._deliver()
            if _accepted(outcome) or unless():
                self.settle()
                return outcome
        raise AssertionError(f"{self.step}: not accepted: {outcome}")

    def skip(self, seconds: float) -> None:
        """Time passes; some more of it after deaths: who asks Jira every minute begins to count anew."""
        self._begin()
        deaths = -1
        while deaths < self._deaths:
            deaths = self._deaths
            self.clock.set(self.clock.unix() + (POLLED_AGAIN if deaths else seconds))
            self.settle()

    def missed(self, act: Callable[[], Any], seconds: float) -> Any:
        """Somebody does something while no process runs; the desk is back when Slack has stopped repeating it."""
        for line in self._lines:
            line.close()
        self._lines.clear()
        self.slack.connect(None)
        back = self.clock.unix() + seconds
        done = act()
        while not self.slack.line.idle:
            self.slack.line.settled(0.01)
            self.clock.set(max(self.slack.line.next_retry or 0.0, self.clock.unix()))
        self.clock.set(back)
        self.slack.connect(self.url)
        self._begin()
        self._serve()
        self.settle()
        return done

    def settle(self, seconds: float = SHORTLY) -> None:
        """Everything that is due is done, in one process or, after deaths, in the last one."""
        begun = self.clock.unix()
        while True:
            due = self._work()
            horizon = begun + max(seconds, self._doubtful())
            if due is None or due > horizon:
                return
            self.clock.set(max(due + 0.001, self.clock.unix()))
            self._deliver()

    def _doubtful(self) -> float:
        """Seconds that deaths in this step cost; each in the middle of a create puts the ticket off anew."""
        creates = sum(step == self.step and "(create_ticket)" in str(at) for step, at in self.deaths)
        return DOUBTS_SETTLED * max(1, creates) if self._deaths else 0.0

    def finish(self) -> None:
        """The end of the world: nobody dies any more, and what was left open gets its time."""
        self._fate = Peace()
        self._begin()
        self.settle(4 * 3600.0)
        self.clock.set(self.clock.unix() + POLLED_AGAIN)  # who asks Jira what has changed waits for no row
        self.settle(4 * 3600.0)
        if "catching-up" not in self._order["without"]:
            for _ in range(LOOKS):
                self.skip(30)

    def close(self) -> None:
        """Gone."""
        for line in self._lines:
            line.close()
        self.slack.connect(None)
        self.slack.close()
        if self._own:
            discard(self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)

    # Lives.

    def _begin(self) -> None:
        self._number += 1
        self._deaths = 0
        self._people()
        target = self._fate.next(self.step, 0)
        if target is not None:
            self._random.choice(self._lines).tell(do="arm", point=str(target[0]), nth=target[1])

    def _people(self) -> None:
        """As many processes as there should be."""
        for number, line in enumerate(self._lines):
            if not line.look():
                self._lines[number] = self._reborn(line)
        while len(self._lines) < self._processes:
            self._lines.append(self._ground.zygote.life(self._order))

    def _reborn(self, dead: Line) -> Line:
        assert dead.died_at is not None
        self._deaths += 1
        self.deaths.append((self.step, dead.died_at))
        self._fate.died(self.step, dead.died_at, self._deaths)
        target = self._fate.next(self.step, self._deaths) if self._deaths < DEEP else None
        return self._ground.zygote.life(self._order, *(target or ()))

    def _serve(self) -> None:
        while not all(self._serves(line) for line in self._lines):
            self._people()

    def _serves(self, line: Line) -> bool:
        if line.look() and not line.serves:
            line.serves = line.ask(do="serve") is not None
        return line.alive and line.serves

    def _deliver(self) -> None:
        """Everything that people said and that is due has reached the desk."""
        while True:
            due = self.slack.line.next_retry
            waits = due is not None and due <= self.clock.unix()
            if not waits and self.slack.line.settled(0.0):
                return
            self._serve()
            if not self.slack.line.settled(0.002) or waits:
                time.sleep(0.001)

    def _work(self) -> float | None:
        """Everything that is due now is done; when the next thing is."""
        while True:
            self._people()
            for line in self._lines:
                line.tell(do="work")
            answers = [line.answer() for line in self._lines]
            for answer in answers:
                if answer is not None:
                    self._fate.passed(self.step, answer["passed"])
            if all(answer is not None for answer in answers):
                moments = [answer["next"] for answer in answers if answer and answer["next"] is not None]
                retry = self.slack.line.next_retry
                return min([*moments, *([retry] if retry is not None else [])], default=None)

    def _orders(self, without: frozenset[str]) -> dict[str, Any]:
        return {
            "token": self.slack.bot_token,
            "secret": self.slack.signing_secret,
            "slack": self.slack.api_url,
            "jira": self._ground.jira.served.url,
            "jira_token": self.jira.token,
            "email": self.jira.email,
            "hook_secret": self.jira.webhook_secret,
            "team": self.slack.workspace.team.id,
            "bot": self.slack.workspace.team.bot_id,
            "database": self._url,
            "clock": str(self.folder / "clock"),
            "folder": str(self.folder),
            "without": sorted(without),
        }


def _accepted(outcome: Any) -> bool:
    if isinstance(outcome, Outcome):
        if outcome.errors:
            raise AssertionError(f"the form has errors: {outcome.errors}")
        return outcome.ok
    return outcome.ok if isinstance(outcome, Answer) else True


__all__ = ["WATCHERS", "Chooses", "Ground", "LifeFailed", "Peace", "World", "ground"]
