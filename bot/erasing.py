"""`mops-desk erase`: forgetting somebody for them, say after they left. Shown first, and noted when it is done."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.bookmarks import remember
from bot.clock import Clock
from bot.curation.audit import AuditLog
from bot.database import Database
from bot.forgetting import ERASED, FLOW, Forgotten, forget, is_theirs, require_person, rows_of

BY = "mops-desk erase"
"""Who the audit log says it was: the command line knows no person."""


class Erasing:
    """Works on a desk that runs, too."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def erase(self, person: str, *, really: bool) -> Forgotten:
        """What was (or without ``really``: would be) erased. Raises NotAPerson, DatabaseUnavailable."""
        require_person(person)
        now = self._clock()
        with self._database.write() as session:
            _stop_what_is_on_its_way(session, person, self._clock)
            found = forget(session, person, now)
            if not really:
                session.rollback()
                return found
            if found.anything:
                reason = ", ".join(f"{count} {what}" for what, count in found.counts)
                AuditLog(session).note(now, BY, "erased a person", "person:erased", reason=reason)
        empty_log(self._database)
        return found


def empty_log(database: Database) -> bool:
    """Bring what was erased out of SQLite's log, too. False when readers are in the way: try again later."""
    if not database.is_sqlite:
        return True
    with database.engine.connect() as connection:
        blocked = connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]  # type: ignore[union-attr]
    if blocked:
        return False
    with database.write() as session:
        remember(session, ERASED, "")
    return True


def _stop_what_is_on_its_way(session: Session, person: str, clock: Clock) -> None:
    """What they sent and nobody has answered yet, and what is about to be said to them: nobody is there to hear."""
    for table in FLOW:
        for row in rows_of(session, table, table.finished_at.is_(None)):
            if is_theirs(row, person):
                row.state, row.finished_at, row.payload, row.memo = "done", clock(), {}, {}
                row.token, row.error = None, None
