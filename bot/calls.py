"""Calls to others, counted: how each ended and how long it took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

OK = "ok"


@contextmanager
def counted(note: Callable[[str, float], None], outcome_of: Callable[[Exception], str]) -> Iterator[None]:
    """Around one call: notes "ok" or what its error counts as, and the seconds. The error passes on."""
    begun, outcome = time.monotonic(), OK
    try:
        yield
    except Exception as exc:
        outcome = outcome_of(exc)
        raise
    finally:
        note(outcome, time.monotonic() - begun)
