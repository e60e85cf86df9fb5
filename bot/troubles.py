"""What fails in the loops of a process: said when it begins, then ever more seldom, and once more when it is over."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.errors import DatabaseUnavailable
from bot.logs import get_logger

log = get_logger(__name__)

AWAY_S = 1.0, 2.0
"""How soon a loop asks again for a database that is away, at first and at most.

A connection that is refused costs a millisecond, so all loops of a process may ask: they are back within two seconds.
"""

BROKEN_S = 1.0, 30.0
"""The same for any other error: each try may cost what the last one did."""

SAID_S = 1.0, 30.0
"""How soon the log repeats that something still fails, at first and at most; each time twice as late."""

SAME_S = 60.0
"""What fails again so soon after it was over is the same trouble: the log does not begin anew."""


_Kind = tuple[str, str]  # how the log calls it, and the name of the error


def pause_s(problem: Exception, failures: int) -> float:
    """How long a loop rests after it has failed so often in a row."""
    first, most = AWAY_S if isinstance(problem, DatabaseUnavailable) else BROKEN_S
    return _doubled(first, failures - 1, most)


@dataclass
class _Trouble:
    """One kind of error: the loops that meet it now, and all that have since it began."""

    since: float
    say_at: float
    said: int = 0
    told: bool = False  # since it was last over
    over_at: float | None = None
    failing: set[str] = field(default_factory=set)
    met: set[str] = field(default_factory=set)


class Troubles:
    """One per process; loops tell it how each round ended. Safe from any thread.

    ``monotonic`` gives seconds that no change of the clock moves.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._known: dict[_Kind, _Trouble] = {}
        self._failing: dict[str, _Kind] = {}  # by loop, the error of its last round

    def failed(self, loop: str, problem: Exception, why: str | None = None, event: str = "loop_failed") -> None:
        """A round of this loop ended in an error. ``why``: its words, where they can hold nobody's.

        ``event``: how the log calls it.
        """
        error, now = type(problem).__name__, self._monotonic()
        with self._lock:
            self._leave(loop, now, but=(event, error))
            trouble = self._met((event, error), now)
            self._failing[loop] = event, error
            trouble.failing.add(loop)
            trouble.met.add(loop)
            if now < trouble.say_at:
                return
            trouble.say_at = now + _doubled(SAID_S[0], trouble.said, SAID_S[1])
            trouble.said, trouble.told = trouble.said + 1, True
            first, loops, lasts = trouble.said == 1, sorted(trouble.failing), round(now - trouble.since, 1)
        why = str(problem) if isinstance(problem, DatabaseUnavailable) else why
        if first:
            log.error(event, loop=loop, error=error, why=why)
        else:
            log.error("loops_still_fail", loops=loops, error=error, why=why, for_s=lasts)
        log.debug("loop_failed_trace", exc_info=problem)

    def worked(self, loop: str) -> None:
        """A round of this loop went well."""
        if loop not in self._failing:  # as ever; costs nothing
            return
        with self._lock:
            self._leave(loop, self._monotonic())

    def _met(self, kind: _Kind, now: float) -> _Trouble:
        trouble = self._known.get(kind)
        if trouble is None or (trouble.over_at is not None and now - trouble.over_at > SAME_S):
            trouble = self._known[kind] = _Trouble(since=now, say_at=now)
        elif trouble.over_at is not None:
            trouble.since, trouble.over_at = now, None
        return trouble

    def _leave(self, loop: str, now: float, but: _Kind = ("", "")) -> None:
        """The loop does not meet its last error any more, unless it is ``but``. Under the lock."""
        kind = self._failing.get(loop)
        if kind is None or kind == but:
            return
        del self._failing[loop]
        trouble = self._known[kind]
        trouble.failing.discard(loop)
        if trouble.failing:
            return
        trouble.over_at = now
        if trouble.told:
            lasted = round(now - trouble.since, 1)
            log.info("loops_work_again", loops=sorted(trouble.met), error=kind[1], after_s=lasted)
        trouble.told = False
        trouble.met.clear()


def _doubled(first: float, times: int, most: float) -> float:
    return float(min(first * 2 ** min(times, 10), most))
