"""Before an entry is published, real and labelled questions are tried on it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from support_database import database_with, forget_questions
from support_knowledge import ENTRIES, MQL, NOON, ask, over, store

from bot.conversations import Conversations
from bot.curation import findings_texts as words
from bot.curation.checks import Checks
from bot.curation.findings import Findings, findings_from
from bot.curation.replay import Replay
from bot.database import Database
from bot.domain import Asked, Place, Reply, ReplyKind, Surface
from bot.tables import Base as DeskTables
from bot.testing import verdict
from knowledge.domain import Band, Entry, EntryStatus
from knowledge.errors import LabelsInvalid
from knowledge.knowledge_base import KnowledgeBase
from knowledge.proposals import Origin, Proposal, ProposalStore
from knowledge.tables import Base as KnowledgeTables

MINE = "where are my MQLs?"
GONE = replace(MQL, status=EntryStatus.ARCHIVED)


def elsewhere_private(place: Place) -> bool:
    """Only C1 is open to every colleague."""
    return place.surface is not Surface.CHANNEL or place.channel != "C1"


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = database_with(tmp_path / "desk.sqlite3", DeskTables.metadata, KnowledgeTables.metadata)
    store(database, ENTRIES)
    return database


@pytest.fixture
def base(database: Database, tmp_path: Path) -> KnowledgeBase:
    return over(tmp_path, database)


def asked(
    database: Database,
    base: KnowledgeBase,
    text: str,
    surface: Surface = Surface.CHANNEL,
    helpful: bool | None = None,
    channel: str = "C1",
) -> None:
    """Somebody asks, and perhaps says whether it helped."""
    question = Asked(text, "U1", Place("T1", channel, surface, text, text), True)
    found = replace(verdict(Band.ANSWER), hits=base.verdict(ask(text)).hits)
    with database.write() as session:
        number = Conversations(session).record(question, Reply(ReplyKind.ANSWER, found), NOON)
        if helpful is not None:
            Conversations(session).feedback(number, "U1", helpful, NOON)


def proposal(database: Database, entry: Entry) -> Proposal:
    with database.write() as session:
        return ProposalStore(session).add(entry, 1, "U1", "", Origin(), NOON)


def findings(database: Database, base: KnowledgeBase, entry: Entry, golden: Path | None = None) -> Findings:
    checks: Checks = Replay(base, database, elsewhere_private, golden)
    return checks.of(proposal(database, entry))


def test_a_real_question_that_would_lose_its_answer_is_shown(database: Database, base: KnowledgeBase) -> None:
    asked(database, base, MINE)
    asked(database, base, "webinar lead time")
    found = findings(database, base, GONE)
    (tried,) = found.changed
    assert (tried.question, tried.before, tried.better) == (MINE, f"{MQL.id}: {MQL.question}", None)
    assert found.questions == 2
    assert found.warnings == ()


def test_what_helped_before_and_would_be_gone_is_worse(database: Database, base: KnowledgeBase) -> None:
    asked(database, base, MINE, helpful=True)
    (tried,) = findings(database, base, GONE).changed
    assert tried.better is False


def test_words_said_in_private_are_tried_and_shown_to_nobody(database: Database, base: KnowledgeBase) -> None:
    asked(database, base, MINE, Surface.DM)
    (tried,) = findings(database, base, GONE).changed
    assert tried.question == words.PRIVATE_QUESTION


def test_words_said_in_a_private_channel_are_shown_to_nobody_either(database: Database, base: KnowledgeBase) -> None:
    asked(database, base, MINE, channel="C2PRIVATE")
    (tried,) = findings(database, base, GONE).changed
    assert tried.question == words.PRIVATE_QUESTION


def test_what_somebody_had_the_desk_forget_is_not_tried(database: Database, base: KnowledgeBase) -> None:
    asked(database, base, MINE)
    with database.write() as session:
        forget_questions(session, "U1")
    assert findings(database, base, GONE).questions == 0


def test_the_same_question_again_is_tried_once(database: Database, base: KnowledgeBase) -> None:
    for text in (MINE, "Where are  my mqls?", MINE.upper()):
        asked(database, base, text)
    assert findings(database, base, GONE).questions == 1


def test_a_labelled_question_that_breaks_needs_a_reason(
    database: Database, base: KnowledgeBase, tmp_path: Path
) -> None:
    golden = tmp_path / "golden.jsonl"
    golden.write_text(json.dumps({"question": MINE, "gold": MQL.id}) + "\n")
    found = findings(database, base, GONE, golden)
    assert found.golden == 1
    assert found.broken[0].question == MINE
    assert MINE in found.warnings[0]
    assert findings(database, base, replace(MQL, answer="Better words."), golden).warnings == ()


def test_labels_that_cannot_be_read_are_said_and_not_passed_over(
    database: Database, base: KnowledgeBase, tmp_path: Path
) -> None:
    golden = tmp_path / "golden.jsonl"
    golden.write_text("no json\n")
    with pytest.raises(LabelsInvalid, match=r"golden\.jsonl:1"):
        findings(database, base, GONE, golden)


def test_findings_come_back_from_their_row_as_they_were(database: Database, base: KnowledgeBase) -> None:
    asked(database, base, MINE, helpful=True)
    rival = Entry("new", "Where are the MQLs?", "Elsewhere.", ("where are my MQLs", "Where are my MQLs"))
    found = findings(database, base, rival)
    assert found.shadows and found.twins
    assert findings_from(json.loads(json.dumps(found.to_json()))) == found
