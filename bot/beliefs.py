"""How old an answer of Slack's about who reads somewhere may be when something is about to be sent there.

Mostly it may not be older than the attempt to send: Slack is asked before each message that is not for everybody.
Slack takes only so many such calls a minute. When they run short, what it said within BELIEVED counts, unless it has
told of a change since; events say when somebody joins or leaves, a channel becomes shared, or a user group changes.
All processes share what was said and what changed; who is in a channel is kept nowhere.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.clock import Clock, moment
from bot.database import Database
from bot.once import change, locked, locked_columns
from bot.tables import ReadersRow
from bot.tiers import GROUP_MEMBERS, INFO, MEMBERS, Tiers

BELIEVED = timedelta(minutes=2)
"""How long an answer counts for what is sent while Slack's calls run short, if no event says otherwise. An event that
never comes lets strangers read along for so long at most."""

FOR_A_QUESTION = timedelta(minutes=5)
"""The same when a question comes: what is sent because of it is looked at again."""

SETTLING = timedelta(seconds=5)
"""After a change nothing that was asked before, or just then, counts: clocks and Slack's own servers may differ."""

_NEVER = {"colleagues_at": 0.0, "changed_at": 0.0}
_SAID = select(ReadersRow.place, ReadersRow.colleagues_at, ReadersRow.changed_at).where(
    ReadersRow.place.in_(bindparam("places", expanding=True))
)
_AGAIN_S = 1.0  # a later answer is worth writing down


@dataclass(frozen=True)
class Belief:
    """``since``: what Slack said earlier does not count (None: it counts as long as it is remembered).

    ``colleagues``: it said recently enough that only colleagues read there.
    """

    since: datetime | None
    colleagues: bool = False


class Believes(Protocol):
    """Decides how old an answer of Slack's may be."""

    def of(self, channel: str, circles: Collection[str], asked: datetime | None) -> Belief:
        """For ``channel`` and the groups and channels that texts are kept for.

        ``asked``: since when whatever is to be sent is being sent; None when only a question came.
        """

    def found(self, channel: str, at: datetime) -> None:
        """Slack said at that time that only colleagues read there."""


class Afresh:
    """Believes nothing: Slack is asked each time. For whoever has no database."""

    def of(self, channel: str, circles: Collection[str], asked: datetime | None) -> Belief:
        """As ``Believes``."""
        return Belief(asked)

    def found(self, channel: str, at: datetime) -> None:
        """Nobody remembers."""


class Beliefs:
    """Implements ``Believes`` for all processes on a database."""

    def __init__(self, database: Database, tiers: Tiers, clock: Clock) -> None:
        self._database = database
        self._tiers = tiers
        self._clock = clock
        self._written: dict[str, float] = {}  # by this process: when Slack had said what it wrote down, by channel

    def of(self, channel: str, circles: Collection[str], asked: datetime | None) -> Belief:
        """As ``Believes``."""
        now = self._clock()
        with self._database.read() as session:
            found = session.execute(_SAID, {"places": sorted({channel, *circles})}).all()
            short = asked is not None and not self._enough(session, circles)
        changed_at = max((row.changed_at for row in found), default=0.0)
        colleagues_at = next((row.colleagues_at for row in found if row.place == channel), 0.0)
        oldest = now - FOR_A_QUESTION if asked is None else now - BELIEVED if short else asked
        since = max(oldest, moment(changed_at) + SETTLING)
        return Belief(since, since.timestamp() <= colleagues_at <= (now + SETTLING).timestamp())

    def found(self, channel: str, at: datetime) -> None:
        """As ``Believes``; written down when it is news. Raises DatabaseUnavailable."""
        if self._written.get(channel, 0.0) > at.timestamp() - _AGAIN_S:
            return
        with self._database.write() as session:
            known = locked_columns(session, ReadersRow, {"place": channel}, _NEVER).colleagues_at
            change(session, ReadersRow, {"place": channel}, colleagues_at=max(known, at.timestamp()))
        self._written[channel] = at.timestamp()

    def changed(self, places: Collection[str]) -> None:
        """Slack told of a change in these channels and user groups: what it said before counts no longer.

        A transaction of its own. Raises DatabaseUnavailable.
        """
        with self._database.write() as session:
            for place in sorted(places):
                row = locked(session, ReadersRow, {"place": place}, _NEVER)
                row.changed_at = self._clock().timestamp()

    def _enough(self, session: Session, circles: Collection[str]) -> bool:
        groups = (GROUP_MEMBERS,) if any(one.startswith("S") for one in circles) else ()
        return self._tiers.spare(session, INFO, MEMBERS, *groups)
