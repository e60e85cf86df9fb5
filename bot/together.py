"""Writes of several threads in one transaction: a disk that keeps what it is told takes its time for each commit.

Whoever comes while nobody writes, writes at once. Who comes meanwhile waits; the first of them then writes for all.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from bot.errors import DatabaseUnavailable

T = TypeVar("T")
R = TypeVar("R")

MOST = 50
"""Writes in one transaction: the first of them waits for the last."""


@dataclass(eq=False)
class _Entry(Generic[T, R]):
    item: T
    told: threading.Event = field(default_factory=threading.Event)
    leads: bool = False
    result: R | None = None
    problem: Exception | None = None


class Together(Generic[T, R]):
    """``write`` stores several items in one transaction, all or none, and returns a result for each, in order."""

    def __init__(self, write: Callable[[Sequence[T]], Sequence[R]]) -> None:
        self._write = write
        self._lock = threading.Lock()
        self._waiting: list[_Entry[T, R]] = []
        self._busy = False

    def do(self, item: T) -> R:
        """Returns once the item is committed. Raises what ``write`` raises.

        When the database is away, everyone who waits hears so at once, and nobody waits his turn to find out.
        """
        mine: _Entry[T, R] = _Entry(item)
        with self._lock:
            self._waiting.append(mine)
            mine.leads, self._busy = not self._busy, True
        if not mine.leads:
            mine.told.wait()
        if mine.leads:
            self._lead()
        if mine.problem is not None:
            raise mine.problem
        if mine.result is None:
            raise DatabaseUnavailable("The database was not written. Try again in a moment.")
        return mine.result

    def _lead(self) -> None:
        with self._lock:
            batch = self._waiting[:MOST]
            del self._waiting[:MOST]
        try:
            self._write_all(batch)
        finally:
            self._hand_over(batch)

    def _write_all(self, batch: list[_Entry[T, R]]) -> None:
        try:
            for entry, result in zip(batch, self._write([entry.item for entry in batch]), strict=True):
                entry.result = result
        except DatabaseUnavailable as exc:
            for entry in batch:
                entry.problem = exc
            self._send_away(exc)
        except Exception as exc:  # noqa: BLE001 - raised to whoever brought the item; the others' are stored alone
            if len(batch) == 1:
                batch[0].problem = exc
                return
            for entry in batch:
                self._write_all([entry])

    def _send_away(self, problem: DatabaseUnavailable) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, []
        for entry in waiting:
            entry.problem = problem
            entry.told.set()

    def _hand_over(self, batch: list[_Entry[T, R]]) -> None:
        with self._lock:
            following = self._waiting[0] if self._waiting else None
            self._busy = following is not None
            if following is not None:
                following.leads = True
        for entry in (*batch, *([following] if following is not None else [])):
            entry.told.set()
