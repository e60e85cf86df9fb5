"""How fast tickets get done, in business days. No I/O."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

WINDOWS = (timedelta(days=28), timedelta(days=14))
"""How far back done tickets are counted: four weeks; two where the first ticket is not that old."""

ENOUGH_DONE = 10
"""Fewer done tickets than this tell no pace."""

_BUSINESS_DAYS_A_WEEK = 5  # holidays are not taken out


def window_seen(older_than: Callable[[timedelta], bool]) -> timedelta | None:
    """The longest window the tracker's tickets span, asked from the longest on; None while they are too young."""
    return next((window for window in WINDOWS if older_than(window)), None)


def per_business_day(done: int, window: timedelta) -> float | None:
    """Tickets done per business day, from how many were done in a window; None when too few were to tell."""
    return done / (window.days * _BUSINESS_DAYS_A_WEEK / 7) if done >= ENOUGH_DONE else None
