"""Hands of a kind look for rows one at a time, and one empty look counts for all."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from bot.bell import Bell
from bot.lookout import Looked, Lookout, nobody


class Rows:
    """So many rows; ``looks`` counts how often somebody asked."""

    def __init__(self, left: int) -> None:
        self.left = left
        self.looks = 0
        self.worked = threading.Barrier(2, timeout=5)

    def run_once(self, looked: Looked = nobody) -> bool:
        """See Hand."""
        self.looks += 1
        found = self.left > 0
        self.left -= found
        looked(self.left > 0)
        return found


def test_an_empty_look_is_not_repeated_until_the_bell_rings_or_time_has_passed() -> None:
    bell, rows = Bell(), Rows(0)
    lookout = Lookout(bell, idle_s=0.05)
    assert [lookout.step(rows) for _ in range(5)] == [False] * 5
    assert rows.looks == 1
    bell.ring()
    lookout.step(rows)
    assert rows.looks == 2
    time.sleep(0.06)
    lookout.step(rows)
    assert rows.looks == 3


def test_a_row_that_came_with_a_ring_is_found_at_once() -> None:
    bell, rows = Bell(), Rows(0)
    lookout = Lookout(bell, idle_s=60)
    lookout.step(rows)
    rows.left = 2
    bell.ring()
    assert [lookout.step(rows) for _ in range(3)] == [True, True, False]


def test_one_look_for_the_last_row_and_one_when_it_is_finished_because_it_may_have_held_others_up() -> None:
    rows = Rows(1)
    lookout = Lookout(Bell(), idle_s=60)

    class Working(Rows):
        def run_once(self, looked: Looked = nobody) -> bool:
            found = rows.run_once(looked)
            assert not lookout.step(rows), "another hand knows that nothing is left"
            return found

    assert lookout.step(Working(1))
    assert rows.looks == 1
    rows.left = 1
    assert lookout.step(rows)


def test_others_look_while_a_row_is_worked_on() -> None:
    class Slow(Rows):
        def run_once(self, looked: Looked = nobody) -> bool:
            found = super().run_once(looked)
            self.worked.wait()  # both are at work at the same time, or this fails
            return found

    rows = Slow(2)
    lookout = Lookout(Bell(), idle_s=60)
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda _: lookout.step(rows), range(2))) == [True, True]


def test_a_look_that_fails_keeps_nobody_from_looking() -> None:
    class Broken(Rows):
        def run_once(self, looked: Looked = nobody) -> bool:
            raise OSError

    lookout = Lookout(Bell(), idle_s=60)
    for _ in range(2):
        try:
            lookout.step(Broken(1))
        except OSError:
            continue
        raise AssertionError
    assert lookout.step(Rows(1))
