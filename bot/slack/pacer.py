"""Keeps the desk below the rate at which Slack takes messages."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from bot.clock import Clock

CHANNEL_PACE = timedelta(seconds=1)
"""Slack takes about one message a second per channel (docs.slack.dev, rate limits)."""

_REMEMBERED = 1_000


class Pacer:
    """Hands out turns to post, a second apart in each channel. Share one among the dispatchers of a process.

    A turn that was handed out is kept for whoever holds it: late comers queue up behind, nobody starves. A turn may
    still come too early, when the message before it went out late: see ``early``. Several processes do not know of
    each other; there Slack's own 429 spreads the messages.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._free_at: dict[str, datetime] = {}
        self._sent_at: dict[str, datetime] = {}

    def turn(self, channel: str) -> datetime | None:
        """None: post now. Otherwise the time that is now reserved for the caller, who asks ``early`` then."""
        now = self._clock()
        with self._lock:
            if len(self._free_at) > _REMEMBERED:
                self._free_at = {name: at for name, at in self._free_at.items() if at > now}
                self._sent_at = {name: at for name, at in self._sent_at.items() if at + CHANNEL_PACE > now}
            mine = max(now, self._free_at.get(channel, now))
            self._free_at[channel] = mine + CHANNEL_PACE
            return mine if mine > now else None

    def early(self, channel: str) -> datetime | None:
        """None: whoever holds a turn may post now. Otherwise when they may: a second after the message before."""
        with self._lock:
            at = self._sent_at.get(channel)
        return at + CHANNEL_PACE if at is not None and at + CHANNEL_PACE > self._clock() else None

    def sent(self, channel: str) -> None:
        """Slack has taken a message just now; the second counts from here, however long the call took."""
        now = self._clock()
        with self._lock:
            self._sent_at[channel] = now
            self._free_at[channel] = max(now + CHANNEL_PACE, self._free_at.get(channel, now))
