"""Everything the desk is going to do to Slack and Jira, recorded before it is done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot import effects
from bot.bell import Bell
from bot.clock import Clock
from bot.effects import Effect
from bot.once import add_once
from bot.restored import Doubts
from bot.tables import OutboxRow
from bot.transaction_notes import afterwards, received_at


class Outbox:
    """Takes effects in the caller's transaction; the dispatcher carries them out after the commit."""

    def __init__(self, bell: Bell, clock: Clock, others: Mapping[str, Bell] | None = None) -> None:
        """``bell`` wakes those who carry effects out; ``others``: those of kinds that have hands of their own."""
        self._bell = bell
        self._others = others or {}
        self._clock = clock
        self._doubts = Doubts()

    def put(self, session: Session, key: str, effect: Effect, delay: timedelta = timedelta(0)) -> None:
        """Record an effect under a key that names it for ever: the same key is carried out once."""
        now = self._clock()
        values = {
            "key": key,
            "lane": effects.lane_of(effect),
            "kind": effect.kind,
            "payload": effects.to_json(effect),
            "memo": self._doubts.memo(session, effect, now),
            "state": "ready",
            "next_at": now + delay,
            "created_at": now,
            "received_at": received_at(session),
        }
        if add_once(session, OutboxRow, values) and not delay:
            afterwards(session, self.bell_of(effect.kind).ring)

    def bell_of(self, kind: str) -> Bell:
        """What wakes those who carry out a kind of effect."""
        return self._others.get(kind, self._bell)

    def hasten(self, session: Session, key: str, delay: timedelta = timedelta(0)) -> None:
        """Carry out a recorded effect after ``delay`` from now, when it would have waited longer."""
        at = self._clock() + delay
        session.execute(
            update(OutboxRow)
            .where(OutboxRow.key == key, OutboxRow.state == "ready", OutboxRow.next_at > at)
            .values(next_at=at)
        )
        for bell in (self._bell, *self._others.values()):
            afterwards(session, bell.ring)
