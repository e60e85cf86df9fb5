"""Joins what watches a desk: its probes, its figures, and the word it leaves that it lives."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable

from starlette.routing import Route

from bot.desk_figures import DeskFigures
from bot.heartbeat import Heartbeats
from bot.heartbeat_store import Announcer
from bot.parts import Parts
from bot.probe_routes import probe_routes
from bot.probes import Probes
from bot.socket_health import SocketHealth
from knowledge.domain import IndexState

PATIENCE_S = 2.0
"""How long a probe waits for the database."""


class Watching:
    """What watches one desk. ``index_ready``: whether its workers can answer."""

    def __init__(self, parts: Parts, heartbeats: Heartbeats, index_ready: Callable[[], bool]) -> None:
        self._parts = parts
        self._sockets: Callable[[], SocketHealth] | None = None
        self.figures = DeskFigures(parts.database, parts.clock, heartbeats, self._index, self._socket_health)
        database = parts.database.impatient(PATIENCE_S)
        self.probes = Probes(self.figures, database, parts.knowledge is not None, index_ready)

    def watch_sockets(self, look: Callable[[], SocketHealth]) -> None:
        """From now on Socket Mode counts, too."""
        self._sockets = look

    def routes(self) -> list[Route]:
        """The endpoints for those who watch from outside."""
        return probe_routes(self.probes, self._parts.metrics.page)

    def announcer(self) -> Announcer:
        """The loop that leaves word in the database that this process lives."""
        parts = self._parts
        process = f"{socket.gethostname()}:{os.getpid()}"
        return Announcer(process, parts.role, self.probes.works_here, parts.database, parts.clock)

    def _index(self) -> IndexState | None:
        knowledge = self._parts.knowledge
        return knowledge.state() if knowledge else None

    def _socket_health(self) -> SocketHealth | None:
        return self._sockets() if self._sockets else None
