"""A process's clock goes on evenly when the machine's is put right."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import SteadyClock, elapsed_s, now_utc

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Machine:
    """A machine whose clock can be put right while time passes."""

    def __init__(self) -> None:
        self.wall = NOON
        self.elapsed = 100.0

    def pass_(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.elapsed += seconds

    def clock(self) -> SteadyClock:
        return SteadyClock(lambda: self.wall, lambda: self.elapsed)


def test_a_clock_that_is_left_alone_is_the_machines() -> None:
    machine = Machine()
    clock = machine.clock()
    for seconds in (0.01, 5, 86_400):
        machine.pass_(seconds)
        assert clock() == machine.wall
    assert abs(SteadyClock()() - now_utc()) < timedelta(seconds=1)
    assert elapsed_s() <= elapsed_s()


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_a_jump_of_an_hour_is_followed_in_two(jump: timedelta) -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall += jump
    before = clock()
    assert abs(before - NOON) < timedelta(seconds=1)
    machine.pass_(60)
    assert timedelta(seconds=29) < clock() - before < timedelta(seconds=91)
    for _ in range(130):
        machine.pass_(60)
        assert clock() > before
        before = clock()
    assert clock() == machine.wall


def test_a_machine_that_slept_for_long_is_believed_at_once() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall += 3 * HOUR
    assert clock() == machine.wall


def test_time_never_goes_back() -> None:
    machine = Machine()
    clock = machine.clock()
    seen = [clock()]
    for jump in (-0.5, -3600, 10, -20_000, 3600):
        machine.wall += timedelta(seconds=jump)
        machine.pass_(0.1)
        seen.append(clock())
    assert seen == sorted(seen)
