"""Thresholds are chosen conservatively, kept beside the index, and followed by a running desk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support_database import database_with
from support_knowledge import ENTRIES, NOON, ask, store

from knowledge.adjustments import saved_adjustments
from knowledge.calibration import DEFAULT
from knowledge.domain import Band, HitKind
from knowledge.evaluation.asking import Outcome
from knowledge.evaluation.threshold_choice import LEAST_SHOWN, Choice, choose
from knowledge.generations import Generations
from knowledge.knowledge_base import KnowledgeBase
from knowledge.tables import Base
from knowledge.testing import HashingEncoder
from knowledge.thresholds import (
    NEVER,
    THRESHOLDS_FILE,
    KindThresholds,
    Thresholds,
    chosen_thresholds,
    save_thresholds,
)

CHOSEN = Thresholds("hashing@1", KindThresholds(NEVER, 0.31), KindThresholds(0.62, None))


def outcome(confidence: float, rank: int | None) -> Outcome:
    return Outcome(
        id="q",
        style="",
        kind="",
        answerable=rank is not None,
        on_page=False,
        confidence=confidence,
        band=Band.SUGGEST,
        hit_kind="entry",
        rank=rank,
        page_rank=None,
        quoted=None,
        allowed=True,
        ms=1.0,
    )


RIGHT = tuple(outcome(0.8, 1) for _ in range(40))
CLOSE = tuple(outcome(0.6, 2) for _ in range(30))
UNANSWERABLE = tuple(outcome(0.4, None) for _ in range(30))


def chosen(*outcomes: Outcome) -> Choice:
    return choose(outcomes, HitKind.ENTRY, precision=0.9, top_3=0.8)


def test_thresholds_are_as_low_as_the_targets_allow() -> None:
    choice = chosen(*RIGHT, *CLOSE, *UNANSWERABLE)
    assert choice.answer and choice.suggest
    assert (choice.answer.threshold, choice.answer.shown, choice.answer.good) == (0.8, 40, 40)
    assert (choice.suggest.threshold, choice.suggest.shown, choice.suggest.good) == (0.6, 30, 30)


def test_what_must_not_be_answered_counts_as_wrong() -> None:
    assert chosen(*RIGHT, *(outcome(0.8, None) for _ in range(6))).answer is None


def test_a_target_that_is_only_just_met_is_not_trusted() -> None:
    nine_in_ten = [outcome(0.8, 1)] * 36 + [outcome(0.8, 2)] * 4
    assert chosen(*nine_in_ten).answer is None
    assert chosen(*[outcome(0.8, 1)] * 390, *[outcome(0.8, 2)] * 10).answer is not None


def test_few_questions_are_no_evidence_however_good() -> None:
    choice = chosen(*RIGHT[: LEAST_SHOWN - 1])
    assert choice.answer is None
    assert not choice.has_evidence
    assert chosen(*RIGHT[:LEAST_SHOWN]).answer is not None


def test_other_kinds_and_what_is_kept_back_anyway_do_not_count() -> None:
    other = [replace(item, hit_kind="passage") for item in CLOSE]
    kept_back = [replace(outcome(0.99, None), allowed=False)] * 30
    assert chosen(*RIGHT, *other, *kept_back) == replace(chosen(*RIGHT), asked=100)


def test_thresholds_come_back_as_they_were_saved(tmp_path: Path) -> None:
    save_thresholds(tmp_path, CHOSEN)
    assert chosen_thresholds(tmp_path, HashingEncoder()) == CHOSEN


@pytest.mark.parametrize("text", ["", "{}", '{"encoder": "hashing@1", "entry": {"answer": 0.2, "suggest": 0.5}}'])
def test_a_file_that_is_not_ours_is_no_choice(tmp_path: Path, text: str) -> None:
    (tmp_path / THRESHOLDS_FILE).write_text(text, encoding="utf-8")
    assert chosen_thresholds(tmp_path, HashingEncoder()) is None


def test_thresholds_of_another_model_do_not_count(tmp_path: Path) -> None:
    save_thresholds(tmp_path, CHOSEN)
    assert chosen_thresholds(tmp_path, HashingEncoder("hashing@2")) is None


def test_chosen_thresholds_replace_the_calibrations() -> None:
    calibration = CHOSEN.on(DEFAULT)
    assert (calibration.entry.answer, calibration.entry.suggest) == (NEVER, 0.31)
    assert (calibration.passage.answer, calibration.passage.suggest) == (0.62, DEFAULT.passage.suggest)


def test_a_running_desk_follows_new_thresholds(tmp_path: Path) -> None:
    database, encoder = database_with(tmp_path / "desk.sqlite3", Base.metadata), HashingEncoder()
    store(database, ENTRIES)
    base = KnowledgeBase(
        encoder, Generations(tmp_path / "index"), database, lambda: NOON, lambda: saved_adjustments(tmp_path, encoder)
    )
    question = ask("How do I name UTM parameters for a newsletter?")
    assert base.verdict(question).band is Band.ANSWER
    save_thresholds(tmp_path, CHOSEN)
    base.refresh()
    assert base.verdict(question).band is Band.SUGGEST
