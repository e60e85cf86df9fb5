"""Several threads share a commit: each hears how its own item ended, and nobody waits for ever."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.errors import DatabaseUnavailable
from bot.together import MOST, Together


class Slow:
    """Stores numbers; the first write waits for ``go``. Odd ones are news, a zero breaks the whole write."""

    def __init__(self) -> None:
        self.writes: list[list[int]] = []
        self.away = False
        self.begun, self.go = threading.Event(), threading.Event()

    def write(self, items: Sequence[int]) -> list[bool]:
        """See Together."""
        self.writes.append(list(items))
        self.begun.set()
        assert self.go.wait(10)
        if self.away:
            raise DatabaseUnavailable("away")
        if 0 in items:
            raise ValueError("zero")
        return [item % 2 == 1 for item in items]


def outcomes(slow: Slow, first: int, others: Sequence[int]) -> list[bool | Exception]:
    """How each ended, when the others come while the first is being written."""
    together = Together(slow.write)

    def one(item: int) -> bool | Exception:
        try:
            return together.do(item)
        except (DatabaseUnavailable, ValueError) as exc:
            return exc

    with ThreadPoolExecutor(len(others) + 1) as pool:
        leading = pool.submit(one, first)
        assert slow.begun.wait(10)
        following = [pool.submit(one, item) for item in others]
        while len(together._waiting) < len(others):
            threading.Event().wait(0.005)
        slow.go.set()
        return [leading.result(10), *(each.result(10) for each in following)]


def test_who_comes_while_somebody_writes_is_written_with_all_others_that_wait() -> None:
    slow = Slow()
    assert outcomes(slow, 1, range(2, 12)) == [item % 2 == 1 for item in range(1, 12)]
    assert [len(items) for items in slow.writes] == [1, 10]


def test_no_transaction_holds_more_than_the_most() -> None:
    slow = Slow()
    outcomes(slow, 1, range(2, MOST + 12))
    assert [len(items) for items in slow.writes] == [1, MOST, 10]


def test_an_item_that_cannot_be_stored_takes_no_other_with_it() -> None:
    ended = outcomes(Slow(), 1, [3, 0, 5])
    assert [ended[0], ended[1], ended[3]] == [True, True, True]
    assert isinstance(ended[2], ValueError)


def test_when_the_database_is_away_everyone_who_waits_hears_so_at_once() -> None:
    slow = Slow()
    slow.away = True
    ended = outcomes(slow, 1, range(2, 6))
    assert [type(one) for one in ended] == [DatabaseUnavailable] * 5
    assert slow.writes == [[1]]


def test_after_a_failure_the_next_one_writes_again() -> None:
    slow = Slow()
    slow.go.set()
    together = Together(slow.write)
    with pytest.raises(ValueError, match="zero"):
        together.do(0)
    assert together.do(3) is True
