"""The formulas. Each takes a sample and weights and gives one number per row of weights.

Weights have the shape (resamples, questions): how often each question was drawn. Rows of ones give the plain figure.
A question is *right* when its first hit answers it; one that must not be answered is never right. A formula without
anything to count gives NaN. Questions of equal confidence are never told apart by a threshold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from knowledge.domain import Band
from knowledge.evaluation.sample import Flags, Floats, Sample

Formula = Callable[[Sample, Floats], Floats]

BINS = 15
"""Equal-width bins of confidence, as in Guo et al., 2017."""

TINY = 1e-9
"""Slack when a share is compared with a target: 0.9 as a quotient of counts is not always 0.9 as a float."""


def share(counted: Flags, among: Flags, weights: Floats) -> Floats:
    """The part of ``among`` that is also ``counted``."""
    return _divided(weights @ (counted & among).astype(float), weights @ among.astype(float))


def hit_at(places: int) -> Formula:
    """hit@k: the share of answerable questions with a right hit among the first k (success@k of TREC)."""
    return lambda sample, weights: share(sample.rank <= places, sample.answerable, weights)


def page_hit_at(places: int) -> Formula:
    """The share of questions with a right page whose first k hits hold one of its sections, right or not."""
    return lambda sample, weights: share(sample.page_rank <= places, sample.on_page, weights)


def mean_reciprocal_rank(sample: Sample, weights: Floats) -> Floats:
    """MRR: the mean of 1/rank over answerable questions, 0 where no hit is right (Voorhees, TREC-8, 1999)."""
    gains = np.where(sample.answerable, 1.0 / sample.rank, 0.0)
    return _divided(weights @ gains, weights @ sample.answerable.astype(float))


def quoted(sample: Sample, weights: Floats) -> Floats:
    """Among right first hits with expected words: the share whose quote, which is what people read, holds them."""
    return share(sample.quoted, sample.right & sample.quote_expected, weights)


def auroc(sample: Sample, weights: Floats) -> Floats:
    """The chance that an answerable question gets more confidence than an unanswerable one; a tie counts half.

    The area under the ROC curve as the Mann-Whitney statistic (Hanley & McNeil, 1982).
    """
    kept, refused = _answerable_above(sample, weights)
    answerable, unanswerable = np.diff(kept, prepend=0.0), np.diff(refused, prepend=0.0)
    won = (unanswerable * (kept - answerable / 2)).sum(axis=1)
    return _divided(won, kept[:, -1] * refused[:, -1])


def false_positives_at(kept_share: float) -> Formula:
    """FPR@TPR: the share of unanswerable questions above the threshold that keeps this share of answerable ones.

    Lower is better (Hendrycks & Gimpel, 2017, with TPR 95 %).
    """

    def formula(sample: Sample, weights: Floats) -> Floats:
        kept, refused = _answerable_above(sample, weights)
        at = _first_at_least(kept, kept_share * kept[:, -1:])
        return _divided(_at(refused, at), np.where(kept[:, -1] > 0, refused[:, -1], 0.0))

    return formula


def aurc(sample: Sample, weights: Floats) -> Floats:
    """AURC: the mean, over all coverages k/n, of the share of wrong ones among the k most confident; lower is better.

    All traffic counts, unanswerable questions are wrong (Geifman & El-Yaniv, 2017). Within a tie, errors are spread
    evenly, which is the expected value over its orders: with E errors and C questions before a tie of m questions
    of which a share e is wrong, its terms (E + e j)/(C + j), j = 1..m, sum to e m + (E - e C)(H(C+m) - H(C)).
    """
    shown = sample.in_groups(weights)
    wrong = sample.in_groups(weights * ~sample.right)
    asked_before = shown.cumsum(axis=1) - shown
    wrong_before = wrong.cumsum(axis=1) - wrong
    harmonic = _harmonic(int(weights.sum(axis=1).max()))
    rate = wrong / np.maximum(shown, 1.0)
    spread = harmonic[(asked_before + shown).astype(int)] - harmonic[asked_before.astype(int)]
    return _divided((wrong + (wrong_before - rate * asked_before) * spread).sum(axis=1), weights.sum(axis=1))


def right_at_precision(precision: float) -> Formula:
    """The most right answers, as a share of all answerable questions, that any threshold shows at this precision.

    Precision counts everything shown, unanswerable questions as wrong (Manning et al., 2008, recall at precision).
    """

    def formula(sample: Sample, weights: Floats) -> Floats:
        right = sample.in_groups(weights * sample.right).cumsum(axis=1)
        shown = sample.in_groups(weights).cumsum(axis=1)
        reached = right >= (precision - TINY) * shown
        return _divided((right * reached).max(axis=1), weights @ sample.answerable.astype(float))

    return formula


def expected_calibration_error(sample: Sample, weights: Floats) -> Floats:
    """ECE: over 15 equal bins of confidence, the mean distance of mean confidence and share right, by bin size.

    All traffic counts, unanswerable questions as wrong (Naeini et al., 2015; Guo et al., 2017).
    """
    gaps = weights @ (_members(sample) * (sample.confidence - sample.right)[:, None])
    return _divided(np.abs(gaps).sum(axis=1), weights.sum(axis=1))


def calibration_error_by_chance(sample: Sample, chances: Floats) -> Floats:
    """What ECE would be if every confidence were true: one number per row of ``chances``, numbers drawn from [0, 1).

    Never 0 on a finite set, and larger the smaller it is (Roelofs et al., 2022, on the bias of binned estimates).
    """
    gaps = (sample.confidence - (chances < sample.confidence)) @ _members(sample)
    return _divided(np.abs(gaps).sum(axis=1), np.full(len(chances), float(len(sample))))


def bin_of(confidence: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """The bin (0 to 14) of each confidence; 1.0 belongs to the last."""
    return np.clip((confidence * BINS).astype(np.int64), 0, BINS - 1)


def _members(sample: Sample) -> Floats:
    members = np.zeros((len(sample), BINS))
    members[np.arange(len(sample)), bin_of(sample.confidence)] = 1.0
    return members


def refused_while_right(kept_share: float) -> Formula:
    """Out-of-scope recall: the share of unanswerable questions below the threshold that keeps so many right hits.

    Unlike FPR@TPR, questions whose first hit is wrong may be lost.
    """

    def formula(sample: Sample, weights: Floats) -> Floats:
        right, refused = _right_above(sample, weights)
        at = _first_at_least(right, kept_share * right[:, -1:])
        return 1.0 - _divided(_at(refused, at), np.where(right[:, -1] > 0, refused[:, -1], 0.0))

    return formula


def refused_at_accuracy(accuracy: float) -> Formula:
    """Out-of-scope recall at an in-scope accuracy: where right and shown are this share of answerable questions.

    In-scope accuracy counts a question that is held back as wrong (Larson et al., 2019). NaN where the accuracy is
    not reached at any threshold.
    """

    def formula(sample: Sample, weights: Floats) -> Floats:
        right, refused = _right_above(sample, weights)
        wanted = accuracy * (weights @ sample.answerable.astype(float))
        recall = 1.0 - _divided(_at(refused, _first_at_least(right, wanted[:, None])), refused[:, -1])
        return np.where(right[:, -1] >= wanted - TINY, recall, np.nan)

    return formula


def answered_right(sample: Sample, weights: Floats) -> Floats:
    """The share of answerable questions that got the right answer in band ``answer``: in-scope accuracy as served."""
    return share(sample.right & _in(sample, Band.ANSWER), sample.answerable, weights)


def wrong_among_answers(sample: Sample, weights: Floats) -> Floats:
    """The share of answers shown (band ``answer``) that are wrong or to questions without an answer."""
    return share(~sample.right, _in(sample, Band.ANSWER), weights)


def offered_right(sample: Sample, weights: Floats) -> Floats:
    """The share of offers (band ``suggest``) that hold the right one among the three buttons people see."""
    return share(sample.answerable & (sample.rank <= 3), _in(sample, Band.SUGGEST), weights)  # noqa: PLR2004


def refused(sample: Sample, weights: Floats) -> Floats:
    """Out-of-scope recall as served: the share of unanswerable questions not in band ``answer`` (Larson, 2019)."""
    return share(~_in(sample, Band.ANSWER), ~sample.answerable, weights)


@dataclass(frozen=True)
class RiskCoverage:
    """Points of the risk-coverage curve: the share shown, and the share wrong of it (El-Yaniv & Wiener, 2010)."""

    coverage: Floats
    risk: Floats


def risk_coverage(sample: Sample, weights: Floats) -> tuple[RiskCoverage, ...]:
    """One curve per row of weights, a point at the end of each group of equal confidence."""
    shown = sample.in_groups(weights).cumsum(axis=1)
    wrong = sample.in_groups(weights * ~sample.right).cumsum(axis=1)
    return tuple(
        RiskCoverage(row / row[-1], errors / np.maximum(row, 1.0)) for row, errors in zip(shown, wrong, strict=True)
    )


def _in(sample: Sample, band: Band) -> Flags:
    return np.asarray(sample.band == band.value)


def _answerable_above(sample: Sample, weights: Floats) -> tuple[Floats, Floats]:
    """Answerable and unanswerable questions at or above each level of confidence."""
    kept = sample.in_groups(weights * sample.answerable).cumsum(axis=1)
    return kept, sample.in_groups(weights * ~sample.answerable).cumsum(axis=1)


def _right_above(sample: Sample, weights: Floats) -> tuple[Floats, Floats]:
    """Right first hits and unanswerable questions at or above each level of confidence."""
    right = sample.in_groups(weights * sample.right).cumsum(axis=1)
    return right, sample.in_groups(weights * ~sample.answerable).cumsum(axis=1)


def _first_at_least(rising: Floats, wanted: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.asarray(np.argmax(rising >= wanted - TINY, axis=1))


def _at(values: Floats, positions: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> Floats:
    return np.asarray(values[np.arange(len(values)), positions])


def _divided(counted: Floats, among: Floats) -> Floats:
    """The quotient, NaN where there is nothing to divide by."""
    return np.asarray(np.divide(counted, among, out=np.full(np.shape(counted), np.nan), where=among > 0))


def _harmonic(count: int) -> Floats:
    """H(0) to H(count): H(k) = 1 + 1/2 + ... + 1/k."""
    return np.concatenate(([0.0], np.cumsum(1.0 / np.arange(1, count + 1))))
