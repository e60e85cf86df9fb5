"""Who counts the calls to Jira: each is told of with verb, kind of resource, how it ended and how long it took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from escalation.errors import OutcomeUnknown, TrackerDenied, TrackerRejected, TrackerUnavailable

Watch = Callable[[str, str, float], None]
"""Told of "GET issue", "ok" (or rate_limited, unavailable, unclear, rejected, denied), seconds. Must not raise."""


def nobody(_call: str, _outcome: str, _seconds: float) -> None:
    """Counts nothing."""


@contextmanager
def watched(watch: Watch, verb: str, path: str) -> Iterator[None]:
    """Around one call to a REST path; of the path only its first part is told, which names no ticket or person."""
    begun, outcome = time.monotonic(), "ok"
    try:
        yield
    except Exception as exc:
        outcome = _outcome(exc)
        raise
    finally:
        watch(f"{verb} {path.partition('/')[0]}", outcome, time.monotonic() - begun)


def _outcome(exc: Exception) -> str:
    match exc:
        case TrackerUnavailable():
            return "unavailable" if exc.retry_after is None else "rate_limited"
        case OutcomeUnknown():
            return "unclear"
        case TrackerRejected():
            return "rejected"
        case TrackerDenied():
            return "denied"
        case _:
            return "broke"
