"""Time as an argument, so that tests can hold it still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the present as an aware UTC time."""


def now_utc() -> datetime:
    """The present."""
    return datetime.now(UTC)
