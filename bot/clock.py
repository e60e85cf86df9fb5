"""Time as an argument, so that tests can hold it still."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Returns the present as an aware UTC time."""

NOTICED = timedelta(seconds=1)
ADOPTED = timedelta(hours=2)
"""A machine's clock that jumps back, or ahead by less than this, is followed gradually, one further ahead at once."""

CATCHING_UP = 0.5
"""Share of the time that passes by which a jump is followed: an hour takes two, and no wait doubles."""


def now_utc() -> datetime:
    """The present."""
    return datetime.now(UTC)


def moment(seconds: float) -> datetime:
    """So many seconds after 1970 began."""
    return datetime.fromtimestamp(seconds, UTC)


def elapsed_s() -> float:
    """Seconds since some moment, whatever is done to the clock; a machine's sleep counts where that is known."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class SteadyClock:
    """The present for a process that runs for weeks: a clock that is put right does not jump for it.

    A jump forward would end leases of work that is under way, and the patience with which an unclear call is looked
    for; one back would leave everything waiting. May be called from several threads; never goes back.
    """

    def __init__(self, wall: Clock = now_utc, elapsed: Callable[[], float] = elapsed_s) -> None:
        self._wall = wall
        self._elapsed = elapsed
        self._lock = threading.Lock()
        self._now, self._at = wall(), elapsed()

    def __call__(self) -> datetime:
        """The present."""
        with self._lock:
            wall, at = self._wall(), self._elapsed()
            passed = timedelta(seconds=max(0.0, at - self._at))
            self._now, self._at = max(self._now, self._followed(wall, self._now + passed, passed)), at
            return self._now

    def _followed(self, wall: datetime, steady: datetime, passed: timedelta) -> datetime:
        apart = wall - steady
        if abs(apart) <= NOTICED or apart > ADOPTED:
            return wall
        step = min(abs(apart), passed * CATCHING_UP)
        return steady + step if apart > timedelta(0) else steady - step
