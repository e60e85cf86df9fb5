"""The last say on the order of hits: marked pages sink, stale ones yield, the same text is shown once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from knowledge.candidates import Candidate
from knowledge.domain import Citation, HitKind, Standing
from knowledge.generation import Generation
from knowledge.prints import ALIKE, runs_of
from knowledge.signals import chance_of, log_odds
from knowledge.targets import Target

SINK = 1.5
"""Log-odds that a page marked as outdated or unfinished loses: it comes first only when nothing else is close."""

EQUAL = 0.15
"""Log-odds between two hits that are as good as each other (about 0.01 of similarity)."""

CLOSE = 0.1
"""Log-odds by which a passage must beat an entry to come before it. With 0.15 one right answer in 53 gets lost."""

STALE = timedelta(days=180)
"""How much older a page must be to yield to an equal one."""

SHOWN = 3
"""Hits a person is shown at once: these never say the same thing twice."""

SAME_COVERAGE = 0.02
"""Texts that differ in a word of the question ("EMEA" here, "APAC" there) do not repeat each other."""

LEAST_WORDS = 12
"""Shorter texts are the same only under the same heading: the heading says what they are about."""


@dataclass(frozen=True)
class Ordered:
    """``hits`` is every candidate, best first; ``distinct`` the ones among them that repeat none before them."""

    hits: tuple[Candidate, ...]
    distinct: tuple[Candidate, ...]


class Ordering:
    """Orders candidates of one generation, in two steps between which others may have a say.

    Safe for several threads.
    """

    def __init__(self, generation: Generation, today: Callable[[], date] = lambda: date.min) -> None:
        """``today`` tells which reviews are overdue; by default none is."""
        self._targets = generation.targets
        self._today = today
        self._prints = generation.prints

    def of(self, ranked: Sequence[Candidate]) -> Ordered:
        """The order of candidates by score: ``sunk``, then ``settled``. Scores never rise along it."""
        return self.settled(self.sunk(ranked))

    def settled(self, ranked: Sequence[Candidate]) -> Ordered:
        """Stale ones behind equal fresh ones, and what repeats another behind the first that a person is shown."""
        odds = [log_odds(candidate.score) for candidate in ranked]  # swapping neighbours leaves these as they are
        found = self._curated_first(self._fresh_first(ranked, odds), odds)
        distinct, repeats = self._told_apart(found)
        if not repeats:
            return Ordered(tuple(found), tuple(distinct))
        first = distinct[:SHOWN]
        rest = sorted((*distinct[SHOWN:], *repeats), key=lambda candidate: -candidate.score)
        lowered = (replace(candidate, score=min(candidate.score, first[-1].score)) for candidate in rest)
        return Ordered((*first, *lowered), tuple(distinct))

    def _target(self, candidate: Candidate) -> Target:
        return self._targets[candidate.target]

    def sunk(self, ranked: Sequence[Candidate]) -> list[Candidate]:
        """Candidates by score, those of marked pages with a lower one."""
        marked = [self._target(candidate).citation.standing is not Standing.CURRENT for candidate in ranked]
        if not any(marked):
            return list(ranked)
        lowered = [
            replace(candidate, score=chance_of(log_odds(candidate.score) - SINK)) if sinks else candidate
            for candidate, sinks in zip(ranked, marked, strict=True)
        ]
        return sorted(lowered, key=lambda candidate: -candidate.score)

    def _fresh_first(self, ranked: Sequence[Candidate], odds: Sequence[float]) -> list[Candidate]:
        """Of two neighbours that are equally good the much younger page, or the reviewed entry, comes first."""
        found = list(ranked)
        for place in range(len(found) - 1):
            if abs(odds[place] - odds[place + 1]) > EQUAL:
                continue
            first, second = found[place], found[place + 1]
            if self._is_stale(first, second):
                found[place : place + 2] = _swapped(first, second)
        return found

    def _curated_first(self, ranked: Sequence[Candidate], odds: Sequence[float]) -> list[Candidate]:
        """Of two neighbours that are close the entry comes first: somebody answers for it."""
        found = list(ranked)
        for place in range(len(found) - 1):
            if odds[place] - odds[place + 1] > CLOSE:
                continue
            first, second = found[place], found[place + 1]
            kinds = (first.kind, second.kind)
            if kinds == (HitKind.PASSAGE, HitKind.ENTRY) and not self._is_stale(second, first):
                found[place : place + 2] = _swapped(first, second)
        return found

    def _is_stale(self, candidate: Candidate, other: Candidate) -> bool:
        mine, its = (self._target(one).citation for one in (candidate, other))
        if self._is_overdue(mine) and not self._is_overdue(its):
            return True
        return (
            mine.changed_at is not None and its.changed_at is not None and its.changed_at - mine.changed_at >= STALE
        )

    def _is_overdue(self, cited: Citation) -> bool:
        return cited.review_by is not None and cited.review_by < self._today()

    def _told_apart(self, ranked: list[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
        """The candidates that repeat none before them, and the repeats. The freshest of a text stands for it."""
        passages = [candidate.target for candidate in ranked if candidate.kind is HitKind.PASSAGE]
        suspects = self._prints.near(passages)
        if not suspects:
            return ranked, []
        distinct: list[Candidate] = []
        repeats: list[Candidate] = []
        for candidate in ranked:
            near = (place for place, other in enumerate(distinct) if (other.target, candidate.target) in suspects)
            twin = next((place for place in near if self._alike(candidate, distinct[place])), None)
            if twin is None:
                distinct.append(candidate)
            elif self._is_fresher(candidate, distinct[twin]):
                distinct[twin], repeated = _swapped(distinct[twin], candidate)
                repeats.append(repeated)
            else:
                repeats.append(candidate)
        return distinct, repeats

    def _is_fresher(self, candidate: Candidate, other: Candidate) -> bool:
        mine, its = (self._target(one).citation for one in (candidate, other))
        if mine.standing is not its.standing:
            return mine.standing is Standing.CURRENT
        return mine.changed_at is not None and (its.changed_at is None or mine.changed_at > its.changed_at)

    def _alike(self, one: Candidate, other: Candidate) -> bool:
        """Whether two passages say the same."""
        mine, its = self._target(one), self._target(other)
        left, right = runs_of(mine.text), runs_of(its.text)
        if max(len(left), len(right)) < LEAST_WORDS and mine.heading != its.heading:
            return False
        if abs(one.features["coverage"] - other.features["coverage"]) > SAME_COVERAGE:
            return left == right
        common = len(left & right)
        return common >= ALIKE * (len(left) + len(right) - common)


def _swapped(first: Candidate, second: Candidate) -> tuple[Candidate, Candidate]:
    """The second before the first, the scores staying in their places."""
    return replace(second, score=first.score), replace(first, score=second.score)
