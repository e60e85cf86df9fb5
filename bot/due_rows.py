"""Wakes hands for rows that nobody in this process has rung for: those of other processes, and those that waited.

One look for all hands: if each kind of them asked for itself, an idle desk would ask four times as often.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import bindparam, literal, select, union

from bot.bell import Bell
from bot.clock import Clock
from bot.database import Database
from bot.tables import InboxRow, Moment, OutboxRow

_NOW = bindparam("now", type_=Moment())
_DUE = union(
    *(
        select(literal(table.__tablename__), table.kind).where(table.finished_at.is_(None), table.next_at <= _NOW)
        for table in (InboxRow, OutboxRow)
    )
)
"""Of which kinds something is due. Whether it may be claimed, or waits for its lane, its hands find out."""


class DueRows:
    """A loop of the desk's runtime."""

    def __init__(self, database: Database, clock: Clock, inbox: Bell, outbox: Callable[[str], Bell]) -> None:
        """``outbox``: the bell of those who carry out a kind of effect."""
        self._database = database
        self._clock = clock
        self._inbox = inbox
        self._outbox = outbox

    def run_once(self) -> bool:
        """Look, and ring. Returns False: there is never more to do at once."""
        with self._database.read() as session:
            due = session.execute(_DUE, {"now": self._clock()}).all()
        for bell in {self._inbox if table == InboxRow.__tablename__ else self._outbox(kind) for table, kind in due}:
            bell.ring()
        return False
