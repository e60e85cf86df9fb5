"""A question as it is searched for: one vector and weighted terms."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.domain import Question
from knowledge.lexical_index import terms_of
from knowledge.protocols import Codes, Encoder, Matrix, TokenEncoder
from knowledge.wording import searchable

THREAD_WEIGHT = 0.6
"""How much of a follow-up's meaning comes from being read together with the question before it."""

EARLIER_TERMS = 0.5
"""What a word of the question before counts, next to 1 for a word of the follow-up itself."""


@dataclass(frozen=True)
class Query:
    """``vector`` has shape (dimension,); its length is 1, or less for a follow-up.

    ``pieces`` are the codes of the word pieces, the question before included; None when the encoder tells none.
    """

    vector: Matrix
    terms: tuple[tuple[str, float], ...]
    pieces: Codes | None = None


def query_of(question: Question, encoder: Encoder) -> Query:
    """The question without noise; a follow-up carries the thread's previous question with it.

    Raises ModelUnavailable.
    """
    own = searchable(question.text) or question.text
    terms = tuple((term, 1.0) for term in terms_of(own))
    before = searchable(question.earlier[-1]) if question.earlier else ""
    if not before:
        vectors, pieces = _encoded([own], encoder)
        return Query(vectors[0], terms, pieces)
    vectors, pieces = _encoded([own, f"{before} {own}"], encoder)
    vector = (1 - THREAD_WEIGHT) * vectors[0] + THREAD_WEIGHT * vectors[1]
    return Query(vector, terms + tuple((term, EARLIER_TERMS) for term in terms_of(before)), pieces)


def _encoded(texts: list[str], encoder: Encoder) -> tuple[Matrix, Codes | None]:
    """The vectors of the texts, and the word pieces of the last one."""
    if not isinstance(encoder, TokenEncoder):
        return encoder.encode(texts), None
    vectors, pieces = encoder.encode_tokens(texts)
    return vectors, pieces[-1]
