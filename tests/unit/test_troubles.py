"""What fails in loops: how soon it is tried again, how often it is said, and that its end is said once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.bell import Bell
from bot.errors import DatabaseUnavailable
from bot.runtime import Runtime
from bot.troubles import SAME_S, Troubles, pause_s

AWAY = DatabaseUnavailable("The database server cannot be reached. Check that it runs, and DATABASE_URL.")


class Seconds:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def said() -> Iterator[list[Any]]:
    with capture_logs() as logs:
        yield logs


def events(said: list[Any]) -> list[str]:
    return [one["event"] for one in said if one["log_level"] != "debug"]


def test_a_database_that_is_away_is_asked_for_every_two_seconds_and_other_errors_ever_more_seldom() -> None:
    assert [pause_s(AWAY, failures) for failures in (1, 2, 3, 50)] == [1, 2, 2, 2]
    assert [pause_s(ValueError(), failures) for failures in (1, 2, 3, 6, 5000)] == [1, 2, 4, 30, 30]


def test_an_hour_without_a_database_takes_some_lines_of_log_and_its_end_takes_one(said: list[Any]) -> None:
    time = Seconds()
    troubles = Troubles(time)
    loops = [f"loop-{number}" for number in range(25)]
    for time.now in range(0, 3600, 2):
        for loop in loops:
            troubles.failed(loop, AWAY)
    assert events(said) == ["loop_failed", *["loops_still_fail"] * (len(events(said)) - 1)]
    assert 118 < len(events(said)) < 130
    assert said[0]["why"].startswith("The database server")
    assert len(said[-2]["loops"]) == 25
    for loop in loops:
        troubles.worked(loop)
        troubles.worked(loop)
    assert events(said).count("loops_work_again") == 1
    assert said[-1]["after_s"] == 3598


def test_what_comes_and_goes_is_one_trouble(said: list[Any]) -> None:
    time = Seconds()
    troubles = Troubles(time)
    for time.now in range(600):
        troubles.failed("worker-0", AWAY)
        troubles.worked("worker-0")
    assert events(said).count("loop_failed") == 1
    assert events(said).count("loops_work_again") == events(said).count("loops_still_fail") + 1 < 30
    time.now += SAME_S + 1
    troubles.failed("worker-0", AWAY)
    assert events(said).count("loop_failed") == 2


def test_another_error_is_another_trouble_and_no_word_of_people_is_logged(
    said: list[Any],
) -> None:
    troubles = Troubles(Seconds())
    troubles.failed("worker-0", AWAY)
    troubles.failed("worker-0", ValueError("Maya's password"))
    assert events(said) == ["loop_failed", "loops_work_again", "loop_failed"]
    assert said[-2]["why"] is None
    troubles.worked("worker-0")
    assert events(said)[-1] == "loops_work_again"


def test_a_loop_that_fails_rests_goes_on_by_itself_and_stops_at_once() -> None:
    again = threading.Event()

    class Fails:
        rounds = 0

        def run_once(self) -> bool:
            self.rounds += 1
            if self.rounds == 1:
                raise AWAY
            again.set()
            raise ValueError

    steps, runtime = Fails(), Runtime()
    runtime.loop("failing", steps, Bell())
    assert not again.wait(0.7)
    assert again.wait(2)
    runtime.stop()
    assert steps.rounds == 2
    assert runtime.heartbeats.ended == frozenset()
