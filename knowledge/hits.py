"""Candidates as hits: with the text, the quote and everything a reader needs to judge them."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.candidates import Candidate
from knowledge.domain import Hit, HitKind
from knowledge.generation import Generation
from knowledge.lexical_index import terms_of
from knowledge.prose import Sentence, sentences
from knowledge.query import Query
from knowledge.quote import best_quote
from knowledge.retriever import Retriever
from knowledge.units import UnitKind

WORDS_WEIGHT = 0.35
"""What a sentence's share of the question's terms counts for its relevance, next to 1 for its meaning."""


class Hits:
    """Turns candidates of one generation into hits. Safe for several threads."""

    def __init__(self, generation: Generation, retriever: Retriever) -> None:
        self._generation = generation
        self._retriever = retriever
        self._sentences: dict[int, tuple[Sentence, ...]] = {}  # filled on demand; a repeated write is the same value

    def of(self, candidate: Candidate, query: Query) -> Hit:
        """The hit a candidate stands for, quoted for this query."""
        target = self._generation.targets[candidate.target]
        passage = target.kind is HitKind.PASSAGE
        return Hit(
            kind=target.kind,
            id=target.id,
            title=target.title,
            path=target.path,
            heading=target.heading,
            url=target.url,
            text=target.text,
            quote=self._quote(candidate, query) if passage else target.text,
            score=candidate.score,
            matched=self._matched(candidate),
            features={**candidate.features, "similarity": candidate.similarity},
            citation=target.citation,
        )

    def _matched(self, candidate: Candidate) -> str:
        """The phrasing, or the sentence or two, that is closest to the question."""
        if candidate.unit < 0:
            return ""
        span = self._generation.units[candidate.unit]
        if span.kind is UnitKind.PHRASING:
            return self._generation.targets[span.target].phrasings[span.first]
        return " ".join(part.plain for part in self._parts(span.target)[span.first : span.last + 1])

    def _quote(self, candidate: Candidate, query: Query) -> str:
        parts = self._parts(candidate.target)
        return (
            best_quote(parts, self._relevance(candidate.target, parts, query))
            or self._generation.targets[candidate.target].text.strip()
        )

    def _relevance(self, target: int, parts: Sequence[Sentence], query: Query) -> list[float]:
        """Per sentence: the mean cosine of the runs that hold it, and the terms it shares with the question."""
        sums, counts = [0.0] * len(parts), [0] * len(parts)
        for span, product in self._retriever.unit_products(query, target):
            if span.kind is UnitKind.RUN:
                for index in range(span.first, span.last + 1):
                    sums[index] += product
                    counts[index] += 1
        asked = dict(query.terms)
        total = sum(asked.values()) or 1.0
        relevance = []
        for index, part in enumerate(parts):
            shared = sum(asked.get(term, 0.0) for term in set(terms_of(part.plain)))
            relevance.append(sums[index] / max(counts[index], 1) + WORDS_WEIGHT * shared / total)
        return relevance

    def _parts(self, target: int) -> tuple[Sentence, ...]:
        parts = self._sentences.get(target)
        if parts is None:
            parts = self._sentences[target] = sentences(self._generation.targets[target].text)
        return parts
