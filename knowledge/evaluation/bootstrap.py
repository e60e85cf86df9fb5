"""Intervals by the percentile bootstrap (Efron & Tibshirani, 1993): the questions are drawn again, many times."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from knowledge.evaluation.sample import Flags, Floats

RESAMPLES = 1000
SEED = 20261122
LEVEL = 0.95
CHUNK = 200
"""Resamples held in memory at a time: with 6,000 questions about 10 MB per array."""

Weigh = Callable[[Floats], Floats]
"""A formula over one sample: weights (resamples, questions) to one number per resample."""


@dataclass(frozen=True)
class Interval:
    """A number and where 95 % of its resamples lie. All NaN when there was nothing to count."""

    value: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether the whole interval lies on one side of zero."""
        return self.low > 0 or self.high < 0


def draws(kept_apart: Flags, resamples: int = RESAMPLES, seed: int = SEED) -> Iterator[Floats]:
    """How often each question is drawn, in chunks of shape (resamples, questions); the same for the same seed.

    The two groups that ``kept_apart`` tells keep their sizes: how many unanswerable questions a set has was chosen by
    whoever wrote it, not drawn.
    """
    generator = np.random.default_rng(seed)
    groups = [np.flatnonzero(kept_apart), np.flatnonzero(~kept_apart)]
    for start in range(0, resamples, CHUNK):
        count = min(CHUNK, resamples - start)
        weights = np.zeros((count, len(kept_apart)))
        for group in groups:
            if group.size:
                even = np.full(group.size, 1.0 / group.size)
                weights[:, group] = generator.multinomial(group.size, even, size=count)
        yield weights


def intervals(formulas: Mapping[str, Weigh], kept_apart: Flags, resamples: int = RESAMPLES) -> dict[str, Interval]:
    """Each formula's value and interval, over the same draws."""
    plain = np.ones((1, len(kept_apart)))
    rows: dict[str, list[Floats]] = {name: [] for name in formulas}
    for weights in draws(kept_apart, resamples):
        for name, formula in formulas.items():
            rows[name].append(formula(weights))
    return {name: _of(float(formula(plain)[0]), np.concatenate(rows[name])) for name, formula in formulas.items()}


def paired(now: Weigh, before: Weigh) -> Weigh:
    """``now`` minus ``before``, both of the same questions in the same order and drawn together each time."""
    return lambda weights: now(weights) - before(weights)


def _of(value: float, resampled: Floats) -> Interval:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # all NaN: there was nothing to count
        tail = (1 - LEVEL) / 2 * 100
        low, high = np.nanpercentile(resampled, [tail, 100 - tail])
    return Interval(value, float(low), float(high))
