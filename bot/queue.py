"""Rows that are claimed, carried out and finished: the machinery under the inbox and the outbox.

    ready ──claim──► running ──finish──► done
      ▲                 │ ├──retry────► retry    (certain: nothing happened; holds its lane)
      │                 │ ├──unsure───► unknown  (it may have happened; frees its lane)
      │                 │ └──bury─────► dead     (told to a person)
      └─ lease runs out ┘  claimed again, marked interrupted

A lane is worked in order: a row waits while an earlier one of its lane is due, running or being retried.
A claim carries a token; whoever finishes with an old token is refused, so a late writer changes nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from bot.errors import DeskError
from bot.tables import InboxRow, OutboxRow

LEASE = timedelta(seconds=60)
"""How long a claim lasts. Longer than any call's timeout, so that a living worker is never overtaken."""

WAITING = ("ready", "retry", "unknown")
UNFINISHED = (*WAITING, "running")


class ClaimLost(DeskError):
    """The claim ran out and somebody else took the row: nothing of this attempt may be written."""


@dataclass(frozen=True)
class Claimed:
    """A row to carry out. ``interrupted``: an earlier attempt began and never said how it ended."""

    id: int
    key: str
    token: str
    kind: str
    payload: Mapping[str, Any]
    attempts: int
    memo: Mapping[str, Any]
    interrupted: bool
    began_at: datetime | None
    created_at: datetime


Row = InboxRow | OutboxRow


class Queue:
    """The states of one table's rows. Every method works in the caller's transaction."""

    def __init__(self, row_type: type[InboxRow] | type[OutboxRow]) -> None:
        self._row = row_type

    def claim(self, session: Session, now: datetime) -> Claimed | None:
        """The oldest row that may run now, marked running; None when there is none."""
        row = session.scalars(self._due(now)).first()
        if row is None:
            return None
        interrupted = row.state == "running"
        began_at = row.started_at
        row.state, row.token = "running", str(uuid.uuid4())
        row.attempts, row.next_at, row.started_at = row.attempts + 1, now + LEASE, now
        memo = dict(row.memo or {})
        return Claimed(
            row.id,
            row.key,
            row.token,
            row.kind,
            row.payload,
            row.attempts,
            memo,
            interrupted,
            began_at,
            row.created_at,
        )

    def finish(self, session: Session, claim: Claimed, now: datetime) -> None:
        """It is done, for good. What people typed is not kept a second time: the payload goes, the key stays."""
        self._settle(session, claim, state="done", finished_at=now, payload={}, error=None)

    def retry(self, session: Session, claim: Claimed, at: datetime, why: str, memo: Mapping[str, Any]) -> None:
        """Nothing happened; try again at ``at``. Later rows of the lane wait."""
        self._settle(session, claim, state="retry", next_at=at, error=why, memo=dict(memo))

    def unsure(self, session: Session, claim: Claimed, at: datetime, why: str, memo: Mapping[str, Any]) -> None:
        """It may have happened; look at ``at``. Later rows of the lane go on."""
        self._settle(session, claim, state="unknown", next_at=at, error=why, memo=dict(memo))

    def bury(self, session: Session, claim: Claimed, now: datetime, why: str) -> None:
        """It will not be done. Whoever buries a row tells a person in the same transaction."""
        self._settle(session, claim, state="dead", finished_at=now, error=why)

    def _settle(self, session: Session, claim: Claimed, **values: Any) -> None:  # noqa: ANN401 - column values
        row = self._row
        statement = (
            update(row)
            .where(row.id == claim.id, row.token == claim.token, row.state == "running")
            .values(**values)
            .returning(row.id)
            .execution_options(synchronize_session=False)
        )
        if session.execute(statement).first() is None:
            raise ClaimLost(f"{self._row.__tablename__} {claim.id}: somebody else has taken over this row.")

    def _due(self, now: datetime) -> Select[Any]:
        row = self._row
        earlier = aliased(row)
        held = exists().where(
            earlier.lane == row.lane,
            earlier.id < row.id,
            or_(earlier.state.in_(("running", "retry")), and_(earlier.state == "ready", earlier.next_at <= now)),
        )
        return (
            select(row)
            .where(row.state.in_(UNFINISHED), row.next_at <= now, ~held)
            .order_by(row.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
