"""How often the desk was killed where, which point is next, and what one world of it showed.

The toll survives its process: a campaign that is stopped goes on where it was.
"""

from __future__ import annotations

import json
import os
import random
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support_crash_points import Point
from support_crash_stories import STORIES, WATCHING
from support_crash_world import WATCHERS, Ground, World

RULE_OF_THREE = 3.0
"""After n trials without a single failure the 95 % upper bound of its rate is about 3/n.

Hanley and Lippman-Hand, "If nothing goes wrong, is everything all right?", JAMA 249 (1983), 1743.
"""


SELDOM = 5
"""Aims without a hit that count as one: what two threads race for does not come in every world."""


@dataclass
class Failure:
    """A world that ended otherwise than it must."""

    seed: int
    story: str
    deaths: list[str]
    what: str


@dataclass
class Toll:
    """Kills by point, what each step passes, and what went wrong. ``deep`` counts kills by how many came before.

    ``by_kind``: each kind of row counts as a point of its own. ``aims``: how often a life was to end there.
    """

    by_kind: bool = True
    kills: Counter[str] = field(default_factory=Counter)
    aims: Counter[str] = field(default_factory=Counter)
    deep: Counter[str] = field(default_factory=Counter)
    atlas: dict[str, Counter[str]] = field(default_factory=dict)
    worlds: int = 0
    failures: list[Failure] = field(default_factory=list)

    @classmethod
    def load(cls, file: Path, by_kind: bool = True) -> Toll:
        """What a file holds; nothing when there is none."""
        if not file.exists():
            return cls(by_kind)
        body = json.loads(file.read_text())
        return cls(
            by_kind,
            kills=Counter(body["kills"]),
            aims=Counter(body.get("aims", {})),
            deep=Counter(body["deep"]),
            atlas={step: Counter(counts) for step, counts in body["atlas"].items()},
            worlds=body["worlds"],
            failures=[Failure(**one) for one in body["failures"]],
        )

    def save(self, file: Path) -> None:
        """Keep it, whole or not at all."""
        file.parent.mkdir(parents=True, exist_ok=True)
        body = {**vars(self), "failures": [vars(one) for one in self.failures]}
        new = file.with_suffix(".new")
        new.write_text(json.dumps(body, indent=1))
        os.replace(new, file)

    @property
    def total(self) -> int:
        """Kills in all."""
        return self.kills.total()

    def named(self, text: str) -> str:
        """What a passed point counts as."""
        return text if self.by_kind else Point.parse(text).name

    def points(self) -> set[str]:
        """Every point that was passed in any step."""
        return {self.named(text) for counts in self.atlas.values() for text in counts}

    def tried(self, name: str) -> int:
        """How often the desk was killed at a point; a few aims in vain count as one."""
        return self.kills[name] + max(0, self.aims[name] - self.kills[name]) // SELDOM

    def least(self) -> int:
        """How often the least-tried point was."""
        return min((self.tried(name) for name in self.points()), default=0)

    def seldom(self, wanted: int) -> list[str]:
        """The points that did not come when aimed at: they were killed less often than wanted."""
        return sorted(name for name in self.points() if self.kills[name] < wanted <= self.tried(name))

    def next_story(self, chance: random.Random) -> str:
        """One that passes least-tried points; the more of them it passes, the likelier."""
        unknown = [story for story in STORIES if f"{story}:1" not in self.atlas]
        if unknown:
            return unknown[0]
        least = self.least()
        open_ = {story: set[str]() for story in STORIES}
        for step, counts in self.atlas.items():
            names = map(self.named, counts)
            open_[step.partition(":")[0]].update(name for name in names if self.tried(name) <= least)
        return chance.choices(list(open_), [len(names) for names in open_.values()])[0]


