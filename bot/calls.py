"""Calls to Slack, counted: how each ended and how long it took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.errors import SlackRefused, SlackUnavailable

OK = "ok"


@contextmanager
def counted(note: Callable[[str, float], None]) -> Iterator[None]:
    """Around one call: notes "ok" or what its error counts as, and the seconds. The error passes on."""
    begun, outcome = time.monotonic(), OK
    try:
        yield
    except Exception as exc:
        outcome = _outcome(exc)
        raise
    finally:
        note(outcome, time.monotonic() - begun)


def _outcome(exc: Exception) -> str:
    match exc:
        case SlackUnavailable():
            return "unavailable" if exc.retry_after is None else "rate_limited"
        case SlackRefused():
            return "refused"
        case _:
            return "unclear"
