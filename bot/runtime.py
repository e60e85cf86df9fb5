"""The loops of a running desk: workers, dispatchers and the index keeper, each in its own thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Protocol

from bot.bell import Bell
from bot.errors import DatabaseUnavailable
from bot.heartbeat import Heartbeats
from bot.logs import get_logger
from bot.lookout import Crewed, Hand, Lookout
from bot.metrics import NO_METRICS, Metrics
from bot.troubles import Troubles, pause_s

log = get_logger(__name__)

IDLE_S = 0.5
"""How often an idle loop looks whether there is something to do."""

UNRUNG_S = 5.0
"""How often a hand looks that nobody has rung for; mostly somebody has (``DueRows``)."""

INDEX_CHECK_S = 3.0
DRAIN_S = 8.0
"""How long ``stop`` waits for the loops, all together: service managers kill ten seconds after they ask."""


class Steps(Protocol):
    """Something that can do one piece of work at a time."""

    def run_once(self) -> bool:
        """Do the next piece if there is one. Returns whether there was."""


class RefreshesIndex(Protocol):
    """Knowledge, as far as keeping it current goes."""

    def ensure_current(self) -> None:
        """Load or rebuild the index; slow the first time."""

    def refresh(self) -> bool:
        """Swap in newer contents if there are any."""


class Runtime:
    """Starts the loops and stops them: what is claimed is finished, the rest waits in its table."""

    def __init__(self, heartbeats: Heartbeats | None = None, metrics: Metrics = NO_METRICS) -> None:
        self.heartbeats = heartbeats or Heartbeats()
        self._metrics = metrics
        self._troubles = Troubles()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._bells: list[Bell] = []

    def loop(self, name: str, steps: Steps, bell: Bell, idle_s: float = IDLE_S) -> None:
        """Run ``steps`` whenever the bell rings or time passes."""
        self._bells.append(bell)
        self._threads.append(self._start(name, lambda: self._work(name, steps, bell, idle_s)))

    def crew(self, name: str, hands: Iterable[Hand], bell: Bell) -> None:
        """A loop for each of several hands that take from the same rows."""
        lookout = Lookout(bell, UNRUNG_S)
        for number, hand in enumerate(hands):
            self.loop(f"{name}-{number}", Crewed(hand, lookout), bell, UNRUNG_S)

    def keep_index(self, knowledge: RefreshesIndex, when_ready: Callable[[], None]) -> None:
        """Load the index in the background, then keep it current."""
        self._start("index", lambda: self._index(knowledge, when_ready))

    def stop(self) -> None:
        """Let every loop finish what it holds, for at most DRAIN_S seconds.

        The index is not waited for: it may be loading a model for half a minute, and a build appears whole or not.
        """
        self._stopping.set()
        for bell in self._bells:
            bell.ring()
        deadline = time.monotonic() + DRAIN_S
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        busy = [thread.name for thread in self._threads if thread.is_alive()]
        if busy:
            log.warning("still_working", loops=busy)

    def _start(self, name: str, target: Callable[[], None]) -> threading.Thread:
        thread = threading.Thread(target=self._watched, args=(name, target), name=name, daemon=True)
        thread.start()
        return thread

    def _watched(self, name: str, target: Callable[[], None]) -> None:
        try:
            target()
        finally:
            if not self._stopping.is_set():
                self.heartbeats.end(name)

    def _work(self, name: str, steps: Steps, bell: Bell, idle_s: float) -> None:
        failures = 0
        while not self._stopping.is_set():
            rings = bell.rings
            self.heartbeats.beat(name)
            try:
                busy = steps.run_once()
            except Exception as exc:  # noqa: BLE001 - whatever it is, the loop goes on
                failures += 1
                self._failed(name, exc)
                if isinstance(exc, DatabaseUnavailable):
                    bell.wait(rings, pause_s(exc, failures))  # whoever rings it has written to the database
                else:
                    self._stopping.wait(pause_s(exc, failures))
                continue
            failures = 0
            self._troubles.worked(name)
            if not busy:
                bell.wait(rings, idle_s)

    def _failed(self, name: str, problem: Exception) -> None:
        self._metrics.loop_failed(name)
        self._troubles.failed(name, problem)

    def _index(self, knowledge: RefreshesIndex, when_ready: Callable[[], None]) -> None:
        ready = False
        while not self._stopping.is_set():
            self.heartbeats.beat("index")
            try:
                if ready:
                    knowledge.refresh()
                else:
                    knowledge.ensure_current()
                    ready = True
                    when_ready()
            except Exception as exc:  # noqa: BLE001 - the old index serves on; tried again in a moment
                self._metrics.loop_failed("index")
                self._troubles.failed("index", exc, str(exc), "index_not_refreshed")
            else:
                self._troubles.worked("index")
            self._stopping.wait(INDEX_CHECK_S)
