"""What people say about answers moves the confidence, and nothing else."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.calibration import DEFAULT
from knowledge.domain import HitKind
from knowledge.lessons import (
    LEAST_LABELS,
    LESSONS_FILE,
    Lesson,
    Lessons,
    Outcome,
    learned,
    save_lessons,
    saved_lessons,
)
from knowledge.testing import HashingEncoder

ODDS = st.floats(-6, 6)


def found(similarity: float) -> dict[str, float]:
    """The signals of a first hit."""
    return {"similarity": similarity, "margin": 1.0}


def confidence(outcome: Outcome) -> float:
    """What the desk made of an outcome's signals."""
    return DEFAULT.confidence(HitKind.ENTRY, outcome.signals)


def traffic(count: int, truth: Lesson, seed: int = 7) -> list[Outcome]:
    """Outcomes of a desk whose confidences are off by ``truth``."""
    rng = np.random.default_rng(seed)
    asked = [Outcome(HitKind.ENTRY, found(similarity), True) for similarity in rng.uniform(-0.2, 1.0, count)]
    return [replace(one, right=bool(rng.random() < truth.applied(confidence(one)))) for one in asked]


def gap(outcomes: list[Outcome], lesson: Lesson) -> float:
    """Expected calibration error in ten bins, the confidences taken under a lesson."""
    chances = np.array([lesson.applied(confidence(outcome)) for outcome in outcomes])
    right = np.array([outcome.right for outcome in outcomes], dtype=float)
    places = np.minimum((chances * 10).astype(int), 9)
    return sum(abs(chances[places == bin].sum() - right[places == bin].sum()) for bin in range(10)) / len(outcomes)


@pytest.mark.parametrize("truth", [Lesson(1.0, 1.1), Lesson(0.5, -0.5), Lesson(1.6, 0.3)])
def test_enough_outcomes_mend_confidences_that_are_off(truth: Lesson) -> None:
    lesson = learned("model", DEFAULT, traffic(LEAST_LABELS, truth)).entry
    fresh = traffic(4_000, truth, seed=8)
    assert gap(fresh, lesson) < 0.04 < gap(fresh, Lesson())


def test_too_few_outcomes_change_nothing() -> None:
    assert learned("model", DEFAULT, traffic(LEAST_LABELS - 1, Lesson(1.0, 2.0))).entry == Lesson(
        labels=LEAST_LABELS - 1
    )


def test_each_kind_of_hit_learns_from_its_own_outcomes() -> None:
    assert learned("model", DEFAULT, traffic(2 * LEAST_LABELS, Lesson(1.0, 1.0))).passage == Lesson()


def test_people_who_are_always_pleased_do_not_make_the_desk_boundless() -> None:
    pleased = [Outcome(HitKind.ENTRY, found(0.3), True)] * LEAST_LABELS
    assert 0.5 < learned("model", DEFAULT, pleased).entry.applied(0.5) < 0.995


def test_outcomes_never_turn_the_order_of_confidences_round() -> None:
    upside_down = traffic(3 * LEAST_LABELS, Lesson(1.0, 0.0))
    turned = [replace(one, right=not one.right) for one in upside_down]
    assert learned("model", DEFAULT, turned).entry.slope == 1.0


@given(slope=st.floats(0.2, 3), offset=ODDS, similarity=st.floats(0, 1), margin=st.floats(0, 3))
def test_a_lesson_on_the_model_is_the_lesson_on_its_confidence(
    slope: float, offset: float, similarity: float, margin: float
) -> None:
    lesson = Lesson(slope, offset)
    signals = {"similarity": similarity, "margin": margin, "lead": margin}
    before = DEFAULT.confidence(HitKind.PASSAGE, signals)
    after = Lessons("model", passage=lesson).on(DEFAULT).confidence(HitKind.PASSAGE, signals)
    assert after == pytest.approx(lesson.applied(before), abs=1e-4)


def test_outcomes_from_before_a_signal_was_known_do_not_count() -> None:
    old = [Outcome(HitKind.ENTRY, {"similarity": 0.5}, True)] * LEAST_LABELS
    assert learned("model", DEFAULT, old).entry == Lesson()


def test_lessons_are_kept_for_the_model_they_are_about(tmp_path: Path) -> None:
    encoder = HashingEncoder()
    lessons = learned(encoder.name, DEFAULT, traffic(LEAST_LABELS, Lesson(1.0, 1.0)))
    save_lessons(tmp_path / "new", lessons)
    assert saved_lessons(tmp_path / "new", encoder) == lessons
    assert saved_lessons(tmp_path / "new", HashingEncoder("hashing@2")) is None


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"encoder": "model", "entry": {"slope": -1}}', "gravy"])
def test_a_file_that_is_not_ours_teaches_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / LESSONS_FILE).write_text(text, encoding="utf-8")
    assert saved_lessons(tmp_path, HashingEncoder()) is None


def test_a_lesson_as_json_has_what_people_want_to_know() -> None:
    assert set(asdict(Lessons("model"))["entry"]) == {"slope", "offset", "labels"}
