"""After a backup was put back: what the lost database did since then is in Slack and Jira, and not in this one.

Three things keep it from happening twice. Effects that were waiting in the backup are in doubt: they are looked for
before they are carried out. What came in and was not finished is asked about: is there an answer already? And for a
day every new message is looked for first, because the desk notices again what the lost one had noticed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import column, func, select
from sqlalchemy import table as sql_table
from sqlalchemy.orm import Session

from bot.bookmarks import bookmark, remember
from bot.conversations import Conversations
from bot.effects import CreateTicket, Effect, KeptNotice, Post, ShowCard, ShowOpsLine, TellDuty
from bot.queue import Claimed, doubtful
from bot.tables import InboxRow, OutboxRow
from escalation.request_store import RequestStore
from knowledge.revision import renew_content_id

LOOKED_FOR = timedelta(days=1)
"""How long after it every new message is looked for before it is posted."""

GAP = 1_000_000
"""Numbers left out: buttons of messages that the lost desk sent must not mean somebody else's question."""

MARK = "restored"
_RECOGNISED = (Post, KeptNotice, ShowCard, ShowOpsLine, TellDuty)
_TO_SLACK = frozenset(effect.kind for effect in _RECOGNISED)
_NUMBERED = ("desk_inbox", "desk_outbox", "desk_conversations", "desk_questions", "escalation_requests")


@dataclass(frozen=True)
class Restored:
    """When the backup was made, and when it was put back."""

    made_at: datetime
    at: datetime


def mark_restored(session: Session, made_at: datetime, now: datetime) -> None:
    """Make a database that was put back safe to work on. Nobody works on it yet."""
    for effect in session.scalars(select(OutboxRow).where(OutboxRow.finished_at.is_(None))):
        since = now if effect.kind == CreateTicket.kind else made_at  # what Jira lists may lag, what Slack does not
        effect.memo = doubtful(effect.memo or {}, since) if effect.kind in (*_TO_SLACK, CreateTicket.kind) else {}
        _wait_again(effect)
    for item in session.scalars(select(InboxRow).where(InboxRow.finished_at.is_(None))):
        item.memo = {**(item.memo or {}), MARK: made_at.isoformat()}
        _wait_again(item)
    for table in (InboxRow, OutboxRow):
        _skip_numbers(session, table, now)
    Conversations(session).leave_gap(GAP, now)
    RequestStore(session).leave_gap(GAP, now)
    _follow_sequences(session)
    renew_content_id(session)
    remember(session, MARK, json.dumps({"made_at": made_at.isoformat(), "at": now.isoformat()}))


def last_restore(session: Session) -> Restored | None:
    """When a backup was last put back; None when never."""
    said = bookmark(session, MARK)
    return Restored(**{name: datetime.fromisoformat(at) for name, at in json.loads(said).items()}) if said else None


class Doubts:
    """For the outbox of one process: whether what it is given may have been said by the lost desk."""

    def __init__(self) -> None:
        self._restored: Restored | None = None
        self._looked = False

    def memo(self, session: Session, effect: Effect, now: datetime) -> dict[str, Any]:
        """What the row of a new effect must know."""
        if not self._looked:  # once: nothing is put back while a desk runs
            self._restored, self._looked = last_restore(session), True
        if self._restored is None or now > self._restored.at + LOOKED_FOR or not isinstance(effect, _RECOGNISED):
            return {}
        return doubtful({}, self._restored.made_at)


def is_open(claim: Claimed) -> bool:
    """Whether the row was open when the backup was made that was put back since."""
    return MARK in claim.memo


def _wait_again(row: InboxRow | OutboxRow) -> None:
    if row.state == "running":
        row.state = "ready"
    row.token, row.attempts = None, 0


def _follow_sequences(session: Session) -> None:
    """PostgreSQL counts by itself: rows that bring their number along do not move its counters."""
    if session.get_bind().dialect.name != "postgresql":
        return
    session.flush()
    for table in _NUMBERED:
        counter = func.pg_get_serial_sequence(table, "id")
        highest = select(func.max(column("id"))).select_from(sql_table(table)).scalar_subquery()
        session.execute(select(func.setval(counter, highest)))


def _skip_numbers(session: Session, table: type[InboxRow] | type[OutboxRow], now: datetime) -> None:
    newest = session.scalar(select(table.id).order_by(table.id.desc()).limit(1)) or 0
    session.add(
        table(
            id=newest + GAP,
            key=f"restored:{now.isoformat()}",
            kind=MARK,
            payload={},
            state="done",
            next_at=now,
            created_at=now,
            finished_at=now,
        )
    )
