"""A question as it is searched for: one vector and weighted terms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from knowledge.asked import Asked, asked_in
from knowledge.domain import Question
from knowledge.glossary import NO_GLOSSARY, Glossary
from knowledge.protocols import Codes, Encoder, Matrix, TokenEncoder

THREAD_WEIGHT = 0.6
"""How much of a follow-up's meaning comes from being read together with the question before it."""

NOT_REDUCED = Asked("")

EARLIER_TERMS = 0.5
"""What a word of the question before counts, next to 1 for a word of the follow-up itself."""


@dataclass(frozen=True)
class Query:
    """``vector`` has shape (dimension,); its length is 1, or less for a follow-up.

    ``pieces`` are the codes of the word pieces, the question before included; None when the encoder tells none.
    ``asked`` is what the message was reduced to, ``meant`` the abbreviations it uses, each with what it stands for.
    """

    vector: Matrix
    terms: tuple[tuple[str, float], ...]
    pieces: Codes | None = None
    asked: Asked = NOT_REDUCED
    meant: tuple[str, ...] = ()


def query_of(
    question: Question,
    encoder: Encoder,
    glossary: Glossary = NO_GLOSSARY,
    familiarity: Callable[[str], float] = lambda _: 0.0,
) -> Query:
    """The question without noise; a follow-up carries the thread's previous question with it.

    ``familiarity`` helps to find the question in a long message (see ``asked_in``).

    Raises ModelUnavailable.
    """
    asked = asked_in(question.text, familiarity)
    terms = glossary.query_terms(asked.text)
    meant = tuple(f"{term.term} = {term.expansion}" for term in dict.fromkeys(glossary.said(asked.text)))
    before = asked.context or (asked_in(question.earlier[-1], familiarity).text if question.earlier else "")
    if not before:
        vectors, pieces = _encoded([asked.text], encoder)
        return Query(vectors[0], terms, pieces, asked, meant)
    vectors, pieces = _encoded([asked.text, f"{before} {asked.text}"], encoder)
    vector = (1 - THREAD_WEIGHT) * vectors[0] + THREAD_WEIGHT * vectors[1]
    earlier = tuple((term, EARLIER_TERMS * weight) for term, weight in glossary.query_terms(before))
    return Query(vector, terms + earlier, pieces, asked, meant)


def _encoded(texts: list[str], encoder: Encoder) -> tuple[Matrix, Codes | None]:
    """The vectors of the texts, and the word pieces of the last one."""
    if not isinstance(encoder, TokenEncoder):
        return encoder.encode(texts), None
    vectors, pieces = encoder.encode_tokens(texts)
    return vectors, pieces[-1]
