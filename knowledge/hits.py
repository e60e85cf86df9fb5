"""Candidates as hits: with the text, the quote and everything a reader needs to judge them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.candidates import Candidate
from knowledge.domain import Hit, HitKind
from knowledge.generation import Generation
from knowledge.lexical_index import terms_of
from knowledge.prose import Sentence, sentences
from knowledge.protocols import Positions
from knowledge.query import Query
from knowledge.quote import best_quote, whole
from knowledge.retriever import Retriever
from knowledge.units import UnitKind

Floats = NDArray[np.float32]

WORDS_WEIGHT = 0.35
"""What a sentence's share of the question's terms counts for its relevance, next to 1 for its meaning."""


@dataclass(frozen=True)
class _Page:
    """What quoting a passage takes, worked out once.

    ``short`` is the quote of a section that fits whole, "" for a longer one. ``runs`` are its runs' positions among
    the units, ``firsts`` and ``ends`` the sentences each covers, ``covering`` how many cover each sentence.
    ``holders`` are the sentences that hold a term.
    """

    parts: tuple[Sentence, ...]
    short: str
    runs: Positions
    firsts: Positions
    ends: Positions
    covering: Floats
    holders: dict[str, list[int]]


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
        quote = page.short or best_quote(page.parts, self._relevance(page, query))
        return quote or self._generation.targets[candidate.target].text.strip()

    def _relevance(self, page: _Page, query: Query) -> list[float]:
        """Per sentence: the mean cosine of the runs that hold it, and the terms it shares with the question."""
        products = self._retriever.products(query, page.runs)
        steps = np.zeros(len(page.parts) + 1, dtype=np.float32)
        np.add.at(steps, page.firsts, products)
        np.add.at(steps, page.ends, -products)
        relevance = np.cumsum(steps)[:-1] / page.covering
        asked = dict(query.terms)
        total = sum(asked.values()) or 1.0
        for term, weight in asked.items():
            relevance[page.holders.get(term, [])] += WORDS_WEIGHT * weight / total
        found: list[float] = relevance.tolist()
        return found

    def _page(self, target: int) -> _Page:
        page = self._pages.get(target)
        if page is None:
            page = self._pages[target] = self._read(target)
        return page

    def _read(self, target: int) -> _Page:
        parts = sentences(self._generation.targets[target].text)
        runs = self._retriever.units(target, UnitKind.RUN)
        spans = [self._generation.units[int(run)] for run in runs]
        firsts = np.array([span.first for span in spans], dtype=np.int64)
        ends = np.array([span.last + 1 for span in spans], dtype=np.int64)
        steps = np.zeros(len(parts) + 1, dtype=np.float32)
        np.add.at(steps, firsts, 1.0)
        np.add.at(steps, ends, -1.0)
        holders: dict[str, list[int]] = {}
        for place, part in enumerate(parts):
            for term in set(terms_of(part.plain)):
                holders.setdefault(term, []).append(place)
        return _Page(parts, whole(parts), runs, firsts, ends, np.maximum(np.cumsum(steps)[:-1], 1.0), holders)