class Hunter:
    """Lets lives of one world end where the desk was killed least. Implements ``Chooses``."""

    def __init__(self, toll: Toll, seed: int, wanted: int | None = None) -> None:
        """``wanted``: points killed so often are left alone."""
        self._toll = toll
        self._chance = random.Random(seed)
        self._wanted = wanted
        self._last: Point | None = None

    def next(self, step: str, deaths: int) -> tuple[Point, int] | None:
        """The least-killed of the points this step passes; after a death, of those that can still come."""
        toll, passed = self._toll, self._toll.atlas.get(step, Counter())
        open_ = [text for text in passed if deaths == 0 or self._can_come(step, text)]
        lowest = min((toll.tried(toll.named(text)) for text in open_), default=0)
        if not open_ or (self._wanted is not None and lowest >= self._wanted):
            return None
        text = self._chance.choice([text for text in open_ if toll.tried(toll.named(text)) <= lowest])
        toll.aims[toll.named(text)] += 1
        return Point.parse(text), self._chance.choice((1, 1, 1, self._chance.randint(1, passed[text])))

    def died(self, step: str, point: Point, deaths: int) -> None:
        """See Chooses."""
        self._last = point
        self._toll.kills[self._toll.named(str(point))] += 1
        self._toll.deep[str(deaths)] += 1

    def _can_come(self, step: str, text: str) -> bool:
        """Whether a point comes after the last death: later in this step, or with the row that was in hand."""
        last, order = self._last, list(self._toll.atlas[step])
        if last is None or str(last) not in order:
            return True
        return order.index(text) >= order.index(str(last)) or (
            last.kind != "" and Point.parse(text).kind == last.kind
        )

    def passed(self, step: str, counts: Mapping[str, int]) -> None:
        """See Chooses."""
        known = self._toll.atlas.setdefault(step, Counter())
        for text, count in counts.items():
            known[text] = max(known[text], count)


def live(
    ground: Ground, toll: Toll, seed: int, story: str, *, wanted: int | None = None, **options: Any
) -> Failure | None:
    """One world in which the desk is killed at every step; what went wrong, if anything did."""
    watching = frozenset({"outlooks"}) if story in WATCHING else frozenset({"outlooks", *WATCHERS})
    world = World(ground, Hunter(toll, seed, wanted), story, without=watching, seed=seed, **options)
    failure = None
    try:
        check = STORIES[story](world)
        world.finish()
        sound(world)
        check()
    except Exception as exc:  # noqa: BLE001 - whatever it is, it is what the campaign looks for
        deaths = [f"{step} {point}" for step, point in world.deaths]
        where = traceback.format_exc(limit=-2) if not isinstance(exc, AssertionError) else ""
        failure = Failure(seed, story, deaths, f"{world.step}: {exc}\n{where}".strip())
        toll.failures.append(failure)
    finally:
        world.close()
    toll.worlds += 1
    return failure


def sound(world: World) -> None:
    """What must be true of every world. Raises AssertionError."""
    left = [row for row in world.unfinished() if not any(f" {state}: " in row for state in world.given_up)]
    assert not left, f"unfinished: {left}"
    assert world.slack.rejections == [], f"Slack refused: {world.slack.rejections}"
    assert world.slack.violations == [], f"somebody was pinged: {world.slack.violations}"
    _unique("messages with the same key", world.message_keys())
    _unique("tickets for the same request", world.markers())
    _unique("comments with the same marker", world.comment_markers())


def _unique(what: str, found: list[str]) -> None:
    twice = [one for one, count in Counter(found).items() if count > 1]
    assert not twice, f"{what}: {twice}"


def report(toll: Toll, wanted: int, say: Callable[[str], None]) -> None:
    """What a campaign that wants each point killed so often has shown so far."""
    points = toll.points()
    counts = sorted(toll.kills[name] for name in points)
    deep = ", ".join(f"{toll.deep[str(n)]} {name}" for n, name in ((1, "first"), (2, "second"), (3, "third")))
    say(f"{toll.total} kills in {toll.worlds} worlds at {len(points)} points ({deep} deaths in a row).")
    if counts:
        say(f"Kills per point: least {counts[0]}, median {counts[len(counts) // 2]}, most {counts[-1]}.")
    say(f"{len(toll.failures)} worlds ended otherwise than they must.")
    if seldom := toll.seldom(wanted):
        say(
            f"{len(seldom)} of them did not come {wanted} times when aimed at:"
            + "".join(f"\n  {one}" for one in seldom)
        )
    if toll.total and not toll.failures:
        bound = RULE_OF_THREE / toll.total
        say(f"Loss or duplicate per kill: 0, 95 % upper bound {bound:.2e} (rule of three).")
        if counts and counts[0]:
            say(f"At the least-killed point alone: below {RULE_OF_THREE / counts[0]:.3f}.")
    for failure in toll.failures:
        say(f"\nseed {failure.seed}, story {failure.story}; deaths: {failure.deaths}\n{failure.what}")
