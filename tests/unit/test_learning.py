"""Thumbs, choices and tickets become lessons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support_database import database_with

from bot.conversations import NONE_OF_THESE, Conversations
from bot.database import Database
from bot.domain import Asked, Place, Reply, ReplyKind, Surface
from bot.learning import LOOK_EVERY, Learning, outcomes_in
from bot.tables import Base
from bot.testing import verdict
from knowledge.domain import Band, HitKind, Verdict
from knowledge.lessons import LEAST_LABELS, LESSONS_FILE, Lesson, Lessons, Outcome

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PLACE = Place("T1", "C1", Surface.CHANNEL, "1.0", "1.0")
TOLD = {"similarity": "0.512", "margin": "0.300", "speech": "question"}


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return database_with(tmp_path / "desk.sqlite3", Base.metadata)


def ask(database: Database, kind: ReplyKind = ReplyKind.ANSWER, person: str = "U1") -> int:
    """A question that got a reply of some kind; returns its id."""
    found = verdict(Band.ANSWER)
    told = Verdict(found.band, found.confidence, found.hits, found.reason, found.cause, explanation=TOLD)
    with database.write() as session:
        return Conversations(session).record(Asked("where?", person, PLACE, True), Reply(kind, told), NOON)


def outcomes(database: Database) -> list[Outcome]:
    with database.read() as session:
        return list(outcomes_in(session))


def test_what_the_asker_chose_says_whether_the_first_hit_was_right(database: Database) -> None:
    for rank in (0, 2, NONE_OF_THESE):
        number = ask(database, ReplyKind.SUGGEST)
        with database.write() as session:
            Conversations(session).choose(number, rank)
    assert [one.right for one in outcomes(database)] == [False, False, True]


def test_an_outcome_keeps_what_spoke_for_the_hit(database: Database) -> None:
    number = ask(database)
    with database.write() as session:
        Conversations(session).feedback(number, "U1", True, NOON)
    assert outcomes(database) == [Outcome(HitKind.ENTRY, {"similarity": 0.512, "margin": 0.3}, True)]


@pytest.mark.parametrize(
    ("thumbs", "right"),
    [({"U1": True}, True), ({"U1": False, "U2": True}, False), ({"U2": True, "U3": False}, None), ({}, None)],
)
def test_the_askers_thumb_counts_before_those_of_others(
    database: Database, thumbs: dict[str, bool], right: bool | None
) -> None:
    number = ask(database)
    with database.write() as session:
        for person, helpful in thumbs.items():
            Conversations(session).feedback(number, person, helpful, NOON)
    assert [one.right for one in outcomes(database)] == ([] if right is None else [right])


def test_replies_that_showed_no_hit_teach_nothing(database: Database) -> None:
    number = ask(database, ReplyKind.TICKET)
    with database.write() as session:
        Conversations(session).choose(number, NONE_OF_THESE)
    assert outcomes(database) == []


class Pupil:
    """Knowledge that counts its lessons."""

    def __init__(self) -> None:
        self.lessons = 0

    def learned(self, outcomes: Sequence[Outcome]) -> Lessons:
        """One lesson more."""
        self.lessons += 1
        return Lessons("pupil", entry=Lesson(1.0, 0.5, len(outcomes)))


def test_enough_outcomes_are_learned_from_every_few_hours(database: Database, tmp_path: Path) -> None:
    for _ in range(LEAST_LABELS):
        number = ask(database)
    with database.write() as session:
        for question in range(1, number + 1):
            Conversations(session).feedback(question, "U1", question % 2 == 0, NOON)
    times = iter([NOON, NOON + timedelta(minutes=1), NOON + LOOK_EVERY])
    pupil = Pupil()
    learning = Learning(pupil, tmp_path / "data", database, lambda: next(times))
    assert [learning.run_once() for _ in range(3)] == [False] * 3
    assert pupil.lessons == 2
    assert (tmp_path / "data" / LESSONS_FILE).exists()


def test_few_outcomes_leave_no_lessons(database: Database, tmp_path: Path) -> None:
    pupil = Pupil()
    Learning(pupil, tmp_path / "data", database, lambda: NOON).run_once()
    assert pupil.lessons == 0
    assert not (tmp_path / "data").exists()
