"""The calibration learns from the FAQ itself, without anybody labelling anything.

Some entries are left out whole, and of the others some phrasings: a desk is built from the rest and asked the
phrasings left out. Those of an entry it still has should find it; those of an entry it lacks have no answer. The
shipped numbers are the prior, so that a small FAQ changes little.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from knowledge.asked import Asked
from knowledge.calibration import Calibration, Logistic
from knowledge.candidates import Candidate
from knowledge.domain import Audience, HitKind, Level
from knowledge.generation import Generation
from knowledge.protocols import Matrix
from knowledge.query import Query
from knowledge.retriever import Retriever
from knowledge.signals import signals
from knowledge.targets import Target

ROUNDS = 2
LEFT_OUT_ENTRIES = 4
"""Every fourth entry is left out of a round."""

LEFT_OUT_PHRASINGS = 4
"""Of the entries that stay, every fourth phrasing (never the first, its title) is left out."""

LEAST_PHRASINGS = 60
"""Fewer phrasings that can be left out teach too little: the shipped numbers stay."""

MOST_ASKED = 250
"""Questions of each kind asked per round, an even sample: a second or two."""

UNANSWERABLE_WEIGHT = 0.3
"""What a question without an answer counts, next to 1 for one with: about one in four is expected to have none."""

PRIOR_STRENGTH = 4.0
"""How strongly weights are held to the shipped ones (inverse variance of a Gaussian prior)."""

STEPS = 25
"""Newton's method needs fewer than ten on such data."""

SEEN = 12
"""Candidates looked at per question, as when a person asks."""

Without = Callable[[tuple[Target, ...]], Generation]
"""Builds a trial generation of these targets only. It has a head where the whole has one, and none where not: what is

learned must hold for the whole, and the few phrasings less may be just the few that a head takes.
"""


@dataclass(frozen=True)
class Example:
    """The signals of a first hit, and whether it was right (1.0 or 0.0)."""

    found: Mapping[str, float]
    right: float
    weight: float


def fitted(generation: Generation, without: Without, vectors: Mapping[str, Matrix]) -> Calibration:
    """The generation's calibration with its entry model refitted, or as it is when there is too little to learn from.

    ``vectors`` knows every phrasing's vector.
    """
    calibration = generation.calibration
    entries = tuple(target for target in generation.targets if target.kind is HitKind.ENTRY)
    if sum(len(entry.phrasings) - 1 for entry in entries) < LEAST_PHRASINGS or len(entries) < LEFT_OUT_ENTRIES:
        return calibration
    asked = [example for part in range(ROUNDS) for example in _round(entries, part, without, vectors)]
    if len({example.right for example in asked}) < 2:  # noqa: PLR2004 - right and wrong
        return calibration
    model = refitted(calibration.entry.model, asked)
    return replace(calibration, entry=replace(calibration.entry, model=model))


def _round(
    entries: tuple[Target, ...], part: int, without: Without, vectors: Mapping[str, Matrix]
) -> Iterator[Example]:
    gone = {entry.id for place, entry in enumerate(entries) if place % LEFT_OUT_ENTRIES == part}
    stay = [entry for entry in entries if entry.id not in gone]
    split = [_split(entry, part) for entry in stay]
    trial = without(tuple(replace(entry, phrasings=kept) for entry, (kept, _) in zip(stay, split, strict=True)))
    retriever = Retriever(trial)
    answerable = [(entry.id, text) for entry, (_, hidden) in zip(stay, split, strict=True) for text in hidden]
    unanswerable = [("", text) for entry in entries if entry.id in gone for text in entry.phrasings]
    for wanted, text in (*_sample(answerable), *_sample(unanswerable)):
        query = Query(vectors[text], trial.glossary.query_terms(text), asked=Asked(text))
        ranked = retriever.candidates(query, _EVERYTHING, SEEN)
        if ranked:
            yield _example(ranked, trial, wanted)


def _example(ranked: tuple[Candidate, ...], trial: Generation, wanted: str) -> Example:
    right = float(trial.targets[ranked[0].target].id == wanted)
    return Example(signals(ranked), right, 1.0 if wanted else UNANSWERABLE_WEIGHT)


def _split(entry: Target, part: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The phrasings that stay and those that are left out."""
    hidden = {place for place in range(1, len(entry.phrasings)) if place % LEFT_OUT_PHRASINGS == part + 1}
    kept = tuple(text for place, text in enumerate(entry.phrasings) if place not in hidden)
    return kept, tuple(entry.phrasings[place] for place in sorted(hidden))


def _sample(asked: list[tuple[str, str]]) -> list[tuple[str, str]]:
    step = max(len(asked) / MOST_ASKED, 1.0)
    return [asked[int(index * step)] for index in range(min(len(asked), MOST_ASKED))]


def refitted(model: Logistic, examples: list[Example]) -> Logistic:
    """The most likely weights under the examples and the prior (Newton's method); none falls below zero."""
    names = tuple(model.weights)
    rows = np.array([[*(example.found[name] for name in names), 1.0] for example in examples], dtype=np.float64)
    right = np.array([example.right for example in examples], dtype=np.float64)
    weight = np.array([example.weight for example in examples], dtype=np.float64)
    prior = np.array([*model.weights.values(), model.bias], dtype=np.float64)
    beta = prior.copy()
    for _ in range(STEPS):
        chance = 1.0 / (1.0 + np.exp(-np.clip(rows @ beta, -30, 30)))
        slope = rows.T @ (weight * (right - chance)) - PRIOR_STRENGTH * (beta - prior)
        curve = (rows.T * (weight * chance * (1 - chance))) @ rows + PRIOR_STRENGTH * np.eye(len(beta))
        beta = beta + np.linalg.solve(curve, slope)
    return Logistic(float(beta[-1]), {name: max(float(b), 0.0) for name, b in zip(names, beta, strict=False)})


class _Everyone(Audience):
    """May read everything: trials are never shown to anybody."""

    def may_read(self, text: Audience) -> bool:
        return True


_EVERYTHING = _Everyone(Level.GROUP)
