"""Trouble on demand: what goes wrong with the next Web API calls, written down by a test before it happens."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import Literal

ANY = "*"
"""Stands for every method."""


@dataclass(frozen=True)
class Fault:
    """One kind of trouble for a method; ``skip`` calls pass unharmed first, then ``times`` calls meet it.

    ``drop`` cuts the connection, ``hang`` stays silent for ``seconds`` and then cuts it; for both, ``effect`` tells
    whether the call did its work before. ``status`` answers with that HTTP status (no effect); ``refuse`` with
    Slack's error word; ``page`` with a web page instead of JSON, as proxies do.
    """

    method: str
    kind: Literal["drop", "hang", "status", "refuse", "page"]
    effect: bool = False
    status: int = 500
    retry_after: int | None = None
    error: str = "fatal_error"
    seconds: float = 0.0
    skip: int = 0
    times: int = 1


class FaultScript:
    """The faults still to come. Methods are Slack's (``chat.postMessage``), ``response_url``, or ``*`` for any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def drop_before(self, method: str, *, times: int = 1, skip: int = 0) -> None:
        """The connection is cut and nothing happened."""
        self.add(Fault(method, "drop", effect=False, times=times, skip=skip))

    def drop_after(self, method: str, *, times: int = 1, skip: int = 0) -> None:
        """The call takes effect, then the connection is cut: the caller cannot know."""
        self.add(Fault(method, "drop", effect=True, times=times, skip=skip))

    def hang(self, method: str, seconds: float, *, effect: bool = False, times: int = 1, skip: int = 0) -> None:
        """No answer for that many real seconds, then the connection is cut."""
        self.add(Fault(method, "hang", effect=effect, seconds=seconds, times=times, skip=skip))

    def fail(self, method: str, status: int = 500, *, times: int = 1, skip: int = 0) -> None:
        """An HTTP error without effect."""
        self.add(Fault(method, "status", status=status, times=times, skip=skip))

    def rate_limit(self, method: str, retry_after: int = 1, *, times: int = 1, skip: int = 0) -> None:
        """HTTP 429 with ``Retry-After`` in seconds."""
        self.add(Fault(method, "status", status=429, retry_after=retry_after, times=times, skip=skip))

    def refuse(self, method: str, error: str, *, times: int = 1, skip: int = 0) -> None:
        """``{"ok": false, "error": error}`` without effect."""
        self.add(Fault(method, "refuse", error=error, times=times, skip=skip))

    def garble(self, method: str, *, effect: bool = False, times: int = 1, skip: int = 0) -> None:
        """A web page with status 200 where JSON should be."""
        self.add(Fault(method, "page", effect=effect, status=200, times=times, skip=skip))

    def add(self, fault: Fault) -> None:
        """Write a fault at the end of the script."""
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        with self._lock:
            self._faults.clear()

    def next(self, method: str) -> Fault | None:
        """The fault this call meets, used up once; None when all is well."""
        with self._lock:
            for number, fault in enumerate(self._faults):
                if fault.method in (method, ANY):
                    return self._use(number, fault)
        return None

    def _use(self, number: int, fault: Fault) -> Fault | None:
        if fault.skip > 0:
            self._faults[number] = replace(fault, skip=fault.skip - 1)
            return None
        if fault.times > 1:
            self._faults[number] = replace(fault, times=fault.times - 1)
        else:
            del self._faults[number]
        return fault
