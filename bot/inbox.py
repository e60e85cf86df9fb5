"""Everything that comes in from Slack, recorded before it is acknowledged."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot import incoming
from bot.bell import Bell
from bot.clock import Clock
from bot.database import Database
from bot.effects import Effect
from bot.incoming import Incoming, MessageIn
from bot.outbox import Outbox
from bot.tables import InboxRow


class Inbox:
    """Records what came in, once. Used by the receiver only; the worker claims the rows."""

    def __init__(self, database: Database, outbox: Outbox, bells: tuple[Bell, ...], clock: Clock) -> None:
        self._database = database
        self._outbox = outbox
        self._bells = bells
        self._clock = clock

    def record(self, item: Incoming, at_once: tuple[tuple[str, Effect], ...] = ()) -> bool:
        """Store an item and the effects that acknowledge it to the person, in one transaction.

        ``at_once`` are (key, effect) pairs. Returns False when the item is here already (a redelivery, or
        the same message under another event id). Raises DatabaseUnavailable: then do NOT acknowledge.
        """
        try:
            with self._database.write() as session:
                if self._known(session, item):
                    return False
                session.add(self._row(item, self._clock()))
                for key, effect in at_once:
                    self._outbox.put(session, key, effect)
        except IntegrityError:  # another receiver recorded it in the same moment
            return False
        for bell in self._bells:
            bell.ring()
        return True

    def knows_thread(self, thread_key: str) -> bool:
        """Whether the desk has taken part in this thread, from its very first message on."""
        with self._database.read() as session:
            return bool(session.scalar(select(exists().where(InboxRow.lane == thread_key))))

    def _known(self, session: Session, item: Incoming) -> bool:
        key, message_key = _keys(item)
        same = [InboxRow.key == key]
        if message_key:
            same.append(InboxRow.message_key == message_key)
        return bool(session.scalar(select(exists().where(or_(*same)))))

    def _row(self, item: Incoming, now: datetime) -> InboxRow:
        key, message_key = _keys(item)
        return InboxRow(
            key=key,
            message_key=message_key,
            lane=_lane(item),
            kind=item.kind,
            payload=_storable(incoming.to_json(item)),
            state="ready",
            next_at=now,
            created_at=now,
        )


def _keys(item: Incoming) -> tuple[str, str | None]:
    """What makes an item the same item: its own key, and for a message also where it stands."""
    if isinstance(item, MessageIn):
        return f"event:{item.event_id}", f"{item.team}:{item.channel}:{item.ts}"
    return item.key, None


def _lane(item: Incoming) -> str | None:
    if isinstance(item, MessageIn):
        return f"{item.team}:{item.channel}:{item.thread_ts or item.ts}"
    return None


def _storable(value: Any) -> Any:  # noqa: ANN401 - JSON
    """The value without what no database or tracker takes: NUL characters and halves of surrogate pairs."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "ignore").decode("utf-8")
    if isinstance(value, list):
        return [_storable(one) for one in value]
    if isinstance(value, dict):
        return {key: _storable(one) for key, one in value.items()}
    return value
