"""Which thresholds reach a target on labelled questions, and what that costs. Chosen conservatively."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from knowledge.domain import HitKind
from knowledge.evaluation.asking import Outcome
from knowledge.evaluation.intervals import wilson

LEAST_SHOWN = 20
"""A threshold above which fewer questions were seen is not trusted, however good they look."""

CAUTION = 1.281552
"""Standard normal quantile at 90 %: a target is reached when the share's one-sided 90 % Wilson bound reaches it.

The plain share is too hopeful, because the best-looking threshold is picked among many: chosen on one half of a set,
it met a target of 90 % on the other half in 47 to 62 % of 60 splits; with this bound in 77 to 90 % (intent sets).
"""

_STEP = 10_000
"""Thresholds are rounded down to four decimals."""


@dataclass(frozen=True)
class Evidence:
    """What a threshold does on the labelled questions: ``good`` of ``shown`` are as they should be."""

    threshold: float
    shown: int
    good: int

    @property
    def share(self) -> float:
        """The share that is as it should be."""
        return self.good / self.shown

    @property
    def range(self) -> tuple[float, float]:
        """Its 95 % Wilson interval."""
        return wilson(self.good, self.shown)


@dataclass(frozen=True)
class Choice:
    """What was found for one kind of hit, among ``asked`` questions of which ``first`` had such a hit first.

    ``answer`` is None when no threshold reaches the precision, ``suggest`` when none reaches the top-3 rate.
    """

    kind: HitKind
    asked: int
    first: int
    answer: Evidence | None
    suggest: Evidence | None

    @property
    def has_evidence(self) -> bool:
        """Whether there were enough questions to say anything."""
        return self.first >= LEAST_SHOWN


def choose(outcomes: Sequence[Outcome], kind: HitKind, precision: float, top_3: float) -> Choice:
    """The lowest thresholds that reach the targets, for questions whose first hit is of this kind.

    ``answer``: of what is answered, at least ``precision`` is right; what must not be answered counts as wrong.
    ``suggest``: of what is offered (below ``answer``), at least ``top_3`` have the right one among the first three.
    """
    of_kind = [outcome for outcome in outcomes if outcome.allowed and outcome.hit_kind == kind.value]
    answer = _lowest(of_kind, lambda outcome: outcome.is_right, precision)
    ceiling = answer.threshold if answer else math.inf
    below = [outcome for outcome in of_kind if outcome.confidence < ceiling]
    suggest = _lowest(below, _is_offered, top_3)
    return Choice(kind, len(outcomes), len(of_kind), answer, suggest)


def _is_offered(outcome: Outcome) -> bool:
    return outcome.rank is not None and outcome.rank <= 3  # noqa: PLR2004 - three buttons


def _lowest(outcomes: Sequence[Outcome], is_good: Callable[[Outcome], bool], target: float) -> Evidence | None:
    reached = [evidence for evidence in _ladder(outcomes, is_good) if _reaches(evidence, target)]
    return reached[-1] if reached else None


def _ladder(outcomes: Sequence[Outcome], is_good: Callable[[Outcome], bool]) -> list[Evidence]:
    """Every threshold that tells questions apart, the highest first, with what lies at or above it."""
    falling = sorted(outcomes, key=lambda outcome: -outcome.confidence)
    ladder: list[Evidence] = []
    good = 0
    for shown, outcome in enumerate(falling, 1):
        good += is_good(outcome)
        threshold = math.floor(outcome.confidence * _STEP) / _STEP
        if ladder and ladder[-1].threshold == threshold:
            ladder.pop()
        ladder.append(Evidence(threshold, shown, good))
    return ladder


def _reaches(evidence: Evidence, target: float) -> bool:
    return evidence.shown >= LEAST_SHOWN and wilson(evidence.good, evidence.shown, CAUTION)[0] >= target
