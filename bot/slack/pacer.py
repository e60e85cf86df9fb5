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

    A turn that was handed out is kept for whoever holds it: late comers queue up behind, nobody starves. Several
    processes do not know of each other; there Slack's own 429 spreads the messages.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._free_at: dict[str, datetime] = {}

    def turn(self, channel: str) -> datetime | None:
        """None: post now. Otherwise the time that is now reserved for the caller; post then, without asking again."""
        now = self._clock()
        with self._lock:
            if len(self._free_at) > _REMEMBERED:
                self._free_at = {name: at for name, at in self._free_at.items() if at > now}
            mine = max(now, self._free_at.get(channel, now))
            self._free_at[channel] = mine + CHANNEL_PACE
            return mine if mine > now else None
