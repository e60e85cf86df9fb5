"""Kills the desk until it was killed often enough: `make crash KILLS=1000`. Goes on where the last run stopped.

    python tests/crash_campaign.py [--kills 1000] [--places] [--total 0] [--state FILE] [--database postgres]
    python tests/crash_campaign.py --seed 7 --story filed        one world again

Ends when every point was killed ``--kills`` times, or the desk ``--total`` times in all; at Ctrl-C it reports, too.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from support_crash_points import Point
from support_crash_stories import STORIES
from support_crash_toll import Toll, live, report
from support_crash_world import Ground, ground
from support_postgres import leave_postgres, shared_postgres

SAVE_EVERY_S = 5.0


def main() -> int:
    """Run it; 1 when anything was lost or there twice."""
    wanted = _arguments()
    state = wanted.state or Path(".crash") / f"{wanted.database}{'-places' if wanted.places else ''}.json"
    toll = Toll.load(state, by_kind=not wanted.places)
    with ground() as built, _databases(wanted.database) as options:
        if wanted.story:
            return _again(built, wanted.seed, wanted.story, toll, options)
        with suppress(KeyboardInterrupt):
            _run(built, toll, wanted, state, options)
    toll.save(state)
    if wanted.points:
        places = sorted({Point.parse(text).place for counts in toll.atlas.values() for text in counts})
        wanted.points.write_text(json.dumps(places, indent=1) + "\n")
    report(toll, wanted.kills, _say)
    return 1 if toll.failures else 0


def _run(built: Ground, toll: Toll, wanted: argparse.Namespace, state: Path, options: Any) -> None:
    began, before, saved = time.monotonic(), toll.total, 0.0
    while not _enough(toll, wanted):
        seed = wanted.seed + toll.worlds
        story = toll.next_story(random.Random(seed))
        failure = live(built, toll, seed, story, wanted=wanted.kills, **options())
        if failure:
            _say(f"seed {seed}, story {story}: {failure.what}")
        if time.monotonic() - saved > SAVE_EVERY_S:
            toll.save(state)
            saved = time.monotonic()
            _say(_progress(toll, wanted, toll.total - before, time.monotonic() - began))


def _enough(toll: Toll, wanted: argparse.Namespace) -> bool:
    if any(f"{story}:1" not in toll.atlas for story in STORIES):
        return False
    return toll.least() >= wanted.kills or (wanted.total > 0 and toll.total >= wanted.total)


def _progress(toll: Toll, wanted: argparse.Namespace, kills: int, seconds: float) -> str:
    rate = kills / seconds if seconds else 0.0
    missing = sum(max(0, wanted.kills - toll.tried(name)) for name in toll.points())
    if wanted.total:
        missing = min(missing, max(0, wanted.total - toll.total))
    hours = missing / rate / 3600 if rate else float("inf")
    return (
        f"{toll.total} kills ({rate:.1f}/s), least killed point {toll.least()}, {toll.worlds} worlds, "
        f"{len(toll.failures)} failures; {missing} to go, about {hours:.1f} h"
    )


def _again(built: Ground, seed: int, story: str, toll: Toll, options: Any) -> int:
    failure = live(built, toll, seed, story, **options())
    _say(f"{failure.what}\ndeaths: {failure.deaths}" if failure else "Nothing was lost, and nothing was there twice.")
    return 1 if failure else 0


@contextmanager
def _databases(kind: str) -> Iterator[Any]:
    """What a world needs for its database; on PostgreSQL two processes live in it."""
    if kind == "sqlite":
        yield dict
        return
    server = shared_postgres()
    try:
        yield lambda: {"database_url": server.fresh(), "processes": 2}
    finally:
        leave_postgres()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=1000, help="how often each point")
    parser.add_argument("--total", type=int, default=0, help="or how often in all (0: no matter)")
    parser.add_argument("--places", action="store_true", help="one point per place, whatever row is in hand there")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--story", choices=sorted(STORIES), help="one world of this seed, and no more")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--state", type=Path)
    parser.add_argument("--points", type=Path, help="where to write the places that were passed")
    return parser.parse_args()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
