"""Exceptions to the rotation: who takes which days, and who is away. In the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.bookmarks import hold
from bot.tables import DutyRow
from escalation.rotation import ChangeKind, DutyChange

_TURN = "duties:turn"


class Duties:
    """What people said, and what was read from calendars."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def since(self, day: date) -> tuple[DutyChange, ...]:
        """Everything that is not over by ``day``, oldest first."""
        rows = self._session.scalars(select(DutyRow).where(DutyRow.last_day >= day).order_by(DutyRow.id))
        return tuple(DutyChange(row.person, ChangeKind(row.kind), row.first_day, row.last_day) for row in rows)

    def add(self, change: DutyChange, origin: str, now: datetime) -> None:
        """Keep one exception; ``origin`` is who said so, or the calendar it was read from."""
        self._session.add(
            DutyRow(
                person=change.person,
                kind=change.kind.value,
                first_day=change.first_day,
                last_day=change.last_day,
                origin=origin[:300],
                created_at=now,
            )
        )

    def replace(self, changes: Sequence[DutyChange], origin: str, now: datetime) -> None:
        """What a calendar says now, in place of what it said before."""
        hold(self._session, _TURN)
        self._session.execute(delete(DutyRow).where(DutyRow.origin == origin[:300]))
        for change in changes:
            self.add(change, origin, now)
