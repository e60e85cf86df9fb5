"""Answers that keep failing lose confidence until somebody reviews the entry."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from support_database import database_with
from support_knowledge import ENTRIES, MQL, NOON, ask, over, store

from bot.conversations import Conversations
from bot.database import Database
from bot.domain import Asked, Place, Reply, ReplyKind, Surface
from bot.failures import LOOK_EVERY, Failures, records
from bot.tables import Base as DeskTables
from knowledge.adjustments import Adjustments
from knowledge.entry_store import EntryStore
from knowledge.failing import NONE_FAILING, Failing, Record, save_failing, saved_failing
from knowledge.generations import Generations
from knowledge.knowledge_base import KnowledgeBase
from knowledge.tables import Base as KnowledgeTables
from knowledge.testing import HashingEncoder

MINE = "where are my MQLs?"


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = database_with(tmp_path / "desk.sqlite3", DeskTables.metadata, KnowledgeTables.metadata)
    store(database, ENTRIES)
    return database


def judged(database: Database, tmp_path: Path, *helpful: bool, after: timedelta = timedelta(hours=1)) -> None:
    """The answer is given to one person after the other, and each says whether it helped."""
    found = over(tmp_path, database).verdict(ask(MINE))
    for number, thumb in enumerate(helpful):
        place = Place("T1", "C1", Surface.CHANNEL, f"{number}.{thumb}", f"{number}.{thumb}")
        with database.write() as session:
            talks = Conversations(session)
            asked = Asked(MINE, f"U{number}", place, True)
            question = talks.record(asked, Reply(ReplyKind.ANSWER, found), NOON + after)
            talks.feedback(question, f"U{number}", thumb, NOON + after)


def record_of(database: Database) -> Record:
    with database.read() as session:
        return records(session).get(MQL.id, Record())


@pytest.mark.parametrize(
    ("record", "sinks"),
    [((0, 1), False), ((0, 2), True), ((1, 2), True), ((20, 2), False), ((50, 0), False)],
)
def test_one_thumb_is_no_pattern_and_nine_in_ten_is_as_promised(record: tuple[int, int], sinks: bool) -> None:
    assert (Record(*record).offset < 0) is sinks


def test_the_more_it_fails_the_more_it_loses() -> None:
    offsets = [Record(2, wrong).offset for wrong in range(2, 12)]
    assert offsets == sorted(offsets, reverse=True)


def test_an_entry_that_fails_is_no_longer_said_with_confidence(database: Database, tmp_path: Path) -> None:
    failing = Failing({MQL.id: Record(0, 6).offset})
    base = KnowledgeBase(
        HashingEncoder(),
        Generations(tmp_path / "index"),
        database,
        lambda: NOON,
        adjustments=lambda: Adjustments(failing=failing),
    )
    before, after = over(tmp_path, database).verdict(ask(MINE)), base.verdict(ask(MINE))
    assert after.confidence < before.confidence
    assert [hit.id for hit in after.hits] == [hit.id for hit in before.hits]
    assert "failed lately" in after.explanation
    assert "failed lately" not in before.explanation


def test_what_people_said_is_counted_by_entry(database: Database, tmp_path: Path) -> None:
    judged(database, tmp_path, False, False, True)
    assert record_of(database) == Record(right=1, wrong=2)


def test_a_review_starts_the_count_anew(database: Database, tmp_path: Path) -> None:
    judged(database, tmp_path, False, False)
    with database.write() as session:
        EntryStore(session).touch(MQL.id, NOON + timedelta(hours=2))
    assert record_of(database) == Record()
    judged(database, tmp_path, False, after=timedelta(hours=3))
    assert record_of(database) == Record(wrong=1)


def test_the_desk_notices_within_a_minute_and_so_does_a_review(database: Database, tmp_path: Path) -> None:
    now = [NOON + timedelta(hours=1)]
    failures = Failures(tmp_path, database, lambda: now[0])
    judged(database, tmp_path, False, False)
    failures.run_once()
    assert list(saved_failing(tmp_path).offsets) == [MQL.id]
    with database.write() as session:
        EntryStore(session).save(replace(MQL, answer="Better."), "U1", now[0] + timedelta(seconds=1), "", 1)
    now[0] += LOOK_EVERY
    failures.run_once()
    assert saved_failing(tmp_path) == NONE_FAILING


@pytest.mark.parametrize("content", ["", "[]", '{"a": "x"}', '{"a": 1}', '{"a": NaN}', "\x00"])
def test_a_file_that_is_not_ours_changes_nothing(tmp_path: Path, content: str) -> None:
    save_failing(tmp_path, NONE_FAILING)
    (tmp_path / "failing.json").write_text(content)
    assert saved_failing(tmp_path) == NONE_FAILING
