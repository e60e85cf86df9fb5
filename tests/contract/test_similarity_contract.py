"""Every Similarity gives comparable numbers from 0 to 1, in order."""

from __future__ import annotations

import pytest

from escalation.protocols import Similarity
from escalation.testing import TableSimilarity
from escalation.word_similarity import WordSimilarity


@pytest.fixture(params=["words", "table"])
def similarity(request: pytest.FixtureRequest) -> Similarity:
    if request.param == "words":
        return WordSimilarity()
    return TableSimilarity({"importing lists": 0.6, "lunch": 0.1})


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
