"""Wakes a loop in this process at once; loops in other processes find new rows by polling."""

from __future__ import annotations

import threading


class Bell:
    """Rung after a commit, waited on by a loop. A ring is never lost: it ends the next wait."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._rings = 0

    @property
    def rings(self) -> int:
        """How often the bell has rung. Read before looking for work, then pass it to ``wait``."""
        return self._rings

    def ring(self) -> None:
        """There may be work."""
        with self._condition:
            self._rings += 1
            self._condition.notify_all()

    def wait(self, since: int, timeout_s: float) -> None:
        """Return when the bell has rung more than ``since`` times, or after ``timeout_s`` seconds."""
        with self._condition:
            self._condition.wait_for(lambda: self._rings > since, timeout_s)
