"""The last say on the order of hits: marked pages sink, stale ones yield, the same text is shown once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from knowledge.candidates import Candidate
from knowledge.domain import Citation, HitKind, Standing
from knowledge.generation import Generation
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

ALIKE = 0.8
"""Share of runs of words two sections have in common (Jaccard) from which on they are the same text."""

RUN = 3
"""Words in such a run (shingle)."""

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
        self._prints: dict[int, frozenset[int]] = {}  # filled on demand; two threads at worst write the same twice

    def of(self, ranked: Sequence[Candidate]) -> Ordered:
        """The order of candidates by score: ``sunk``, then ``settled``. Scores never rise along it."""
        return self.settled(self.sunk(ranked))

    def settled(self, ranked: Sequence[Candidate]) -> Ordered:
        """Stale ones behind equal fresh ones, and what repeats another behind the first that a person is shown."""
        found = self._curated_first(self._fresh_first(ranked))
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

    def _fresh_first(self, ranked: Sequence[Candidate]) -> list[Candidate]:
        """Of two neighbours that are equally good the much younger page, or the reviewed entry, comes first."""
        found = list(ranked)
        odds = _odds(found)
        for place in range(len(found) - 1):
            if abs(odds[place] - odds[place + 1]) > EQUAL:
                continue
            first, second = found[place], found[place + 1]
            if self._is_stale(first, second):
                found[place : place + 2] = _swapped(first, second)
        return found

    def _curated_first(self, ranked: Sequence[Candidate]) -> list[Candidate]:
        """Of two neighbours that are close the entry comes first: somebody answers for it."""
        found = list(ranked)
        odds = _odds(found)
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
        distinct: list[Candidate] = []
        repeats: list[Candidate] = []
        sizes: list[int] = []  # of the distinct ones: most pairs are told apart by these alone
        for candidate in ranked:
            size = self._size(candidate)
            near = (place for place, other in enumerate(sizes) if size >= ALIKE * other and other >= ALIKE * size)
            twin = next((place for place in near if self._alike(candidate, distinct[place])), None)
            if twin is None:
                distinct.append(candidate)
                sizes.append(size)
            elif self._is_fresher(candidate, distinct[twin]):
                distinct[twin], repeated = _swapped(distinct[twin], candidate)
                sizes[twin] = size
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
        if one.kind is not HitKind.PASSAGE or other.kind is not HitKind.PASSAGE:
            return False
        left, right = self._print(one.target), self._print(other.target)
        few, many = sorted((len(left), len(right)))
        if few < ALIKE * many:
            return False
        if many < LEAST_WORDS and self._target(one).heading != self._target(other).heading:
            return False
        if abs(one.features["coverage"] - other.features["coverage"]) > SAME_COVERAGE:
            return left == right
        common = len(left & right)
        return common >= ALIKE * (few + many - common)

    def _size(self, candidate: Candidate) -> int:
        return len(self._print(candidate.target)) if candidate.kind is HitKind.PASSAGE else 0

    def _print(self, target: int) -> frozenset[int]:
        """The runs of words of a target's text."""
        found = self._prints.get(target)
        if found is None:
            words = self._targets[target].text.lower().split()
            last = max(len(words) - RUN + 1, 1)
            found = self._prints[target] = frozenset(hash(tuple(words[at : at + RUN])) for at in range(last))
        return found


def _odds(ranked: Sequence[Candidate]) -> list[float]:
    """The log-odds of each place, which swapping neighbours leaves as they are."""
    return [log_odds(candidate.score) for candidate in ranked]


def _swapped(first: Candidate, second: Candidate) -> tuple[Candidate, Candidate]:
    """The second before the first, the scores staying in their places."""
    return replace(second, score=first.score), replace(first, score=second.score)
