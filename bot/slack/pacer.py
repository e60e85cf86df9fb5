"""Keeps the desk below the rate at which Slack takes messages, in all its processes together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.database import Database
from bot.tables import PaceRow

CHANNEL_PACE = timedelta(seconds=1)
"""Slack takes about one message a second per channel (docs.slack.dev, rate limits)."""

FARTHEST_S = 600.0
"""A turn later than that was not handed out by this clock: it has been set back."""

_HAIR_S = 0.001  # seconds since 1970 as a float are exact to a microsecond

_TURN = text(
    "INSERT INTO desk_pace (channel, free_at, sent_at) VALUES (:channel, :after, 0) "
    "ON CONFLICT (channel) DO UPDATE SET free_at = :pace + "
    "CASE WHEN desk_pace.free_at BETWEEN :now AND :farthest THEN desk_pace.free_at ELSE :now END "
    "RETURNING free_at"
)
_SENT = text(
    "UPDATE desk_pace SET sent_at = :now, "
    "free_at = CASE WHEN free_at BETWEEN :after AND :farthest THEN free_at ELSE :after END "
    "WHERE channel = :channel"
)


class Pacer:
    """Hands out turns to post, a second apart in each channel, to whoever shares the database.

    A turn that was handed out is kept for whoever holds it: late comers queue up behind, nobody starves. A turn may
    still come too early, when the message before it went out late: see ``early``. The machines' clocks have to agree.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def turn(self, channel: str) -> datetime | None:
        """None: post now. Otherwise the time that is now reserved for the caller, who asks ``early`` then.

        A short transaction of its own. Raises DatabaseUnavailable.
        """
        now = self._clock().timestamp()
        with self._database.write() as session:
            free_at = float(session.execute(_TURN, _times(channel, now)).scalar_one())
        mine = free_at - CHANNEL_PACE.total_seconds()
        return datetime.fromtimestamp(mine, UTC) if mine > now + _HAIR_S else None

    def early(self, channel: str) -> datetime | None:
        """None: whoever holds a turn may post now. Otherwise when they may: a second after the message before."""
        now, pace = self._clock().timestamp(), CHANNEL_PACE.total_seconds()
        with self._database.read() as session:
            sent_at = session.scalar(select(PaceRow.sent_at).where(PaceRow.channel == channel)) or 0.0
        wait = sent_at + pace - now
        return datetime.fromtimestamp(sent_at + pace, UTC) if _HAIR_S < wait <= pace else None

    def sent(self, session: Session, channel: str) -> None:
        """Slack has taken a message just now; the second counts from here, however long the call took."""
        session.execute(_SENT, _times(channel, self._clock().timestamp()))


def _times(channel: str, now: float) -> dict[str, str | float]:
    pace = CHANNEL_PACE.total_seconds()
    return {"channel": channel, "now": now, "after": now + pace, "farthest": now + FARTHEST_S, "pace": pace}
