"""Keeps the desk below the rate at which Slack takes messages, in all its processes together."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, case, update
from sqlalchemy.orm import Session

from bot.clock import Clock, moment
from bot.database import Database
from bot.once import change, locked_columns
from bot.tables import PaceRow, table_of

CHANNEL_PACE = timedelta(seconds=1)
"""Slack takes about one message a second per channel (docs.slack.dev, rate limits)."""

UNDER_WAY_S = 5.0
"""How long a message whose turn has come is waited for; then whoever had the turn is believed dead."""

LOOK_AGAIN_S = 0.2
FARTHEST_S = 600.0
"""A turn later than that was not handed out by this clock: it has been set back."""

_PACE_S = CHANNEL_PACE.total_seconds()
_HAIR_S = 0.001  # seconds since 1970 as a float are exact to a microsecond

_SENT = (
    update(table_of(PaceRow))
    .where(PaceRow.channel == bindparam("place"))
    .values(
        sent_at=bindparam("now"),
        free_at=case(
            (PaceRow.free_at.between(bindparam("next"), bindparam("farthest")), PaceRow.free_at),
            else_=bindparam("next"),
        ),
    )
)
"""What is free farther away than ``:farthest`` is of a clock that was ahead, as in ``_sane``."""


class Pacer:
    """Hands out turns to post, a second apart in each channel, to whoever shares the database.

    A turn that was handed out is kept for whoever holds it: late comers queue up behind, nobody starves. A turn may
    still come too early, when the message before it goes out late: see ``early``. The machines' clocks have to agree.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def turn(self, channel: str) -> datetime | None:
        """None: post now. Otherwise the time that is now reserved for the caller, who asks ``early`` then.

        A short transaction of its own. Raises DatabaseUnavailable.
        """
        now = self._clock().timestamp()
        mine = self._reserve(channel, now)
        return moment(mine) if mine > now else None

    def early(self, channel: str, turn: datetime) -> datetime | None:
        """None: whoever holds ``turn`` may post now. Otherwise when to ask again: the message before it is under way,
        or went out less than a second ago.
        """
        now, mine = self._clock().timestamp(), turn.timestamp()
        with self._database.read() as session:
            row = session.get(PaceRow, channel)
        if row is None:
            return None
        if _HAIR_S < row.sent_at + _PACE_S - now <= _PACE_S:
            return moment(row.sent_at + _PACE_S)
        waits = row.sent_at < mine - _PACE_S - _HAIR_S and mine - FARTHEST_S < now < mine + UNDER_WAY_S
        return moment(now + LOOK_AGAIN_S) if waits else None

    def sent(self, session: Session, channel: str) -> None:
        """A message went out just now, or may have: the second counts from here, however long the call took."""
        now = self._clock().timestamp()
        session.execute(_SENT, {"place": channel, "now": now, "next": now + _PACE_S, "farthest": now + FARTHEST_S})

    def _reserve(self, channel: str, now: float) -> float:
        with self._database.write() as session:
            key = {"channel": channel}
            row = locked_columns(session, PaceRow, key, {"turn_at": 0.0, "free_at": 0.0, "sent_at": 0.0})
            under_way = row.sent_at < row.turn_at and 0 <= now - row.turn_at < UNDER_WAY_S
            mine = max(now + LOOK_AGAIN_S if under_way else now, _sane(row.free_at, now))
            change(session, PaceRow, key, turn_at=mine, free_at=mine + _PACE_S)
            return mine


def _sane(at: float, now: float) -> float:
    return at if at < now + FARTHEST_S else now
