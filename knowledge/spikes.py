"""Far more people than usual asking for the same within a few hours. Pure: vectors and counts in, positions out."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from knowledge.protocols import Matrix

LIKE = 0.5
"""Least cosine of a question to the one a group is begun with."""

ABOUT = 0.6
"""Least cosine of a question to the centre of a group that it belongs to."""

SAME = 0.75
"""Least cosine to one of a group's questions that is enough by itself.

The three were chosen on two public sets (clinc150, stackfaq) and measured on others: docs/RELIABILITY.md.
"""

CHANCE = 1e-6
"""A group this likely to come about by itself, or likelier, is no spike. Looked at with every question, so it must be

small; chosen with simulated months of ordinary questions, see docs/RELIABILITY.md.
"""


def spike_among(
    recent: Matrix, people: Sequence[str], usual: Matrix, usual_hours: float, hours: float, least: int
) -> tuple[int, ...]:
    """Positions of the most surprising group among the ``recent`` questions of ``hours``; () if all is as usual.

    ``people`` asked them: one person who repeats a question counts once, and a group has ``least`` people or more.
    ``usual`` are the questions of the weeks before, which had ``usual_hours`` hours in which anything was asked.
    Vectors have unit length. Deterministic.
    """
    best: tuple[float, tuple[int, ...]] = (CHANCE, ())
    for group in _groups(recent):
        askers = len({people[place] for place in group})
        if askers < least:
            continue
        before = int(belongs(usual, recent[list(group)]).sum()) if len(usual) else 0
        by_time = chance_of(askers, before, usual_hours, hours)
        by_share = chance_in_share(askers, len(set(people)), before, len(usual))
        best = min(best, (max(by_time, by_share), group))
    return best[1]


def belongs(vectors: Matrix, group: Matrix) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which questions ask for what a group of questions asks for."""
    centre = group.mean(axis=0)
    centre = centre / max(float(np.linalg.norm(centre)), 1e-9)
    found: np.ndarray[tuple[int], np.dtype[np.bool_]] = (vectors @ centre >= ABOUT) | (
        (vectors @ group.T).max(axis=1) >= SAME
    )
    return found


def chance_of(count: int, before: int, usual_hours: float, hours: float) -> float:
    """The probability of ``count`` or more in ``hours``, after ``before`` in ``usual_hours``.

    Counts are Poisson; the rate is known from what was before only, so it is a Gamma with Jeffreys' prior, and their
    mixture a negative binomial (Gelman et al., Bayesian Data Analysis, 3rd ed., section 2.6).
    """
    if usual_hours <= 0:
        return 1.0
    shape, share = before + 0.5, hours / (usual_hours + hours)
    term = math.exp(shape * math.log1p(-share))  # P(0)
    below = 0.0
    for number in range(count):
        below += term
        term *= (shape + number) / (number + 1) * share
    return max(0.0, 1.0 - below)


def chance_in_share(count: int, among: int, before: int, of: int) -> float:
    """The probability that ``count`` or more of ``among`` people ask for it, when ``before`` of ``of`` questions did.

    A busy morning has more of everything; what counts is that it has more of this. Binomial.
    """
    share = (before + 0.5) / (of + 1)
    if share >= 1:
        return 1.0
    terms = (
        math.exp(_log_choose(among, number) + number * math.log(share) + (among - number) * math.log1p(-share))
        for number in range(count, among + 1)
    )
    return min(1.0, sum(terms))


def _groups(recent: Matrix) -> list[tuple[int, ...]]:
    """What lies around each question, each group once."""
    near = np.unique(recent @ recent.T >= LIKE, axis=0)  # the same words have the same neighbours
    found: dict[tuple[int, ...], None] = {}
    for neighbours in near:
        grown = np.flatnonzero(belongs(recent, recent[neighbours]))
        found.setdefault(tuple(int(place) for place in grown))
    return list(found)


def _log_choose(total: int, chosen: int) -> float:
    return math.lgamma(total + 1) - math.lgamma(chosen + 1) - math.lgamma(total - chosen + 1)
