"""One scenario after the other, each with another thing that fails, and what is wrong in the end."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from support_failing import Hands
from support_failing_life import Ops, Scenario, check_answered, check_lived

from bot.tiers import WINDOW_S

ALL_OF = int(os.environ.get("FAULT_EVERY", "0"))
"""`make faults` sets it; `make test` takes a sample."""


@dataclass
class Stage:
    """A desk for one scenario after the other, and what can go wrong there.

    ``arm`` lets the N-th from now go wrong, ``met`` says what it was ("": not yet), ``calm`` ends all trouble.
    """

    hands: Hands
    ops: Ops
    arm: Callable[[int], None]
    met: Callable[[], str]
    calm: Callable[[], None]


class Campaign:
    """Scenarios on one desk, each with one thing that fails; after a failed check it goes on with a fresh desk."""

    def __init__(self, stack: ExitStack, stage: Callable[[ExitStack, Path], Stage]) -> None:
        self._stack = stack
        self._make = stage
        self._stage: Stage | None = None
        self.problems: list[str] = []
        self.struck = 0

    def strike(self, name: str, chosen: Callable[[int], bool], *, cold: bool = False) -> int:
        """Let the N-th fail for every N that is chosen, until the scenario ends before it. How many were struck.

        ``cold``: each on a desk that has just started and knows nobody yet.
        """
        for number in filter(chosen, count(1)):
            stage = self._stage = self._fresh() if cold or self._stage is None else self._stage
            met, problem = _one(stage, name, number)
            self.struck += bool(met)
            if problem:
                self.problems.append(f"{name} {number} {met[:120]!r}: {problem}"[:1500])
                self._stage = None
            elif not met:
                break
        return self.struck

    def _fresh(self) -> Stage:
        in_memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # a call fails here, not the machine
        return self._make(self._stack, Path(self._stack.enter_context(tempfile.TemporaryDirectory(dir=in_memory))))


def _one(stage: Stage, name: str, number: int) -> tuple[str, str]:
    """What failed, and what is wrong in the end."""
    scenario = Scenario(stage.hands, stage.ops)
    before = stage.ops.count()
    stage.hands.time.skip(WINDOW_S)  # a minute's calls to Slack are there again
    stage.arm(number)
    try:
        getattr(scenario, name)()
        stage.calm()
        if name == "known":
            check_answered(scenario)
        else:
            check_lived(scenario)
        assert stage.ops.count() == before + (name != "known")
    except Exception as exc:  # noqa: BLE001 - the next N is looked at, too
        return stage.met(), f"{type(exc).__name__} {exc}"
    return stage.met(), ""


@contextmanager
def campaign(stage: Callable[[ExitStack, Path], Stage]) -> Iterator[Campaign]:
    """A campaign whose problems are all told at its end."""
    with ExitStack() as stack:
        running = Campaign(stack, stage)
        yield running
        assert running.problems == [], "\n\n".join(running.problems)
        assert running.struck


def chosen(every: int) -> Callable[[int], bool]:
    """Which N are struck: each with FAULT_EVERY=1, else each ``every``-th, others every day."""
    every = ALL_OF or every
    first = _today() % every
    return lambda number: number % every == first


def todays(ways: Iterable[str], many: int) -> list[str]:
    """So many of the ways, others every day; all of them with FAULT_EVERY."""
    listed = list(ways)
    first = 0 if ALL_OF else _today() * many % len(listed)
    return listed if ALL_OF else (listed + listed)[first : first + many]


def _today() -> int:
    return datetime.now(UTC).toordinal()
