"""Signs of life of the loops of this process: when each last went round, and whether one has ended unasked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Heartbeats:
    """Loops tell it each time they go round; probes and figures read it. Safe from any thread.

    ``monotonic`` gives seconds that no change of the clock moves.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._beats: dict[str, float] = {}
        self._ended: set[str] = set()

    def beat(self, loop: str) -> None:
        """The loop begins another round: it looks for work, or has finished what it had."""
        with self._lock:
            self._beats[loop] = self._monotonic()

    def end(self, loop: str) -> None:
        """The loop's thread has ended although nobody asked it to."""
        with self._lock:
            self._ended.add(loop)

    @property
    def ended(self) -> frozenset[str]:
        """Loops that nobody runs any more."""
        with self._lock:
            return frozenset(self._ended)

    def ages(self, prefix: str = "") -> dict[str, float]:
        """Seconds since each loop whose name starts so last went round; they grow while a loop works on one row."""
        now = self._monotonic()
        with self._lock:
            return {loop: now - at for loop, at in self._beats.items() if loop.startswith(prefix)}
