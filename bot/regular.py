"""A look at something, now and then: the loops of the desk that watch rather than work."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.errors import DatabaseUnavailable


class Regular(ABC):
    """One look at a time, ``every`` so often; the first one at once."""

    def __init__(self, every: timedelta, clock: Clock) -> None:
        self._every = every
        self._clock = clock
        self._next_look: datetime | None = None

    def run_once(self) -> bool:
        """Look, if it is time to. Returns False: there is never more to do at once."""
        now = self._clock()
        if self._next_look is None or now >= self._next_look or self._next_look - now > self._every:  # it went back
            self._next_look = now + self._every
            try:
                self.look(now)
            except DatabaseUnavailable:
                self._next_look = None  # as soon as it is back
                raise
        return False

    @abstractmethod
    def look(self, now: datetime) -> None:
        """What there is to see."""
