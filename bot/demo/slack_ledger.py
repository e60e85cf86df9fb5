"""What the stand-in for Slack saw and objected to, for tests to assert on and for the demo to show."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Call:
    """One Web API call (or ``response_url`` post) of the desk and what it got. ``status`` is the HTTP status.

    ``status`` 0 means that a fault cut the connection; ``ok`` tells whether the call took effect.
    """

    method: str
    arguments: Mapping[str, Any]
    at: float
    ok: bool
    error: str | None
    status: int


@dataclass(frozen=True)
class Objection:
    """Something the desk sent that Slack or our own rules do not take. ``reason`` is for people."""

    method: str
    error: str
    reason: str

    def __str__(self) -> str:
        return f"{self.method}: {self.error}: {self.reason}"


@dataclass(frozen=True)
class Delivery:
    """One HTTP request to the desk. ``status`` is None when no answer came in time (``problem`` says why)."""

    kind: str  # "event", "command" or "interaction"
    name: str  # event type, command, or payload type
    body: str
    at: float
    attempt: int  # 0 is the first
    status: int | None
    problem: str | None
    seconds: float


class Ledger:
    """Five growing lists. ``rejections`` were refused; ``violations`` and ``warnings`` were let through."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.calls: list[Call] = []
        self.rejections: list[Objection] = []
        self.violations: list[Objection] = []
        self.warnings: list[Objection] = []
        self.deliveries: list[Delivery] = []

    def record(self, entry: Call | Delivery) -> None:
        """Note a call or a delivery."""
        with self._lock:
            if isinstance(entry, Call):
                self.calls.append(entry)
            else:
                self.deliveries.append(entry)

    def refuse(self, method: str, error: str, reason: str) -> None:
        """Note a refusal and its reason."""
        with self._lock:
            self.rejections.append(Objection(method, error, reason))

    def violation(self, method: str, error: str, reason: str) -> None:
        """Note something Slack lets through and we never want to send."""
        with self._lock:
            self.violations.append(Objection(method, error, reason))

    def warn(self, method: str, error: str, reason: str) -> None:
        """Note something that works but should not stay."""
        with self._lock:
            self.warnings.append(Objection(method, error, reason))
