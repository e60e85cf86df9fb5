"""How much waits, for how long, and what was given up: the inbox and the outbox in figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, literal, select
from sqlalchemy.orm import Session

from bot.dispatcher import TRACKER_KINDS
from bot.tables import InboxRow, OutboxRow

INBOX, SLACK, TRACKER = "inbox", "slack", "jira"
"""What came in; effects on Slack; effects on the tracker."""


@dataclass(frozen=True)
class QueueFigure:
    """One queue: open rows by state, how long the oldest due row waits, lanes with a due row, rows given up."""

    queue: str
    rows: dict[str, int]
    oldest_s: float
    lanes: int
    dead: int


def queue_figures(session: Session, now: datetime) -> tuple[QueueFigure, ...]:
    """All three queues. Looks at open and at dead rows only, which have indexes of their own."""
    outbox = case((OutboxRow.kind.in_(sorted(TRACKER_KINDS)), TRACKER), else_=SLACK)
    return (
        *_figures(session, InboxRow, literal(INBOX), (INBOX,), now),
        *_figures(session, OutboxRow, outbox, (SLACK, TRACKER), now),
    )


def _figures(
    session: Session,
    row: type[InboxRow] | type[OutboxRow],
    queue: ColumnElement[str],
    queues: tuple[str, ...],
    now: datetime,
) -> Iterator[QueueFigure]:
    due = row.next_at <= now
    oldest = func.min(case((due, row.next_at)), type_=row.next_at.type)
    open_rows = select(queue.label("queue"), row.state, func.count(), oldest).where(row.finished_at.is_(None))
    waiting = list(session.execute(open_rows.group_by("queue", row.state)))
    lanes = select(queue.label("queue"), func.count(row.lane.distinct())).where(row.finished_at.is_(None), due)
    waits = {name: count for name, count in session.execute(lanes.group_by("queue"))}
    dead = select(queue.label("queue"), func.count()).where(row.state == "dead").group_by("queue")
    given_up = {name: count for name, count in session.execute(dead)}
    for name in queues:
        own = [found for found in waiting if found[0] == name]
        since = [at for *_, at in own if at is not None]
        age = max(0.0, (now - min(since)).total_seconds()) if since else 0.0
        yield QueueFigure(name, {state: n for _, state, n, _ in own}, age, waits.get(name, 0), given_up.get(name, 0))
