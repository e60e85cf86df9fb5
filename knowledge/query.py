"""A question as it is searched for: one vector and weighted terms."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.domain import Question
from knowledge.lexical_index import terms_of
from knowledge.protocols import Encoder, Matrix
from knowledge.wording import searchable

THREAD_WEIGHT = 0.6
"""How much of a follow-up's meaning comes from being read together with the question before it."""

EARLIER_TERMS = 0.5
"""What a word of the question before counts, next to 1 for a word of the follow-up itself."""


@dataclass(frozen=True)
class Query:
    """``vector`` has shape (dimension,); its length is 1, or less for a follow-up."""

    vector: Matrix
    terms: tuple[tuple[str, float], ...]


def query_of(question: Question, encoder: Encoder) -> Query:
    """The question without noise; a follow-up carries the thread's previous question with it.

    Raises ModelUnavailable.
    """
    own = searchable(question.text) or question.text
    terms = tuple((term, 1.0) for term in terms_of(own))
    before = searchable(question.earlier[-1]) if question.earlier else ""
    if not before:
        return Query(encoder.encode([own])[0], terms)
    vectors = encoder.encode([own, f"{before} {own}"])
    vector = (1 - THREAD_WEIGHT) * vectors[0] + THREAD_WEIGHT * vectors[1]
    return Query(vector, terms + tuple((term, EARLIER_TERMS) for term in terms_of(before)))
