"""Candidates as hits: with the text, the quote and everything a reader needs to judge them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, islice

import numpy as np

from knowledge.candidates import Candidate
from knowledge.domain import Hit, HitKind
from knowledge.generation import Generation
from knowledge.protocols import Positions
from knowledge.query import Query
from knowledge.quote import best_quote, whole
from knowledge.reading import Reading
from knowledge.retriever import Retriever
from knowledge.units import UnitKind

WORDS_WEIGHT = 0.35
"""What a sentence's share of the question's terms counts for its relevance, next to 1 for its meaning."""

PAGES = 2_000
"""Passages that are kept unpacked, some 10 kB each."""


@dataclass(frozen=True)
class _Page:
    """What quoting a passage takes, worked out once.

    ``short`` is the quote of a section that fits whole, "" for a longer one. ``runs`` are its runs' positions among
    the units.
    """

    reading: Reading
    short: str
    runs: Positions


class Hits:
    """Turns candidates of one generation into hits. Safe for several threads."""

    def __init__(self, generation: Generation, retriever: Retriever) -> None:
        self._generation = generation
        self._retriever = retriever
        self._pages: dict[int, _Page] = {}  # filled on demand; two threads at worst write the same value twice

    def of(self, candidates: Sequence[Candidate], query: Query) -> tuple[Hit, ...]:
        """The hits that candidates stand for, quoted for this query."""
        quotes = self._quotes(candidates, query)
        return tuple(self._hit(candidate, quotes.get(candidate.target)) for candidate in candidates)

    def _hit(self, candidate: Candidate, quote: str | None) -> Hit:
        target = self._generation.targets[candidate.target]
        return Hit(
            kind=target.kind,
            id=target.id,
            title=target.title,
            path=target.path,
            heading=target.heading,
            url=target.url,
            text=target.text,
            quote=target.text if quote is None else quote,
            score=candidate.score,
            matched=self._matched(candidate),
            features={**candidate.features, "similarity": candidate.similarity},
            citation=target.citation,
            template=target.template,
            checklist=target.checklist,
            audience=self._retriever.audiences[candidate.target],
        )

    def renewed(self, hit: Hit, place: int) -> Hit:
        """An earlier hit with the target's text and audience as they are now; a changed text is quoted whole."""
        target = self._generation.targets[place]
        audience = self._retriever.audiences[place]
        if target.text == hit.text and target.title == hit.title:
            return replace(
                hit,
                url=target.url,
                audience=audience,
                citation=target.citation,
                template=target.template,
                checklist=target.checklist,
            )
        return replace(
            hit,
            title=target.title,
            url=target.url,
            text=target.text,
            quote=target.text.strip(),
            matched="",
            citation=target.citation,
            template=target.template,
            checklist=target.checklist,
            audience=audience,
        )

    def _matched(self, candidate: Candidate) -> str:
        """The phrasing, or the sentence or two, that is closest to the question."""
        if candidate.unit < 0:
            return ""
        span = self._generation.units[candidate.unit]
        if span.kind is UnitKind.PHRASING:
            return self._generation.targets[span.target].phrasings[span.first]
        return " ".join(self._page(span.target).reading.plain[span.first : span.last + 1])

    def _quotes(self, candidates: Sequence[Candidate], query: Query) -> dict[int, str]:
        """The quote of each passage among the candidates, by target. All runs are compared at once."""
        passages = [candidate.target for candidate in candidates if candidate.kind is HitKind.PASSAGE]
        pages = {target: self._page(target) for target in passages}
        long = [page for page in pages.values() if not page.short]
        runs = np.concatenate([page.runs for page in long]) if long else np.zeros(0, dtype=np.int64)
        products = iter(self._retriever.products(query, runs).tolist())
        asked = dict(query.terms)
        total = sum(asked.values()) or 1.0
        shares = [(term, WORDS_WEIGHT * weight / total) for term, weight in asked.items()]
        quotes = {}
        for target, page in pages.items():
            quote = page.short or best_quote(page.reading, _relevance(page, products, shares))
            quotes[target] = quote or self._generation.targets[target].text.strip()
        return quotes

    def _page(self, target: int) -> _Page:
        page = self._pages.get(target)
        if page is None:
            if len(self._pages) >= PAGES:
                self._pages = {}
            page = self._pages[target] = self._read(target)
        return page

    def _read(self, target: int) -> _Page:
        reading = self._generation.readings.of(target)
        runs = reading.covered[-1][1] if reading.covered else 0  # which are its last units
        return _Page(reading, whole(reading), self._retriever.last_units(target, runs))


def _relevance(page: _Page, products: Iterator[float], shares: Sequence[tuple[str, float]]) -> list[float]:
    """Per sentence: the mean cosine of the runs that hold it, and the terms it shares with the question.

    Takes the cosines of the page's runs off ``products``.
    """
    sums = list(accumulate(islice(products, len(page.runs)), initial=0.0))
    relevance = [(sums[end] - sums[first]) / (end - first) for first, end in page.reading.covered]
    for term, share in shares:
        for place in page.reading.holders(term):
            relevance[place] += share
    return relevance
