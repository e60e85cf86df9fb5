"""What is read when somebody scrapes: the state of queues, index, loops, processes and sockets at that moment."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.database import Database
from bot.errors import DatabaseUnavailable
from bot.heartbeat import Heartbeats
from bot.heartbeat_store import ProcessHeartbeats, Workers
from bot.operations.backup_nightly import last_backup
from bot.queue_figures import QueueFigure, queue_figures
from bot.socket_health import SocketHealth
from knowledge.domain import IndexState

KEPT_S = 5.0
"""How long what the database said is kept, so that scraping often costs nothing."""

SHARE = 50
"""Looking may take one part in so many of the time: beside a huge backlog what was found is kept longer."""


@dataclass(frozen=True)
class StoredFigures:
    """What the database says."""

    queues: tuple[QueueFigure, ...]
    workers: Workers
    index: IndexState | None
    backup: datetime | None  # when the desk last made one by itself


class DeskFigures:
    """Reads the figures of one desk. Safe from several threads.

    ``index`` may raise DatabaseUnavailable; ``sockets`` gives None where there are none.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        heartbeats: Heartbeats,
        index: Callable[[], IndexState | None],
        sockets: Callable[[], SocketHealth | None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self.clock = clock
        self.heartbeats = heartbeats
        self.sockets = sockets
        self._index = index
        self._monotonic = monotonic
        self._kept: StoredFigures | None = None
        self._until = -float("inf")

    def stored(self) -> StoredFigures | None:
        """What the database says, at most a few seconds old; None while it cannot be read."""
        begun = self._monotonic()
        if begun >= self._until:
            self._kept = self._look()
            now = self._monotonic()
            self._until = now + max(KEPT_S, SHARE * (now - begun))
        return self._kept

    def _look(self) -> StoredFigures | None:
        try:
            with self._database.read() as session:
                now = self.clock()
                queues, workers = queue_figures(session, now), ProcessHeartbeats(session).workers(now)
                backup = last_backup(session)
            return StoredFigures(queues, workers, self._index(), backup)
        except DatabaseUnavailable:
            return None
