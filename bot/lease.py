"""Keeps a claim alive while its row is being worked on, so that only a dead or stopped process is overtaken."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from bot.clock import Clock
from bot.database import Database
from bot.errors import DatabaseUnavailable
from bot.logs import get_logger
from bot.queue import LEASE, Claimed, ClaimLost, Queue

log = get_logger(__name__)

RENEWED_EVERY_S = LEASE.total_seconds() / 3
"""Two renewals may fail (a locked database, say) before anybody else takes the row."""


class Leases:
    """Renews claims of one queue: loading an index takes minutes, a slow Jira more than one."""

    def __init__(self, queue: Queue, database: Database, clock: Clock, every_s: float = RENEWED_EVERY_S) -> None:
        self._queue = queue
        self._database = database
        self._clock = clock
        self._every_s = every_s

    @contextmanager
    def held(self, claim: Claimed) -> Iterator[None]:
        """The claim does not run out inside the block, as long as this process runs."""
        over = threading.Event()
        threading.Thread(target=self._renew, args=(claim, over), name="lease", daemon=True).start()
        try:
            yield
        finally:
            over.set()

    def _renew(self, claim: Claimed, over: threading.Event) -> None:
        while not over.wait(self._every_s):
            try:
                with self._database.write() as session:
                    self._queue.renew(session, claim, self._clock())
            except ClaimLost:
                return
            except DatabaseUnavailable as exc:
                log.warning("lease_not_renewed", row=claim.id, error=str(exc))
