"""Outcomes as arrays, ordered for the formulas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from knowledge.domain import Band
from knowledge.evaluation.asking import Outcome, Remark

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.int64]

NOWHERE = 10**9
"""The rank of a right answer that was not found."""


@dataclass(frozen=True)
class Sample:
    """One array per property, all of one length, in the given order of the outcomes.

    Questions of equal confidence form one group: no threshold can tell them apart, so no formula may either.
    """

    confidence: Floats
    answerable: Flags
    rank: Places
    page_rank: Places
    on_page: Flags
    quoted: Flags
    quote_expected: Flags
    band: NDArray[np.str_]

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> Sample:
        """The arrays of these outcomes."""
        return cls(
            confidence=np.array([outcome.confidence for outcome in outcomes], dtype=np.float64),
            answerable=_flags(outcome.answerable for outcome in outcomes),
            rank=_places(outcome.rank for outcome in outcomes),
            page_rank=_places(outcome.page_rank for outcome in outcomes),
            on_page=_flags(outcome.on_page for outcome in outcomes),
            quoted=_flags(outcome.quoted is True for outcome in outcomes),
            quote_expected=_flags(outcome.quoted is not None for outcome in outcomes),
            band=np.array([outcome.band.value for outcome in outcomes]),
        )

    def __len__(self) -> int:
        return len(self.confidence)

    @cached_property
    def right(self) -> Flags:
        """Whether the first hit answers the question; never for one that must not be answered."""
        return np.asarray(self.answerable & (self.rank == 1))

    @cached_property
    def order(self) -> Places:
        """Positions by falling confidence."""
        return np.argsort(-self.confidence, kind="stable")

    @cached_property
    def starts(self) -> Places:
        """Where, in that order, a group of equal confidence begins."""
        falling = self.confidence[self.order]
        return np.flatnonzero(np.concatenate(([True], falling[1:] < falling[:-1])))

    @cached_property
    def levels(self) -> Floats:
        """The confidence of each group, falling."""
        return np.asarray(self.confidence[self.order][self.starts])

    def in_groups(self, weights: Floats) -> Floats:
        """Sums over the groups of equal confidence: shape (resamples, questions) to (resamples, groups)."""
        return np.asarray(np.add.reduceat(weights[:, self.order], self.starts, axis=1))


@dataclass(frozen=True)
class Remarks:
    """Overheard texts as arrays."""

    passed: Flags
    answered: Flags

    @classmethod
    def of(cls, remarks: Sequence[Remark]) -> Remarks:
        """The arrays of these remarks."""
        return cls(
            passed=_flags(remark.passed for remark in remarks),
            answered=_flags(remark.band is Band.ANSWER for remark in remarks),
        )


def _flags(values: Iterable[bool]) -> Flags:
    return np.array(list(values), dtype=np.bool_)


def _places(values: Iterable[int | None]) -> Places:
    return np.array([NOWHERE if value is None else value for value in values], dtype=np.int64)
