"""Every figure of an evaluation, by name: what it is called, which way is better, and how it is computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

import numpy as np

from knowledge.domain import Band
from knowledge.evaluation import metrics
from knowledge.evaluation.asking import Outcome, Remark
from knowledge.evaluation.bootstrap import CHUNK, LEVEL, RESAMPLES, SEED, Interval, Weigh, intervals, paired
from knowledge.evaluation.sample import Floats, Remarks, Sample

Figures = dict[str, Interval]
"""Figures by name; those that do not apply to the set (no pages, nothing unanswerable) are left out."""


class Unit(StrEnum):
    """How a figure is written."""

    SHARE = "share"
    MILLISECONDS = "ms"


@dataclass(frozen=True)
class Measure:
    """One figure. ``formula`` is None for what is not computed from the sample of questions."""

    name: str
    label: str
    hint: str
    formula: metrics.Formula | None = None
    rising: bool = True
    """Whether higher is better."""
    unit: Unit = Unit.SHARE


_RANKING = (
    Measure("hit@1", "hit@1", "the first hit is right", metrics.hit_at(1)),
    Measure("hit@3", "hit@3", "a right one among the first three", metrics.hit_at(3)),
    Measure("hit@5", "hit@5", "a right one among the first five", metrics.hit_at(5)),
    Measure("mrr", "MRR", "mean of one over the place of the first right hit", metrics.mean_reciprocal_rank),
    Measure("page_hit@1", "page hit@1", "the first hit is on a right page", metrics.page_hit_at(1)),
    Measure("quoted", "quote holds the answer", "where the first hit is right", metrics.quoted),
)
_KNOWING = (
    Measure("auroc", "AUROC", "confidence of answerable against unanswerable questions", metrics.auroc),
    Measure(
        "fpr@95tpr",
        "FPR@95TPR",
        "unanswerable let through when 95 % are kept",
        metrics.false_positives_at(0.95),
        False,
    ),
    Measure("aurc", "AURC", "mean share wrong over all coverages, all traffic", metrics.aurc, False),
    Measure("right@p80", "right at 80 % precision", "share of all answerable", metrics.right_at_precision(0.80)),
    Measure("right@p90", "right at 90 % precision", "share of all answerable", metrics.right_at_precision(0.90)),
    Measure("right@p95", "right at 95 % precision", "share of all answerable", metrics.right_at_precision(0.95)),
    Measure(
        "oos_recall@95",
        "OOS recall, 95 % kept",
        "unanswerable held back, keeping 95 % of right hits",
        metrics.refused_while_right(0.95),
    ),
    Measure(
        "oos_recall@acc90",
        "OOS recall at .90",
        "unanswerable held back at in-scope accuracy .90",
        metrics.refused_at_accuracy(0.90),
    ),
    Measure(
        "oos_recall@acc95",
        "OOS recall at .95",
        "unanswerable held back at in-scope accuracy .95",
        metrics.refused_at_accuracy(0.95),
    ),
    Measure(
        "oos_recall@acc96",
        "OOS recall at .96",
        "unanswerable held back at in-scope accuracy .96",
        metrics.refused_at_accuracy(0.96),
    ),
    Measure("ece", "calibration error", "ECE, 15 equal bins", metrics.expected_calibration_error, False),
    Measure("ece_chance", "the same by chance", "of a perfectly calibrated desk on these questions", rising=False),
)
_SERVED = (
    Measure("answered_right", "answered right", "share of answerable: in-scope accuracy", metrics.answered_right),
    Measure("wrong_answers", "wrong among answers", "unanswerable ones included", metrics.wrong_among_answers, False),
    Measure("offered_right", "offers with the right one", "among the three that are shown", metrics.offered_right),
    Measure("oos_recall", "unanswerable held back", "out-of-scope recall", metrics.refused),
)
_CHANNEL = (
    Measure("gate_passed", "questions past the gate", "of those with an answer, not taken for chatter"),
    Measure("chatter_answered", "chatter answered", "share of messages that want no reply", rising=False),
)
_SPEED = tuple(
    Measure(f"ms_p{percent}", f"p{percent}", hint, rising=False, unit=Unit.MILLISECONDS)
    for percent, hint in (
        (50, "median per question"),
        (90, "nine in ten are faster"),
        (99, "all but one in a hundred"),
    )
)
TOPICS = {
    "Finding the answer": _RANKING,
    "Knowing when not to answer": _KNOWING,
    "As served, with the present thresholds": _SERVED,
    "Overheard in a channel": _CHANNEL,
    "Speed": _SPEED,
}
"""What the figures are about; tables are grouped by it."""

MEASURES = tuple(measure for measures in TOPICS.values() for measure in measures)


@dataclass(frozen=True)
class Measured:
    """What an evaluation found, question by question. ``overheard`` are the answerable ones, asked as ``chatter`` is.

    Both are empty when no chatter was given.
    """

    outcomes: tuple[Outcome, ...]
    overheard: tuple[Remark, ...] = ()
    chatter: tuple[Remark, ...] = ()


def figures(measured: Measured) -> Figures:
    """Every figure that applies, in the order of MEASURES."""
    found = intervals(_formulas(measured), Sample.of(measured.outcomes).answerable)
    found |= _channel(measured)
    found |= _chance(measured)
    found |= _latency(measured.outcomes)
    return {m.name: found[m.name] for m in MEASURES if m.name in found and not np.isnan(found[m.name].value)}


def differences(now: Measured, before: Measured) -> Figures:
    """``now`` minus ``before`` over the same questions, with paired intervals; speed is left to the eye."""
    new, old = _formulas(now), _formulas(before)
    found = intervals({name: paired(new[name], old[name]) for name in new}, Sample.of(now.outcomes).answerable)
    found |= _channel_differences(now, before)
    return {name: change for name, change in found.items() if not np.isnan(change.value)}


def _formulas(measured: Measured) -> dict[str, Weigh]:
    sample = Sample.of(measured.outcomes)
    return {m.name: partial(m.formula, sample) for m in MEASURES if m.formula is not None}


def _channel(measured: Measured) -> Figures:
    found: Figures = {}
    for name, formula, size in _channel_formulas(measured):
        found |= intervals({name: formula}, np.ones(size, dtype=np.bool_))
    return found


def _channel_differences(now: Measured, before: Measured) -> Figures:
    found: Figures = {}
    for new, old in zip(_channel_formulas(now), _channel_formulas(before), strict=False):
        if new[2] == old[2]:
            found |= intervals({new[0]: paired(new[1], old[1])}, np.ones(new[2], dtype=np.bool_))
    return found


def _channel_formulas(measured: Measured) -> list[tuple[str, Weigh, int]]:
    """(name, formula, number of texts) of what is about overheard texts."""
    if not measured.chatter:
        return []
    passed, answered = Remarks.of(measured.overheard).passed, Remarks.of(measured.chatter).answered
    return [
        ("gate_passed", lambda weights: weights @ passed / weights.sum(axis=1), len(passed)),
        ("chatter_answered", lambda weights: weights @ answered / weights.sum(axis=1), len(answered)),
    ]


def _chance(measured: Measured) -> Figures:
    """What the calibration error cannot be below: its mean and middle 95 % if every confidence were true."""
    sample = Sample.of(measured.outcomes)
    generator = np.random.default_rng(SEED)
    rounds = (generator.random((CHUNK, len(sample))) for _ in range(RESAMPLES // CHUNK))
    errors = np.concatenate([metrics.calibration_error_by_chance(sample, chances) for chances in rounds])
    low, high = np.quantile(errors, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return {"ece_chance": Interval(float(errors.mean()), float(low), float(high))}


def _latency(outcomes: Sequence[Outcome]) -> Figures:
    """Percentiles of the wall time per question, without intervals: load on a machine is not drawn at random."""
    spent = np.array([outcome.ms for outcome in outcomes])
    values = {f"ms_p{percent}": float(np.percentile(spent, percent)) for percent in (50, 90, 99)}
    return {name: Interval(value, float("nan"), float("nan")) for name, value in values.items()}


@dataclass(frozen=True)
class BandRow:
    """How many questions of one band were right, wrong, or must not be answered."""

    band: Band
    right: int
    wrong: int
    unanswerable: int


def band_confusion(outcomes: Sequence[Outcome]) -> tuple[BandRow, ...]:
    """One row per band that occurred, in the order of Band. Right and wrong are by the first hit."""
    rows = []
    for band in Band:
        among = [outcome for outcome in outcomes if outcome.band is band]
        if among:
            right = sum(outcome.is_right for outcome in among)
            unanswerable = sum(not outcome.answerable for outcome in among)
            rows.append(BandRow(band, right, len(among) - right - unanswerable, unanswerable))
    return tuple(rows)


@dataclass(frozen=True)
class GroupRow:
    """The questions of one style (answerable) or kind (unanswerable). Shares are NaN where they do not apply."""

    name: str
    count: int
    hit_1: float
    hit_3: float
    answered: float
    wrong: float
    auroc: float


def by_style(outcomes: Sequence[Outcome]) -> tuple[GroupRow, ...]:
    """Answerable questions by style, the largest group first."""
    return _grouped([(outcome.style or "any style", outcome) for outcome in outcomes if outcome.answerable], ())


def by_kind(outcomes: Sequence[Outcome]) -> tuple[GroupRow, ...]:
    """Unanswerable questions by kind, the largest group first; ``auroc`` is against all answerable ones."""
    answerable = [outcome for outcome in outcomes if outcome.answerable]
    return _grouped(
        [(outcome.kind or "any kind", outcome) for outcome in outcomes if not outcome.answerable], answerable
    )


def _grouped(named: Sequence[tuple[str, Outcome]], against: Sequence[Outcome]) -> tuple[GroupRow, ...]:
    names = sorted({name for name, _ in named})
    rows = [_group(name, [outcome for other, outcome in named if other == name], against) for name in names]
    return tuple(sorted(rows, key=lambda row: -row.count))


def _group(name: str, outcomes: Sequence[Outcome], against: Sequence[Outcome]) -> GroupRow:
    sample, both = Sample.of(outcomes), Sample.of([*outcomes, *against])

    def of(formula: metrics.Formula, sample: Sample = sample) -> float:
        return float(formula(sample, _ones(sample))[0])

    answered = sample.band == Band.ANSWER.value
    return GroupRow(
        name=name,
        count=len(outcomes),
        hit_1=of(metrics.hit_at(1)),
        hit_3=of(metrics.hit_at(3)),
        answered=float(answered.mean()),
        wrong=of(metrics.wrong_among_answers),
        auroc=of(metrics.auroc, both),
    )


def _ones(sample: Sample) -> Floats:
    return np.ones((1, len(sample)))
