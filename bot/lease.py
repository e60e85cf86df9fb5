"""Keeps claims alive while their rows are being worked on, so that only a dead or stopped process is overtaken."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from bot.clock import Clock
from bot.database import Database
from bot.logs import get_logger
from bot.queue import LEASE, Claimed, ClaimLost, Queue

log = get_logger(__name__)

RENEWED_EVERY_S = LEASE.total_seconds() / 3
"""Two renewals may fail (a locked database, say) before anybody else takes the row."""


class Leases:
    """Renews claims of one queue: loading an index takes minutes, a slow Jira more than one.

    One thread for all of them, from the first claim that is held on: most rows are done long before a renewal.
    """

    def __init__(self, queue: Queue, database: Database, clock: Clock, every_s: float = RENEWED_EVERY_S) -> None:
        self._queue = queue
        self._database = database
        self._clock = clock
        self._every_s = every_s
        self._changed = threading.Condition()
        self._held: dict[str, tuple[Claimed, float]] = {}  # by token, with the moment of the next renewal
        self._keeper: threading.Thread | None = None

    def confirm(self, claim: Claimed) -> None:
        """Just before a step that cannot be repeated: a process that stood still learns here that it is late.

        Costs nothing while the claim is young. Raises ClaimLost, DatabaseUnavailable.
        """
        now = self._clock()
        if not claim.started_at <= now < claim.started_at + timedelta(seconds=self._every_s):
            with self._database.write() as session:
                self._queue.renew(session, claim, now)

    @contextmanager
    def held(self, claim: Claimed) -> Iterator[None]:
        """The claim does not run out inside the block, as long as this process runs."""
        with self._changed:
            self._held[claim.token] = claim, time.monotonic() + self._every_s
            if self._keeper is None or not self._keeper.is_alive():
                self._keeper = threading.Thread(target=self._keep, name="lease", daemon=True)
                self._keeper.start()
        try:
            yield
        finally:
            with self._changed:
                self._held.pop(claim.token, None)

    def _keep(self) -> None:
        while True:
            with self._changed:
                if not self._held:
                    self._keeper = None  # the next claim that is held starts another
                    return
                now = time.monotonic()
                due = [claim for claim, at in self._held.values() if at <= now]
                if not due:
                    soonest = min(at for _, at in self._held.values())
                    self._changed.wait(min(soonest - now, self._every_s))
            for claim in due:
                self._renew(claim)

    def _renew(self, claim: Claimed) -> None:
        try:
            with self._database.write() as session:
                self._queue.renew(session, claim, self._clock())
        except ClaimLost:
            with self._changed:
                self._held.pop(claim.token, None)
            return
        except Exception as exc:  # noqa: BLE001 - tried again; other claims need their renewals
            log.warning("lease_not_renewed", row=claim.id, error=type(exc).__name__)
        with self._changed:
            if claim.token in self._held:
                self._held[claim.token] = claim, time.monotonic() + self._every_s
