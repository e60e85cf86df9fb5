"""The desk's process is killed with SIGKILL where it commits and where it calls; what comes after it loses nothing.

Real processes: see support_crash_world. Here a few stories a day are lived through, others tomorrow; `make crash`
kills everywhere, as often as it is told to, and keeps the count.
"""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support_crash_places import GROUPED, KNOWN_DOORS, UNVISITED
from support_crash_points import Point, call_places, commit_places, doors
from support_crash_stories import STORIES
from support_crash_toll import Toll, live, sound
from support_crash_world import Ground, World, ground

SEED = int(os.environ.get("CRASH_SEED", datetime.now(UTC).toordinal()))
"""Which stories, and where their processes end: others every day; CRASH_SEED repeats a day."""

MOST = 24
"""Kills in one run of the suite; `make crash KILLS=2` kills at every point twice."""

POINTS = Path(__file__).parents[1] / "data" / "crash_points.json"


@pytest.fixture(scope="module")
def built() -> Iterator[Ground]:
    with ground() as running:
        yield running


def visited() -> set[str]:
    """The places that `make crash` has killed at, as it wrote them down."""
    return set(json.loads(POINTS.read_text()))


def test_every_commit_has_a_point_where_the_desk_is_killed() -> None:
    missing = {
        place
        for place in set(commit_places().values()) - visited() - UNVISITED.keys()
        if not place.startswith(tuple(f"commit {group}" for group in GROUPED))
    }
    assert missing == set(), "tell a story that passes there (support_crash_stories), then run `make crash KILLS=2`"


def test_every_call_to_slack_and_jira_has_a_point_where_the_desk_is_killed() -> None:
    missing = call_places() - visited() - UNVISITED.keys()
    assert missing == set(), "tell a story that calls it (support_crash_stories), then run `make crash KILLS=2`"


def test_the_list_of_what_no_story_passes_only_shrinks() -> None:
    there = {*commit_places().values(), *call_places()}
    assert UNVISITED.keys() & visited() == set()
    assert UNVISITED.keys() - there == set()


def test_nothing_else_opens_connections() -> None:
    assert doors() == KNOWN_DOORS.keys()


@pytest.mark.timeout(900)  # on PostgreSQL and a busy machine
def test_killed_wherever_it_commits_or_calls_the_desk_loses_nothing_and_does_nothing_twice(built: Ground) -> None:
    toll, chance, seed = Toll(by_kind=False), random.Random(SEED), SEED
    for story in chance.sample(sorted(STORIES), len(STORIES)):
        before = toll.total
        for _ in range(5):
            failure = live(built, toll, seed, story, wanted=2)
            assert failure is None, f"CRASH_SEED={SEED}: {failure}"
            seed += 1
            if toll.total - before > MOST // 3 or toll.total >= MOST:
                break
        if toll.total >= MOST:
            break
    assert toll.total > MOST // 2
    assert toll.deep["2"] > 0
    assert toll.deep["3"] > 0


class At:
    """Ends lives at these points, one after the other. Implements Chooses."""

    def __init__(self, *points: str) -> None:
        self._points = [Point.parse(text) for text in points]
        self.died_at: Counter[str] = Counter()

    def next(self, step: str, deaths: int) -> tuple[Point, int] | None:
        """See Chooses."""
        return (self._points[0], 1) if self._points else None

    def died(self, step: str, point: Point, deaths: int) -> None:
        """See Chooses."""
        self._points.pop(0)
        self.died_at[str(point)] += 1

    def passed(self, step: str, counts: object) -> None:
        """See Chooses."""


POSTED = "call slack chat.postMessage (post) after"


def test_a_desk_that_posts_again_without_looking_is_found_out(built: Ground) -> None:
    for mutant, found in (("", False), ("posts_blindly", True)):
        world = World(built, At(POSTED), "mutant", mutant=mutant)
        world.say("Maya", "@MOPS Desk where are my MQLs?")
        world.finish()
        assert len(world.deaths) == 1
        if found:
            with pytest.raises(AssertionError, match="same key"):
                sound(world)
        else:
            sound(world)
        world.close()


def test_a_question_that_kills_its_process_three_times_is_given_up_and_the_asker_told(built: Ground) -> None:
    handled = "commit bot.worker.Worker._handle (message) before"
    world = World(built, At(handled, handled, handled), "poison", mutant="dies_again")
    ts = world.say("Maya", "@MOPS Desk where are my MQLs?")
    world.finish()
    assert len(world.deaths) == 3
    (left,) = world.unfinished()
    assert " dead: " in left
    (told,) = world.said(ts)
    assert "Q1" in told
    world.close()
