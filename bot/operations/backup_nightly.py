"""Backups without cron: one every night into BACKUP_DIR, by whichever process of the desk comes first."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot.bookmarks import bookmark, remember
from bot.clock import Clock
from bot.database import Database
from bot.errors import BackupFailed
from bot.logs import get_logger
from bot.operations import data_texts
from bot.operations.backup import Backups
from bot.regular import Regular
from bot.slack.message import say
from bot.slack.ops import OpsChannel

log = get_logger(__name__)

LOOK_EVERY = timedelta(minutes=1)
AT = time(3)
"""When, in the desk's time zone: between the working days of most teams."""

AGAIN = timedelta(hours=1)
"""How soon one that failed is tried again; also how long another process leaves it alone."""

AT_MOST = timedelta(hours=26)
"""The longest way to the next night, where the clocks change."""

NEXT, MADE, FAILING = "backup:next", "backup:made", "backup:failing"


class NightlyBackups(Regular):
    """A loop of the desk. One that was missed while the desk was off is made when it is back."""

    def __init__(
        self, backups: Backups, folder: Path, keep: int, zone: str, ops: OpsChannel, database: Database, clock: Clock
    ) -> None:
        super().__init__(LOOK_EVERY, clock)
        self._backups = backups
        self._folder = folder
        self._keep = keep
        self._zone = ZoneInfo(zone)
        self._ops = ops
        self._database = database

    def look(self, now: datetime) -> None:
        """See Regular."""
        if not self._is_ours(now):
            return
        try:
            made = self._backups.into(self._folder, self._keep)
        except BackupFailed as exc:
            log.error("backup_failed", why=str(exc))
            self._failed(now, str(exc))
        else:
            log.info("backup_made", file=made.path.name, size=made.size)
            self._made(now, made.manifest.made_at)

    def _is_ours(self, now: datetime) -> bool:
        """Whether one is due and nobody else is at it."""
        with self._database.write() as session:
            at = bookmark(session, NEXT)
            if at is not None and now < datetime.fromisoformat(at) < now + AT_MOST:  # later: a clock was ahead
                return False
            remember(session, NEXT, (now + AGAIN).isoformat())
            return True

    def _failed(self, now: datetime, why: str) -> None:
        with self._database.write() as session:
            if not bookmark(session, FAILING):
                self._ops.tell(session, f"backup:failed:{now.isoformat()}", say(data_texts.backup_failed(why)))
            remember(session, FAILING, now.isoformat())

    def _made(self, now: datetime, made_at: datetime) -> None:
        with self._database.write() as session:
            remember(session, NEXT, self._tonight(now).isoformat())
            remember(session, MADE, made_at.isoformat())
            if bookmark(session, FAILING):
                self._ops.tell(session, f"backup:again:{now.isoformat()}", say(data_texts.backup_works_again()))
                remember(session, FAILING, "")

    def _tonight(self, now: datetime) -> datetime:
        """The next AT; where the clocks change it may be an hour off."""
        local = now.astimezone(self._zone)
        today = datetime.combine(local.date(), AT, self._zone)
        return (today if today > local else today + timedelta(days=1)).astimezone(UTC)


def last_backup(session: Session) -> datetime | None:
    """When the desk last made one by itself; None when never."""
    made = bookmark(session, MADE)
    return datetime.fromisoformat(made) if made else None
