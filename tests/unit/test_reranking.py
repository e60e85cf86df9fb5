from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import pytest
from support_database import database_with
from support_knowledge import DOCUMENTS, ENTRIES, NOON, ask, store

from knowledge.errors import ModelUnavailable
from knowledge.generations import Generations
from knowledge.knowledge_base import KnowledgeBase
from knowledge.protocols import Reranker
from knowledge.tables import Base
from knowledge.testing import HashingEncoder

QUESTION = ask("which utm for the newsletter?")


class Fond:
    """A reranker that likes texts with a word in them."""

    name = "fond"

    def __init__(self, word: str) -> None:
        self._word = word

    def scores(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        return [9.0 if self._word in text else -9.0 for text in texts]


class Gone:
    """A reranker whose model is not there."""

    name = "gone"

    def scores(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        raise ModelUnavailable("The reranker is not there.")


def base(folder: Path, reranker: Reranker | None) -> KnowledgeBase:
    folder.mkdir(exist_ok=True)
    database = database_with(folder / "desk.sqlite3", Base.metadata)
    store(database, ENTRIES, DOCUMENTS)
    generations = Generations(folder / "index")
    return KnowledgeBase(HashingEncoder(), generations, database, lambda: NOON, reranker=reranker)


def test_a_reranker_moves_what_it_likes_up(tmp_path: Path) -> None:
    plain = [hit.id for hit in base(tmp_path / "1", None).verdict(QUESTION).hits]
    moved = [hit.id for hit in base(tmp_path / "2", Fond("working days")).verdict(QUESTION).hits]
    liked = [place for place, hit in enumerate(plain) if hit in ("faq-webinar", "handbook/lists.md#turnaround")]
    assert sum(moved.index(plain[place]) for place in liked) < sum(liked)
    assert sorted(moved) == sorted(plain)


def test_a_reranker_that_agrees_changes_no_confidence(tmp_path: Path) -> None:
    alone, read = (
        base(tmp_path / "1", None).verdict(QUESTION),
        base(tmp_path / "2", Fond("utm_medium")).verdict(QUESTION),
    )
    assert read.hits[0].id == alone.hits[0].id == "faq-utm"
    assert read.confidence == pytest.approx(alone.confidence, abs=0.05)


def test_without_its_model_the_desk_answers_and_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desk = base(tmp_path, Gone())
    with caplog.at_level(logging.WARNING):
        found = [desk.verdict(QUESTION) for _ in range(3)]
    assert {verdict.hits[0].id for verdict in found} == {"faq-utm"}
    assert len([record for record in caplog.records if "Answers go on without it" in record.message]) == 1
