from __future__ import annotations

import numpy as np
import pytest
from support_knowledge import ask

from knowledge.query import query_of
from knowledge.testing import HashingEncoder
from knowledge.wording import searchable


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Hi team! 👋 where are my MQLs?", "where are my MQLs?"),
        ("hey <@U123> :wave: quick question: who owns UTMs", "who owns UTMs"),
        ("Good morning everyone", ""),
        ("🎉🎉", ""),
        ("history of the field", "history of the field"),
    ],
)
def test_greetings_emoji_and_mentions_are_not_searched(text: str, left: str) -> None:
    assert searchable(text) == left


def test_a_follow_up_carries_the_question_before_it() -> None:
    encoder = HashingEncoder()
    alone = query_of(ask("and for webinars?"), encoder)
    after = query_of(ask("and for webinars?", "How do I import a list?", "Which utm do I use?"), encoder)
    (about,) = encoder.encode(["Which utm do I use?"])
    assert after.vector @ about > alone.vector @ about
    assert ("utm", 0.5) in after.terms
    assert all(weight == 1.0 for _, weight in alone.terms)


def test_a_single_question_is_encoded_once() -> None:
    encoder = HashingEncoder()
    query = query_of(ask("Where are my MQLs?"), encoder)
    assert encoder.encoded == 1
    assert np.linalg.norm(query.vector) == pytest.approx(1.0, abs=1e-5)
