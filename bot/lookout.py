"""For hands that take from the same rows: one looks at a time, and who finds nothing more has looked for all.

A bell wakes every hand. If each of them asked the database, most transactions of a busy desk would find nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Protocol

from bot.bell import Bell

Looked = Callable[[bool], None]
"""Told whether there is a further row to take, as soon as that is known and before the work on one begins."""


def nobody(_more: bool) -> None:
    """Nobody waits to look next."""


class Hand(Protocol):
    """Takes one row at a time and does what it says."""

    def run_once(self, looked: Looked = nobody) -> bool:
        """Do the next piece of work if there is one. Returns whether there was."""


class Lookout:
    """One for all hands of a kind in a process. What nobody rang for is seen after ``idle_s`` at the latest."""

    def __init__(self, bell: Bell, idle_s: float) -> None:
        self._bell = bell
        self._idle_s = idle_s
        self._turn = threading.Lock()
        self._finished = object()  # another one for each row that was finished: those behind it may be due
        self._empty: tuple[tuple[int, object], float] = ((-1, None), 0.0)  # at the last look that left nothing

    def step(self, hand: Hand) -> bool:
        """One look, and the work on what it found. False without a look where it would find nothing."""
        with ExitStack() as looking:
            looking.enter_context(self._turn)
            now, (then, at) = (self._bell.rings, self._finished), self._empty
            if now == then and time.monotonic() - at < self._idle_s:
                return False

            def looked(more: bool) -> None:
                if not more:
                    self._empty = (now, time.monotonic())
                looking.close()

            found = hand.run_once(looked)
        if found:
            self._finished = object()
        return found


class Crewed:
    """A hand with its lookout, as steps of a loop."""

    def __init__(self, hand: Hand, lookout: Lookout) -> None:
        self._hand = hand
        self._lookout = lookout

    def run_once(self) -> bool:
        """See Lookout.step."""
        return self._lookout.step(self._hand)
