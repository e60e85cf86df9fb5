from __future__ import annotations

from pathlib import Path

import pytest
from support_database import database_with
from support_knowledge import DOCUMENTS, ENTRIES, ask, knowledge_base, over, store

from bot.database import Database
from knowledge.domain import Band, HitKind
from knowledge.tables import Base
from knowledge.testing import HashingEncoder, HashingTokenEncoder

QUESTION = "when is a clean list in the CRM, how many working days"


@pytest.fixture
def database(tmp_path: Path) -> Database:
    found = database_with(tmp_path / "d.sqlite3", Base.metadata)
    store(found, ENTRIES, DOCUMENTS)
    return found


def test_passages_are_compared_word_piece_by_word_piece(tmp_path: Path) -> None:
    best = knowledge_base(tmp_path, encoder=HashingTokenEncoder()).verdict(ask(QUESTION)).hits[0]
    assert (best.kind, best.heading) == (HitKind.PASSAGE, "Turnaround")
    assert best.features["pieces"] > 0.6


def test_a_follow_up_brings_the_word_pieces_of_the_question_before(tmp_path: Path) -> None:
    base = knowledge_base(tmp_path, encoder=HashingTokenEncoder())
    alone, after = (base.verdict(ask("what about larger ones?", *earlier)) for earlier in ((), (QUESTION,)))
    assert max(hit.features["pieces"] for hit in after.hits) > max(hit.features["pieces"] for hit in alone.hits)


def test_word_pieces_are_read_back_from_disk(tmp_path: Path, database: Database) -> None:
    built = over(tmp_path, database, HashingTokenEncoder())
    built.rebuild()
    loaded = over(tmp_path, database, HashingTokenEncoder())
    assert loaded.verdict(ask(QUESTION)) == built.verdict(ask(QUESTION))


def test_rebuilding_with_word_pieces_encodes_nothing(tmp_path: Path, database: Database) -> None:
    over(tmp_path, database, HashingTokenEncoder()).rebuild()
    encoder = HashingTokenEncoder()
    over(tmp_path, database, encoder).rebuild()
    assert encoder.encoded == 0


def test_an_index_with_word_pieces_answers_an_encoder_without(tmp_path: Path, database: Database) -> None:
    over(tmp_path, database, HashingTokenEncoder()).rebuild()
    base = over(tmp_path, database, HashingEncoder())
    assert base.verdict(ask("where are my MQLs?")).band is Band.ANSWER
    assert base.verdict(ask(QUESTION)).hits[0].heading == "Turnaround"


def test_entries_alone_need_no_word_pieces(tmp_path: Path) -> None:
    base = knowledge_base(tmp_path, ENTRIES, (), HashingTokenEncoder())
    assert base.verdict(ask("where are my MQLs?")).band is Band.ANSWER
