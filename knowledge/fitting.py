"""The calibration learns from the FAQ itself, without anybody labelling anything.

Every phrasing of an entry is asked as if it were new: once with that phrasing hidden (the entry is the right answer)
and once with the whole entry hidden (nothing is). The shipped numbers are the prior, so that a small FAQ changes little.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from knowledge.calibration import Calibration, Logistic
from knowledge.candidates import Candidate
from knowledge.domain import Audience, HitKind, Level
from knowledge.generation import Generation
from knowledge.lexical_index import terms_of
from knowledge.query import Query
from knowledge.retriever import Retriever, Without
from knowledge.signals import SIGNALS, signals

LEAST_EXAMPLES = 60
MOST_PHRASINGS = 150
"""Below the first, the shipped numbers stay; above the second, an even sample is taken (well under a second)."""

HIDDEN_WEIGHT = 0.5
"""What a question without an answer counts, next to 1 for one with: half as many are expected."""

PRIOR_STRENGTH = 10.0
"""How strongly weights are held to the shipped ones (inverse variance of a Gaussian prior)."""

SEEN = 10
"""Candidates looked at per example."""

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """The signals of a first hit, and whether it was right (1.0 or 0.0)."""

    values: tuple[float, ...]
    right: float
    weight: float


def fitted(generation: Generation) -> Calibration:
    """The generation's calibration with its entry model refitted, or as it is when there is too little to learn from."""
    examples = list(_examples(generation))
    calibration = generation.calibration
    if len(examples) < LEAST_EXAMPLES or len({example.right for example in examples}) < 2:
        return calibration
    entry = replace(calibration.entry, model=_refitted(calibration.entry.model, examples))
    return replace(calibration, entry=entry, labels=len(examples))


def _examples(generation: Generation) -> Iterator[Example]:
    retriever = Retriever(generation)
    vectors = generation.vectors.vectors
    for unit, target, phrasing in _asked(generation):
        text = generation.targets[target].phrasings[phrasing]
        query = Query(vectors[unit], tuple((term, 1.0) for term in terms_of(text)))
        audience = Audience(Level.GROUP, generation.targets[target].audience.groups)
        for without in (Without(target, phrasing), Without(target)):
            ranked = retriever.candidates(query, audience, SEEN, without)
            if ranked and ranked[0].kind is HitKind.ENTRY:
                yield _example(ranked, target)


def _example(ranked: tuple[Candidate, ...], target: int) -> Example:
    found = signals(ranked)
    hidden = all(candidate.target != target for candidate in ranked)
    return Example(
        values=tuple(found[name] for name in SIGNALS),
        right=float(ranked[0].target == target),
        weight=HIDDEN_WEIGHT if hidden else 1.0,
    )


def _asked(generation: Generation) -> list[tuple[int, int, int]]:
    """An even sample of the phrasings that can be hidden: (unit, target, phrasing). The first one is the title."""
    found = [
        (unit, span.target, span.first)
        for unit, span in enumerate(generation.units)
        if generation.targets[span.target].kind is HitKind.ENTRY and span.kind.value == "phrasing" and span.first > 0
    ]
    step = max(len(found) / MOST_PHRASINGS, 1.0)
    return [found[int(index * step)] for index in range(min(len(found), MOST_PHRASINGS))]


def _refitted(model: Logistic, examples: list[Example]) -> Logistic:
    """The most likely weights under the examples and the prior (Newton's method); none may fall below zero."""
    rows = np.array([(*example.values, 1.0) for example in examples], dtype=np.float64)
    right = np.array([example.right for example in examples], dtype=np.float64)
    weight = np.array([example.weight for example in examples], dtype=np.float64)
    prior = np.array([*(model.weights[name] for name in SIGNALS), model.bias], dtype=np.float64)
    beta = prior.copy()
    for _ in range(30):
        chance = 1.0 / (1.0 + np.exp(-np.clip(rows @ beta, -30, 30)))
        slope = rows.T @ (weight * (right - chance)) - PRIOR_STRENGTH * (beta - prior)
        curve = (rows.T * (weight * chance * (1 - chance))) @ rows + PRIOR_STRENGTH * np.eye(len(beta))
        step: Doubles = np.linalg.solve(curve, slope)
        beta = beta + step
        if float(np.abs(step).max()) < 1e-6:
            break
    weights = {name: max(float(value), 0.0) for name, value in zip(SIGNALS, beta, strict=False)}
    return Logistic(float(beta[-1]), weights)
