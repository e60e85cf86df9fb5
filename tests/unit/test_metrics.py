"""The formulas against figures worked out by hand, or by the slow and obvious way."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from knowledge.domain import Band
from knowledge.evaluation import metrics
from knowledge.evaluation.asking import Outcome
from knowledge.evaluation.bootstrap import draws, intervals, paired
from knowledge.evaluation.intervals import wilson
from knowledge.evaluation.sample import Floats, Sample


def outcome(confidence: float, rank: int | None, *, answerable: bool = True, band: Band = Band.ANSWER) -> Outcome:
    return Outcome(
        id="q",
        style="plain",
        kind="",
        answerable=answerable,
        on_page=answerable,
        confidence=confidence,
        band=band,
        hit_kind="passage",
        rank=rank,
        page_rank=rank,
        quoted=None,
        allowed=True,
        ms=1.0,
    )


FOUR = (
    outcome(0.9, 1),
    outcome(0.7, 3),
    outcome(0.5, None, answerable=False, band=Band.SUGGEST),
    outcome(0.3, 1, band=Band.SUGGEST),
)
"""By falling confidence: right, wrong (the right one in place 3), unanswerable, right."""


def value(formula: metrics.Formula, outcomes: tuple[Outcome, ...] = FOUR) -> float:
    return float(formula(Sample.of(outcomes), np.ones((1, len(outcomes))))[0])


def some(count: int = 300, seed: int = 7) -> tuple[Outcome, ...]:
    """Random outcomes with many ties of confidence."""
    generator = np.random.default_rng(seed)
    return tuple(
        outcome(
            round(float(generator.random()), 1),
            int(generator.integers(1, 6)) if answerable else None,
            answerable=answerable,
            band=Band.ANSWER if generator.random() < 0.5 else Band.SUGGEST,
        )
        for answerable in (generator.random(count) < 0.7).tolist()
    )


def test_hits_and_reciprocal_ranks_count_only_answerable_questions() -> None:
    assert value(metrics.hit_at(1)) == pytest.approx(2 / 3)
    assert value(metrics.hit_at(3)) == pytest.approx(1.0)
    assert value(metrics.mean_reciprocal_rank) == pytest.approx((1 + 1 / 3 + 1) / 3)
    assert value(metrics.page_hit_at(1)) == pytest.approx(2 / 3)


def test_auroc_is_the_share_of_pairs_in_the_right_order() -> None:
    assert value(metrics.auroc) == pytest.approx(2 / 3)
    outcomes = some()
    pairs = [
        (a.confidence > b.confidence) + 0.5 * (a.confidence == b.confidence)
        for a in outcomes
        if a.answerable
        for b in outcomes
        if not b.answerable
    ]
    assert value(metrics.auroc, outcomes) == pytest.approx(np.mean(pairs))


def test_false_positives_are_counted_where_95_percent_are_kept() -> None:
    kept = tuple(outcome(1 - place / 100, 1) for place in range(20))
    between = (outcome(0.825, None, answerable=False), outcome(0.5, None, answerable=False))
    assert value(metrics.false_positives_at(0.95), kept + between) == pytest.approx(0.5)
    assert value(metrics.false_positives_at(1.0), kept + between) == pytest.approx(0.5)
    assert value(metrics.false_positives_at(0.90), kept + between) == 0.0


def test_aurc_averages_the_risk_over_all_coverages() -> None:
    assert value(metrics.aurc) == pytest.approx((0 / 1 + 1 / 2 + 2 / 3 + 2 / 4) / 4)


def test_aurc_of_a_tie_is_its_average_over_all_orders() -> None:
    tied = (outcome(0.9, 1), *(outcome(0.5, rank) for rank in (1, 2, 2, 1, 3)))
    orders = [
        np.mean(np.cumsum([0, *(rank != 1 for rank in order)]) / np.arange(1, 7))
        for order in permutations((1, 2, 2, 1, 3))
    ]
    assert value(metrics.aurc, tied) == pytest.approx(np.mean(orders))


def test_right_answers_at_a_precision_take_the_best_threshold() -> None:
    assert value(metrics.right_at_precision(0.9)) == pytest.approx(1 / 3)
    assert value(metrics.right_at_precision(0.5)) == pytest.approx(2 / 3)
    assert value(metrics.right_at_precision(0.9), (outcome(0.9, 2), outcome(0.8, 1))) == 0.0


def test_a_threshold_never_splits_questions_of_equal_confidence() -> None:
    assert value(metrics.right_at_precision(0.9), (outcome(0.5, 1), outcome(0.5, 2))) == 0.0


def test_calibration_error_weighs_the_gap_of_each_bin() -> None:
    outcomes = (outcome(0.9, 1), outcome(0.9, 2), outcome(0.1, 1), outcome(0.1, None, answerable=False))
    assert value(metrics.expected_calibration_error, outcomes) == pytest.approx(0.5 * 0.4 + 0.5 * 0.4)
    assert value(metrics.expected_calibration_error, (outcome(1.0, 1), outcome(0.0, 2))) == 0.0


def test_even_true_confidences_show_a_calibration_error_and_the_more_the_fewer_they_are() -> None:
    for count in (100, 400):
        sample = Sample.of(tuple(outcome(0.5, 1) for _ in range(count)))
        chances = np.random.default_rng(1).random((2_000, count))
        by_chance = metrics.calibration_error_by_chance(sample, chances).mean()
        assert by_chance == pytest.approx(0.5 * np.sqrt(2 / (np.pi * count)), rel=0.05)  # half a normal's mean
    certain = Sample.of((outcome(1.0, 1), outcome(0.0, 2)))
    assert metrics.calibration_error_by_chance(certain, np.full((1, 2), 0.5)).tolist() == [0.0]


def test_out_of_scope_recall_is_read_at_the_asked_accuracy() -> None:
    assert value(metrics.refused_at_accuracy(1 / 3)) == 1.0
    assert value(metrics.refused_at_accuracy(2 / 3)) == 0.0
    assert np.isnan(value(metrics.refused_at_accuracy(0.9)))
    assert value(metrics.refused_while_right(0.5)) == 1.0


def test_what_is_served_is_counted_by_band() -> None:
    assert value(metrics.answered_right) == pytest.approx(1 / 3)
    assert value(metrics.wrong_among_answers) == pytest.approx(1 / 2)
    assert value(metrics.offered_right) == pytest.approx(1 / 2)
    assert value(metrics.refused) == 1.0


def test_quotes_are_judged_where_the_first_hit_is_right() -> None:
    quotes = (True, True, None, False)
    outcomes = tuple(replace(item, quoted=quote) for item, quote in zip(FOUR, quotes, strict=True))
    assert value(metrics.quoted, outcomes) == pytest.approx(1 / 2)


def test_a_figure_without_anything_to_count_is_not_a_number() -> None:
    assert np.isnan(value(metrics.auroc, FOUR[:2]))
    assert np.isnan(value(metrics.false_positives_at(0.95), FOUR[:2]))


@pytest.mark.parametrize(
    "formula",
    [
        metrics.auroc,
        metrics.aurc,
        metrics.right_at_precision(0.8),
        metrics.expected_calibration_error,
        metrics.false_positives_at(0.95),
        metrics.wrong_among_answers,
    ],
)
def test_weights_mean_drawing_a_question_that_often(formula: metrics.Formula) -> None:
    outcomes = some()
    weights = next(draws(Sample.of(outcomes).answerable, resamples=1))
    drawn = tuple(item for item, count in zip(outcomes, weights[0], strict=True) for _ in range(int(count)))
    assert formula(Sample.of(outcomes), weights)[0] == pytest.approx(value(formula, drawn))


def test_draws_keep_the_mix_and_repeat_with_the_seed() -> None:
    answerable = Sample.of(some()).answerable
    first, again = next(draws(answerable, 10)), next(draws(answerable, 10))
    assert np.array_equal(first, again)
    assert (first[:, answerable].sum(axis=1) == answerable.sum()).all()


def test_an_interval_holds_its_value_and_shrinks_with_more_questions() -> None:
    def width(count: int) -> float:
        sample = Sample.of(some(count))
        found = intervals({"hit": lambda weights: metrics.hit_at(1)(sample, weights)}, sample.answerable)["hit"]
        assert found.low < found.value < found.high
        return found.high - found.low

    assert width(1600) == pytest.approx(width(100) / 4, rel=0.35)


def test_a_run_compared_with_itself_does_not_differ() -> None:
    sample = Sample.of(some())

    def hit(weights: Floats) -> Floats:
        return metrics.hit_at(1)(sample, weights)

    same = intervals({"hit": paired(hit, hit)}, sample.answerable)["hit"]
    assert (same.value, same.low, same.high) == (0.0, 0.0, 0.0)
    assert not same.excludes_zero


def test_the_wilson_interval_stays_sensible_at_the_ends() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(20, 20)
    assert (round(low, 3), high) == (0.839, 1.0)
    assert wilson(5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)


def test_the_risk_curve_ends_with_everything_shown() -> None:
    sample = Sample.of(FOUR)
    curve = metrics.risk_coverage(sample, np.ones((1, 4)))[0]
    assert curve.coverage.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert curve.risk.tolist() == pytest.approx([0, 1 / 2, 2 / 3, 1 / 2])
