"""What a child process of the tests runs: spawned processes can import this by name."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from typing import Any

LOCKS: list[Any] = []
"""Kept until the process ends, as libraries keep theirs."""


def divider(plan: int) -> Callable[[Any], Any]:
    """Answers with the plan divided by the message; "who" is its process id, "die" its end,
    "priority" how much it yields to other processes, "lock" makes a lock that the system holds for it."""

    def answer(message: Any) -> Any:
        if message == "who":
            return os.getpid()
        if message == "priority":
            return os.getpriority(os.PRIO_PROCESS, 0)
        if message == "lock":
            return LOCKS.append(multiprocessing.RLock())
        if message == "die":
            os.kill(os.getpid(), signal.SIGTERM)
        return plan // message

    return answer
