"""Signs of life of whole processes, in the database: whoever only receives sees whether anybody works."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, func, or_, select
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.database import Database
from bot.domain import Role
from bot.logs import get_logger
from bot.tables import HeartbeatRow, InboxRow, OutboxRow

log = get_logger(__name__)

EVERY_S = 15.0
"""How often a process writes that it lives."""

FORGOTTEN_AFTER = timedelta(days=1)
"""A process that has not been heard of for so long is none any more."""

NOBODY_AFTER_S = 120.0
"""Without a word from any worker for so long, nobody works."""

SAID_EVERY_S = 600.0
"""How often the log repeats that nobody works."""


@dataclass(frozen=True)
class Workers:
    """The processes that work: how many were heard of lately, and how long ago the last one; None: never."""

    count: int
    age_s: float | None

    @property
    def is_anybody(self) -> bool:
        """Whether somebody works."""
        return self.age_s is not None and self.age_s <= NOBODY_AFTER_S


class ProcessHeartbeats:
    """The signs of life of all processes of one database, in the caller's transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def beat(self, process: str, role: Role, works: bool, now: datetime) -> None:
        """This process lives; ``works``: and its workers go round."""
        self._session.merge(HeartbeatRow(process=process, role=role.value, works=works, at=now))
        self._session.execute(delete(HeartbeatRow).where(HeartbeatRow.at < now - FORGOTTEN_AFTER))

    def workers(self, now: datetime) -> Workers:
        """Who works. A clock ahead of ours counts as now."""
        newest, count = self._session.execute(
            select(
                func.max(HeartbeatRow.at, type_=HeartbeatRow.at.type),
                func.count().filter(HeartbeatRow.at >= now - timedelta(seconds=NOBODY_AFTER_S)),
            ).where(HeartbeatRow.works)
        ).one()
        return Workers(count, None if newest is None else max(0.0, (now - newest).total_seconds()))


class Announcer:
    """Writes now and then that this process lives, and says aloud when rows wait and nobody works.

    ``works``: whether this process has workers, and they go round.
    """

    def __init__(
        self,
        process: str,
        role: Role,
        works: Callable[[], bool],
        database: Database,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._process = process
        self._role = role
        self._works = works
        self._database = database
        self._clock = clock
        self._monotonic = monotonic
        self._next = self._say_again = -float("inf")

    def run_once(self) -> bool:
        """Write it, if it is time to. Returns False: there is never more to do at once."""
        moment = self._monotonic()
        if moment < self._next:
            return False
        works, now = self._works(), self._clock()
        with self._database.write() as session:
            heartbeats = ProcessHeartbeats(session)
            heartbeats.beat(self._process, self._role, works, now)
            workers = heartbeats.workers(now)
            unheard = not workers.is_anybody and _somebody_waits(session, now)
        self._next = moment + EVERY_S
        if unheard and moment >= self._say_again:
            self._say_again = moment + SAID_EVERY_S
            log.error("nobody_works", since_s=workers.age_s, next_step="start `mops-desk run --role worker`")
        return False


def _somebody_waits(session: Session, now: datetime) -> bool:
    """Whether a row has been due for longer than a worker may be silent."""
    before = now - timedelta(seconds=NOBODY_AFTER_S)
    waits = [exists().where(row.finished_at.is_(None), row.next_at < before) for row in (InboxRow, OutboxRow)]
    return bool(session.scalar(select(or_(*waits))))
