"""After a clock was put back: what it told to wait until the future waits no longer than it was meant to."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.clock import Clock
from bot.database import Database
from bot.logs import get_logger
from bot.queue import Queue
from bot.regular import Regular
from bot.tables import InboxRow, OutboxRow

log = get_logger(__name__)

LOOK_EVERY = timedelta(seconds=30)


class ClockAhead(Regular):
    """A loop of the desk's runtime. A process that runs does not jump (SteadyClock), one that starts anew may."""

    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__(LOOK_EVERY, clock)
        self._database = database

    def look(self, now: datetime) -> None:
        """Put right what seems to come from the future."""
        with self._database.write() as session:
            found = sum(Queue(table).from_ahead(session, now) for table in (InboxRow, OutboxRow))
        if found:
            log.warning("clock_was_ahead", rows=found)
