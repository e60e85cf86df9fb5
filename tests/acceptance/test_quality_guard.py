"""Our own labelled questions over the sample content: answers may get better here, never worse.

The floors are what was measured, less a little for what a change of one question does. Raise them with the ranking.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support_samples import sample_desk

from bot.evaluating import LabelFiles
from knowledge.domain import Band
from knowledge.evaluation.measuring import measure
from knowledge.evaluation.scorecard import Measured, figures

pytestmark = [pytest.mark.model, pytest.mark.timeout(600)]

LABELLED = Path(__file__).parents[1] / "data" / "labelled.jsonl"
LEAST_HIT_1 = 0.83  # measured 0.849: 45 of 53
LEAST_HIT_3 = 0.94  # measured 0.962
LEAST_ANSWERED_RIGHT = 0.60  # measured 0.679; answering nothing is no way to avoid wrong answers
MOST_WRONG_SHARE = 0.13  # measured 0.10: 4 among 40 answers; the answer band aims at 90 % right


@pytest.fixture(scope="module")
def measured() -> Iterator[Measured]:
    """Every labelled question, asked to a desk with the sample FAQ and documents."""
    with sample_desk() as base:
        yield measure(base, LabelFiles(LABELLED).read())[1]


def test_the_right_answer_is_found(measured: Measured) -> None:
    found = figures(measured)
    assert found["hit@1"].value >= LEAST_HIT_1
    assert found["hit@3"].value >= LEAST_HIT_3


def test_wrong_answers_stay_rare_and_right_ones_are_given(measured: Measured) -> None:
    assert figures(measured)["answered_right"].value >= LEAST_ANSWERED_RIGHT
    answers = [outcome for outcome in measured.outcomes if outcome.band is Band.ANSWER]
    wrong = [outcome.id for outcome in answers if not outcome.is_right]
    assert len(wrong) / len(answers) <= MOST_WRONG_SHARE, wrong
