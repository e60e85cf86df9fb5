"""Every Similarity gives comparable numbers from 0 to 1, in order."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from support_model import exported_encoder

from bot.clock import now_utc
from bot.meaning import EncoderSimilarity
from escalation.protocols import Similarity
from escalation.testing import TableSimilarity
from escalation.word_similarity import WordSimilarity
from knowledge.errors import ModelUnavailable
from knowledge.protocols import Encoder, Matrix
from knowledge.testing import HashingEncoder

REAL = pytest.param("model", marks=[pytest.mark.model, pytest.mark.timeout(600)])


@pytest.fixture(params=["words", "table", "hashing", "no model", REAL])
def similarity(request: pytest.FixtureRequest) -> Similarity:
    match request.param:
        case "words":
            return WordSimilarity()
        case "table":
            return TableSimilarity({"importing lists": 0.6, "lunch": 0.1})
        case "no model":
            return _loaded(NoModel())
        case "hashing":
            return _loaded(HashingEncoder())
        case _:
            return _loaded(exported_encoder())


def _loaded(encoder: Encoder) -> Similarity:
    similarity = EncoderSimilarity(encoder, now_utc)
    similarity.warm_up()
    return similarity


class NoModel(HashingEncoder):
    """An encoder whose model is not installed."""

    def encode(self, texts: Sequence[str]) -> Matrix:
        raise ModelUnavailable("There is no model.")


def test_there_is_one_score_from_0_to_1_per_text_in_order(similarity: Similarity) -> None:
    scores = similarity.scores("import a list", ["importing lists", "lunch"])
    assert len(scores) == 2
    assert all(0.0 <= score <= 1.0 for score in scores)
    assert scores[0] > scores[1]


def test_equal_texts_score_1(similarity: Similarity) -> None:
    assert similarity.scores("import a list", ["import a list"]) == [pytest.approx(1.0)]


def test_nothing_to_compare_with_gives_no_scores(similarity: Similarity) -> None:
    assert similarity.scores("import a list", []) == []


def test_an_empty_text_resembles_nothing(similarity: Similarity) -> None:
    assert similarity.scores("", ["", "anything"]) == [0.0, 0.0]
