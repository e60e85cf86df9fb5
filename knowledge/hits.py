"""Candidates as hits: with the text, the quote and everything a reader needs to judge them."""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True)
class _Page:
    """A target's sentences, each with its terms."""

    parts: tuple[Sentence, ...]
    terms: tuple[frozenset[str], ...]


class Hits:
    """Turns candidates of one generation into hits. Safe for several threads."""

    def __init__(self, generation: Generation, retriever: Retriever) -> None:
        self._generation = generation
        self._retriever = retriever
        self._pages: dict[int, _Page] = {}  # filled on demand; two threads at worst write the same value twice

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
        return " ".join(part.plain for part in self._page(span.target).parts[span.first : span.last + 1])

    def _quote(self, candidate: Candidate, query: Query) -> str:
        page = self._page(candidate.target)
        quote = best_quote(page.parts, self._relevance(candidate.target, page, query))
        return quote or self._generation.targets[candidate.target].text.strip()

    def _relevance(self, target: int, page: _Page, query: Query) -> list[float]:
        """Per sentence: the mean cosine of the runs that hold it, and the terms it shares with the question."""
        sums, counts = [0.0] * len(page.parts), [0] * len(page.parts)
        for span, product in self._retriever.unit_products(query, target):
            if span.kind is UnitKind.RUN:
                for index in range(span.first, span.last + 1):
                    sums[index] += product
                    counts[index] += 1
        asked = dict(query.terms)
        total = sum(asked.values()) or 1.0
        return [
            summed / max(count, 1) + WORDS_WEIGHT * sum(asked[term] for term in asked.keys() & terms) / total
            for summed, count, terms in zip(sums, counts, page.terms, strict=True)
        ]

    def _page(self, target: int) -> _Page:
        page = self._pages.get(target)
        if page is None:
            parts = sentences(self._generation.targets[target].text)
            page = _Page(parts, tuple(frozenset(terms_of(part.plain)) for part in parts))
            self._pages[target] = page
        return page
