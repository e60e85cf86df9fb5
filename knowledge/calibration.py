"""From signals to a probability: how often a first hit with such signals answers the question."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.domain import HitKind
from knowledge.signals import SIGNALS

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Logistic:
    """A logistic model: ``1 / (1 + exp(-(bias + sum of weight * signal)))``."""

    bias: float
    weights: Mapping[str, float]

    def chance(self, signals: Mapping[str, float]) -> float:
        """The probability for these signals. Raises KeyError when one is missing."""
        odds = self.bias + sum(weight * signals[name] for name, weight in self.weights.items())
        return 1.0 / (1.0 + math.exp(-min(max(odds, -30.0), 30.0)))


@dataclass(frozen=True)
class KindCalibration:
    """How hits of one kind are judged.

    ``slope`` and ``offset`` turn a similarity into log-odds for ranking both kinds on one scale, ``model`` gives the
    confidence, ``answer`` and ``suggest`` are the least confidence for these bands.
    """

    slope: float
    offset: float
    model: Logistic
    answer: float
    suggest: float


@dataclass(frozen=True)
class Calibration:
    """The judge's numbers, kept inside the generation they belong to."""

    entry: KindCalibration
    passage: KindCalibration

    def of(self, kind: HitKind) -> KindCalibration:
        """The numbers for hits of this kind."""
        return self.entry if kind is HitKind.ENTRY else self.passage

    def chances(self, similarity: Floats, is_entry: NDArray[np.bool_]) -> Floats:
        """Ranking scores between 0 and 1, comparable across kinds."""
        slope = np.where(is_entry, self.entry.slope, self.passage.slope)
        offset = np.where(is_entry, self.entry.offset, self.passage.offset)
        chances: Floats = (1.0 / (1.0 + np.exp(-(slope * similarity + offset)))).astype(np.float32)
        return chances

    def confidence(self, kind: HitKind, signals: Mapping[str, float]) -> float:
        """The calibrated probability that a first hit of this kind with these signals answers the question."""
        return self.of(kind).model.chance(signals)

    def to_json(self) -> str:
        """All numbers as JSON."""
        return json.dumps(asdict(self), indent=1)

    @classmethod
    def from_json(cls, text: str) -> Calibration:
        """Read ``to_json``'s output. Raises ValueError, KeyError or TypeError when it is something else."""
        record = json.loads(text)
        return cls(_kind(record["entry"]), _kind(record["passage"]))


def _kind(record: dict[str, object]) -> KindCalibration:
    model = record["model"]
    if not isinstance(model, dict) or set(model["weights"]) - set(SIGNALS):
        raise ValueError("a calibration with unknown signals")
    weights = {str(name): float(weight) for name, weight in model["weights"].items()}
    numbers = [float(str(record[name])) for name in ("slope", "offset", "answer", "suggest")]
    return KindCalibration(numbers[0], numbers[1], Logistic(float(model["bias"]), weights), numbers[2], numbers[3])


# Passages: 224 questions with an answer and 90 without on one public handbook. The figures that count are those of
# held-out pages: see docs.
_PASSAGE = KindCalibration(
    slope=14.3,
    offset=-7.9,
    model=Logistic(-6.0, {"similarity": 7.1, "margin": 0.64, "lead": 1.09}),
    answer=0.6,
    suggest=0.25,
)
"""Similarity and how far the hit leads say nearly everything: a dozen more signals gave nothing on held-out pages."""

# Entries: public intent sets and a starter FAQ, asked phrasings that were left out, of entries kept and of others
# left out (see fitting); never their own test questions. Without a head: titles only, and, four times their weight,
# what people asked a public FAQ of titles (half of its entries; the figures that count are the other half's).
_ENTRY = KindCalibration(
    slope=9.6,
    offset=-2.9,
    model=Logistic(-5.0, {"similarity": 10.5, "margin": 2.0}),
    answer=0.75,
    suggest=0.35,
)
_ENTRY_WITH_HEAD = KindCalibration(
    slope=10.7,
    offset=-6.0,
    model=Logistic(-5.7, {"similarity": 5.3, "margin": 0.3, "leaning": 2.6}),
    answer=0.7,
    suggest=0.25,
)

DEFAULT = Calibration(entry=_ENTRY, passage=_PASSAGE)


def default_calibration(*, with_head: bool) -> Calibration:
    """The shipped numbers, for an FAQ that a head was learned from or one without."""
    return Calibration(entry=_ENTRY_WITH_HEAD if with_head else _ENTRY, passage=_PASSAGE)
