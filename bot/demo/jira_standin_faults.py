"""What can go wrong with a call to the stand-in for Jira, as a script."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from dataclasses import dataclass, field

from starlette.responses import Response
from starlette.types import Receive, Scope, Send


@dataclass(frozen=True)
class Fault:
    """What one call gets instead of its answer.

    ``after_commit``: the change is made first. ``cut``: the connection is aborted.

    ``seconds`` of silence come before anything else; a fault that only waits then answers as usual.
    """

    after_commit: bool = False
    seconds: float = 0.0
    cut: bool = False
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""


def reply_lost() -> Fault:
    """The change is made; the connection breaks before the answer."""
    return Fault(after_commit=True, cut=True)


def reset() -> Fault:
    """The connection breaks before anything is done."""
    return Fault(cut=True)


def hang(seconds: float, after_commit: bool = False) -> Fault:
    """Silence for so long, then a broken connection."""
    return Fault(after_commit=after_commit, seconds=seconds, cut=True)


def slow(seconds: float) -> Fault:
    """The usual answer, late."""
    return Fault(seconds=seconds)


def server_error(status: int = 503, after_commit: bool = False) -> Fault:
    """A 5xx, with or without the change made."""
    return Fault(after_commit=after_commit, status=status, body="<html>upstream error</html>")


def too_many(retry_after: str | None = None) -> Fault:
    """429 with a Retry-After of seconds, of an HTTP date, or without one."""
    return Fault(status=429, headers={"Retry-After": retry_after} if retry_after is not None else {})


def denied(status: int = 403) -> Fault:
    """401 or 403."""
    return Fault(status=status, body=json.dumps({"errorMessages": ["You are not permitted."], "errors": {}}))


def odd_answer(status: int, body: str, **headers: str) -> Fault:
    """Any answer word for word: a login page, a redirect, broken JSON."""
    return Fault(status=status, body=body, headers=headers)


class Faults:
    """A script of faults per call name (``create``, ``search``, ``get``, ``edit``, ``comment`` ...), in order."""

    def __init__(self) -> None:
        self._script: dict[str, deque[Fault | None]] = defaultdict(deque)
        self._until: int | None = None
        self._then: Fault | None = None

    def nth(self, number: int, fault: Fault) -> None:
        """The fate of the ``number``-th call from now on, whatever its name; 0: of none."""
        self._until, self._then = number, fault

    def next(self, call: str, *faults: Fault | None) -> None:
        """The fate of the next calls of this name; None lets one pass."""
        self._script[call].extend(faults)

    def take(self, call: str) -> Fault | None:
        """The fate of the call that is being made."""
        if self._until:
            self._until -= 1
            if self._until == 0:
                return self._then
        script = self._script[call]
        return script.popleft() if script else None


class Cut(Response):
    """Not an answer: the connection is aborted."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"]["transport"].abort()
        await asyncio.sleep(0.01)  # until the server has noticed; else it would try to answer 500
