"""Everything that comes in from Slack, recorded before it is acknowledged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from bot import incoming
from bot.bell import Bell
from bot.clock import Clock
from bot.database import Database
from bot.effects import Effect
from bot.incoming import Incoming, MessageIn
from bot.once import add_once
from bot.outbox import Outbox
from bot.tables import ConversationRow, InboxRow
from bot.together import Together

AtOnce = tuple[tuple[str, Effect], ...]
"""(key, effect) pairs: what acknowledges an item to the person."""


class Inbox:
    """Records what came in, once. Used by the receiver only; the worker claims the rows."""

    def __init__(
        self,
        database: Database,
        outbox: Outbox,
        bells: tuple[Bell, ...],
        clock: Clock,
        put: Callable[[Session, Sequence[tuple[str, Effect]]], None] | None = None,
    ) -> None:
        """``put`` records what acknowledges items to people, or some of it; all of it when not given."""
        self._put = put or self._put_all
        self._database = database
        self._outbox = outbox
        self._bells = bells
        self._clock = clock
        self._together: Together[tuple[Incoming, AtOnce], bool] = Together(self._record_all)

    def record(self, item: Incoming, at_once: AtOnce = ()) -> bool:
        """Store an item and the effects that acknowledge it to the person, in one transaction.

        Several threads share a commit. Returns False when the item is here already (a redelivery, or the same
        message under another event id). Raises DatabaseUnavailable: then do NOT acknowledge.
        """
        return self._together.do((item, at_once))

    def _record_all(self, given: Sequence[tuple[Incoming, AtOnce]]) -> Sequence[bool]:
        """In the order of their keys: two receivers that hold each other's messages would wait for ever."""
        order = sorted(range(len(given)), key=lambda number: _order(given[number][0]))
        new = [False] * len(given)
        with self._database.write() as session:
            for number in order:
                new[number] = add_once(session, InboxRow, self._values(given[number][0]))
            self._put(session, [one for number in order if new[number] for one in given[number][1]])
        if any(new):
            for bell in self._bells:
                bell.ring()
        return new

    def _put_all(self, session: Session, effects: Sequence[tuple[str, Effect]]) -> None:
        for key, effect in effects:
            self._outbox.put(session, key, effect)

    def knows_thread(self, thread_key: str) -> bool:
        """Whether the desk has taken part in this thread, from its very first message on."""
        with self._database.read() as session:
            came_in = exists().where(InboxRow.lane == thread_key)
            taken_part = exists().where(ConversationRow.thread_key == thread_key)  # when its rows are cleared away
            return bool(session.scalar(select(came_in | taken_part)))

    def _values(self, item: Incoming) -> dict[str, Any]:
        key, message_key = _keys(item)
        now = self._clock()
        return {
            "key": key,
            "message_key": message_key,
            "lane": _lane(item),
            "kind": item.kind,
            "payload": _storable(incoming.to_json(item)),
            "state": "ready",
            "next_at": now,
            "created_at": now,
        }


def _keys(item: Incoming) -> tuple[str, str | None]:
    """What makes an item the same item: its own key, and for a message also where it stands."""
    if isinstance(item, MessageIn):
        return f"event:{item.event_id}", f"{item.team}:{item.channel}:{item.ts}"
    return item.key, None


def _order(item: Incoming) -> str:
    key, message_key = _keys(item)
    return message_key or key


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
