"""The loop that keeps a desk's data: clearing away, emptying the log after an erasure, a backup every night."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.bookmarks import bookmark
from bot.clock import Clock
from bot.database import Database
from bot.erasing import empty_log
from bot.forgetting import ERASED
from bot.logs import get_logger
from bot.operations.backup import Backups, sqlite_file
from bot.operations.backup_nightly import NightlyBackups
from bot.operations.retention import Retention
from bot.regular import Regular
from bot.runtime import Steps
from bot.settings import Settings
from bot.slack.ops import OpsChannel

log = get_logger(__name__)


class ErasedLog(Regular):
    """What was erased is gone from SQLite's log within minutes, also while the desk is busy."""

    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__(timedelta(minutes=1), clock)
        self._database = database

    def look(self, _now: datetime) -> None:
        """See Regular."""
        with self._database.read() as session:
            wanted = bookmark(session, ERASED)
        if wanted and not empty_log(self._database):
            log.debug("log_not_emptied", why="readers are in the way")


class DataKeeper:
    """One loop for all of it: none of it is in a hurry."""

    def __init__(self, steps: Sequence[Steps]) -> None:
        self._steps = tuple(steps)

    def run_once(self) -> bool:
        """Do a piece of each. Returns whether any has more to do."""
        return any([steps.run_once() for steps in self._steps])


def data_keeper(settings: Settings, ops: OpsChannel, database: Database, clock: Clock) -> DataKeeper:
    """The loop of one process."""
    steps: list[Steps] = [Retention(settings.retention_days, database, clock), ErasedLog(database, clock)]
    file = sqlite_file(settings.database)
    if settings.backup_dir is not None and file is not None:
        backups = Backups(file, settings.data_dir, clock)
        keep, zone = settings.backup_keep, settings.timezone
        steps.append(NightlyBackups(backups, settings.backup_dir, keep, zone, ops, database, clock))
    elif settings.backup_dir is not None:
        log.warning("no_backups", why="BACKUP_DIR is for SQLite; use pg_dump (see `mops-desk backup`)")
    return DataKeeper(steps)
