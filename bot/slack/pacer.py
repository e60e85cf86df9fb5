"""Keeps the desk below the rate at which Slack takes messages, in all its processes together."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.clock import Clock, moment
from bot.database import Database
from bot.once import locked
from bot.tables import PaceRow

CHANNEL_PACE = timedelta(seconds=1)
"""Slack takes about one message a second per channel (docs.slack.dev, rate limits)."""

UNDER_WAY_S = 5.0
"""How long a message whose turn has come is waited for; then whoever had the turn is believed dead."""

LOOK_AGAIN_S = 0.2
FARTHEST_S = 600.0
"""A turn later than that was not handed out by this clock: it has been set back."""

_PACE_S = CHANNEL_PACE.total_seconds()
_HAIR_S = 0.001  # seconds since 1970 as a float are exact to a microsecond


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
        row = session.get(PaceRow, channel, with_for_update=True)
        if row is not None:
            row.sent_at, row.free_at = now, max(now + _PACE_S, _sane(row.free_at, now))

    def _reserve(self, channel: str, now: float) -> float:
        with self._database.write() as session:
            row = locked(session, PaceRow, {"channel": channel}, {"turn_at": 0.0, "free_at": 0.0, "sent_at": 0.0})
            under_way = row.sent_at < row.turn_at and 0 <= now - row.turn_at < UNDER_WAY_S
            mine = max(now + LOOK_AGAIN_S if under_way else now, _sane(row.free_at, now))
            row.turn_at, row.free_at = mine, mine + _PACE_S
            return mine


def _sane(at: float, now: float) -> float:
    return at if at < now + FARTHEST_S else now
