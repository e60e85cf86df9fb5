"""How long to wait between attempts at something that fails."""

from __future__ import annotations

from datetime import timedelta

PACE_S = (1, 2, 5, 10, 30, 60, 120, 300)
"""Seconds to wait after the first, second … failure; the last one repeats."""

DENIED_PACE = timedelta(minutes=5)
"""How often what the tracker does not let us do is tried again; ops has been told, and mends it."""


def pace(attempts: int) -> timedelta:
    """How long to wait after ``attempts`` failures."""
    return timedelta(seconds=PACE_S[min(attempts, len(PACE_S)) - 1])
