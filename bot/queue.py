"""Rows that are claimed, carried out and finished: the machinery under the inbox and the outbox.

    ready ──claim──► running ──finish──► done
      ▲                 │ ├──retry────► retry    (certain: nothing happened; holds its lane)
      │                 │ ├──park─────► parked   (certain: nothing happened; its own fault, frees its lane)
      │                 │ ├──unsure───► unknown  (it may have happened; frees its lane)
      │                 │ └──bury─────► dead     (told to a person)
      └─ lease runs out ┘  claimed again, in doubt

A lane is worked in order and one row at a time: a row waits while an earlier one of its lane is due, running or
being retried, and while a later one is running. On PostgreSQL two processes may, in the same instant, take a row
that was parked or unknown and a later one of its lane; nothing worse follows than their order.

A claim carries a token; whoever finishes with an old token is refused, so a late writer changes nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, Update, and_, bindparam, exists, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from bot.errors import DeskError
from bot.tables import InboxRow, Moment, OutboxRow, table_of

LEASE = timedelta(seconds=60)
"""How long a claim lasts unless it is renewed: how long the work of a process that died waits for another."""

AHEAD = timedelta(seconds=30)
"""How far clocks of several machines may differ before a row seems to come from the future."""

_DOUBT = "unsure"


def doubtful(memo: Mapping[str, Any], since: datetime) -> dict[str, Any]:
    """The memo of a row that may have been carried out since then by somebody we know nothing of."""
    return {**memo, _DOUBT: since.isoformat()}


class ClaimLost(DeskError):
    """The claim ran out and somebody else took the row: nothing of this attempt may be written."""


@dataclass(frozen=True)
class Claimed:
    """A row to carry out. ``attempts`` counts this one."""

    id: int
    key: str
    token: str
    kind: str
    payload: Mapping[str, Any]
    attempts: int
    memo: Mapping[str, Any]
    started_at: datetime
    created_at: datetime
    received_at: datetime | None = None  # when what led to it came in, where somebody said so
    more: bool = False  # whether there was another row to claim

    @property
    def in_doubt_since(self) -> datetime | None:
        """When an earlier attempt began that may have taken effect; None when none has, for certain.

        The doubt stays with the row, through crashes and further failures, until a memo without it is stored.
        """
        since = self.memo.get(_DOUBT)
        return min(datetime.fromisoformat(since), self.started_at) if isinstance(since, str) else None

    def doubted(self) -> dict[str, Any]:
        """The memo after this attempt ended without a clear answer."""
        return {**self.memo, _DOUBT: self.started_at.isoformat()}

    def certain(self) -> dict[str, Any]:
        """The memo after somebody looked: none of the attempts so far took effect."""
        return {key: value for key, value in self.memo.items() if key != _DOUBT}


class Queue:
    """The states of one table's rows. Every method works in the caller's transaction."""

    def __init__(
        self,
        row_type: type[InboxRow] | type[OutboxRow],
        kinds: frozenset[str] = frozenset(),
        but: frozenset[str] = frozenset(),
    ) -> None:
        """``kinds``: claim rows of these only (empty: of all); ``but``: of none of these."""
        self._row = row_type
        self._due = _due(row_type, kinds, but)
        self._start, self._settled = _start(row_type), _settled(row_type)

    def claim(self, session: Session, now: datetime) -> Claimed | None:
        """The oldest row that may run now, marked running; None when there is none."""
        due = session.execute(self._due, {"now": now}).all()
        if not due:
            return None
        row = due[0]
        memo = dict(row.memo or {})
        if row.state == "running" and row.started_at is not None:  # whoever had it never said how it ended
            memo[_DOUBT] = row.started_at.isoformat()
        token, attempts = str(uuid.uuid4()), row.attempts + 1
        values = {"token": token, "memo": memo, "attempts": attempts, "next_at": now + LEASE, "started_at": now}
        session.execute(self._start, {"claimed": row.id, **values})
        received_at = row.received_at if self._row is OutboxRow else row.created_at
        facts = (row.id, row.key, token, row.kind, row.payload, attempts)
        return Claimed(*facts, memo, now, row.created_at, received_at, more=len(due) > 1)

    def renew(self, session: Session, claim: Claimed, now: datetime) -> None:
        """It is still being worked on. Raises ClaimLost."""
        self._settle(session, claim, next_at=now + LEASE)

    def finish(self, session: Session, claim: Claimed, now: datetime) -> None:
        """It is done, for good. What people typed is not kept a second time: the payload goes, the key stays."""
        self._settle(session, claim, state="done", finished_at=now, payload={}, memo={}, error=None)

    def retry(self, session: Session, claim: Claimed, at: datetime, why: str, memo: Mapping[str, Any]) -> None:
        """Nothing happened; try again at ``at``. Later rows of the lane wait."""
        self._settle(session, claim, state="retry", next_at=at, error=why, memo=dict(memo))

    def postpone(self, session: Session, claim: Claimed, at: datetime, memo: Mapping[str, Any]) -> None:
        """It was not its turn, nothing was tried: again at ``at``, not counted. Later rows of the lane wait."""
        before = claim.attempts - 1
        self._settle(session, claim, state="retry", next_at=at, attempts=before, memo=dict(memo))

    def park(self, session: Session, claim: Claimed, at: datetime, why: str, memo: Mapping[str, Any]) -> None:
        """Nothing happened, and the row alone is to blame; again at ``at``. Later rows of the lane go on."""
        self._settle(session, claim, state="parked", next_at=at, error=why, memo=dict(memo))

    def unsure(self, session: Session, claim: Claimed, at: datetime, why: str, memo: Mapping[str, Any]) -> None:
        """It may have happened; look at ``at``. Later rows of the lane go on."""
        self._settle(session, claim, state="unknown", next_at=at, error=why, memo=dict(memo))

    def from_ahead(self, session: Session, now: datetime) -> int:
        """Rows that a clock ahead of this one has written wait from now on as long as it told them to. Their number.

        Otherwise they would wait an hour longer after a clock that was an hour ahead is put right.
        """
        row, late = self._row, now + AHEAD
        later = or_(row.created_at > late, row.started_at > late)
        theirs: Select[Any] = select(row).where(row.finished_at.is_(None), later).with_for_update(skip_locked=True)
        found = session.scalars(theirs).all()
        for one in found:
            written = max(one.created_at, one.started_at or one.created_at)
            one.next_at = max(now, one.next_at - (written - now))
            one.created_at = min(one.created_at, now)
            one.started_at = min(one.started_at, now) if one.started_at else None
        return len(found)

    def bury(self, session: Session, claim: Claimed, now: datetime, why: str) -> None:
        """It will not be done. Whoever buries a row tells a person in the same transaction."""
        self._settle(session, claim, state="dead", finished_at=now, error=why)

    def _settle(self, session: Session, claim: Claimed, **values: Any) -> None:  # noqa: ANN401 - column values
        if session.execute(self._settled, {"claimed": claim.id, "mine": claim.token, **values}).first() is None:
            raise ClaimLost(f"{self._row.__tablename__} {claim.id}: somebody else has taken over this row.")


# What every question needs, on tables, not on mapped classes, and made once: both take longer than the SQL itself.


@cache
def _due(row_type: type[InboxRow] | type[OutboxRow], kinds: frozenset[str], but: frozenset[str]) -> Select[Any]:
    """The oldest row that may run at ``:now``, and the next one.

    Looks at open rows only (``finished_at IS NULL``), which have indexes of their own.
    """
    table = table_of(row_type)
    now, row, other = bindparam("now", type_=Moment()), table.c, table.alias().c
    waits = or_(other.state.in_(("running", "retry")), and_(other.state == "ready", other.next_at <= now))
    works = and_(other.state == "running", other.next_at > now)  # a lease that ran out holds nobody back
    held = exists().where(
        other.finished_at.is_(None),
        other.lane == row.lane,
        or_(and_(other.id < row.id, waits), and_(other.id > row.id, works)),
    )
    chosen = [row.kind.in_(sorted(kinds))] if kinds else []
    chosen += [row.kind.not_in(sorted(but))] if but else []
    return (
        select(table)
        .where(row.finished_at.is_(None), row.next_at <= now, ~held, *chosen)
        .order_by(row.id)
        .limit(2)
        .with_for_update(skip_locked=True)
    )


@cache
def _start(row_type: type[InboxRow] | type[OutboxRow]) -> Update:
    """The row ``:claimed`` runs; further values come as parameters."""
    table = table_of(row_type)
    return update(table).where(table.c.id == bindparam("claimed")).values(state="running")


@cache
def _settled(row_type: type[InboxRow] | type[OutboxRow]) -> ReturningUpdate[Any]:
    """The row ``:claimed`` gets the values that come as parameters, if the claim ``:mine`` still holds."""
    table = table_of(row_type)
    row = table.c
    mine = and_(row.id == bindparam("claimed"), row.token == bindparam("mine"), row.state == "running")
    return update(table).where(mine).returning(row.id)
