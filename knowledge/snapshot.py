"""One generation ready to answer: immutable, swapped as a whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from knowledge.domain import Band, Hit, HitKind, Question, Verdict
from knowledge.failing import NONE_FAILING, Failing
from knowledge.generation import Generation
from knowledge.hits import Hits
from knowledge.judge import NOTHING_INDEXED, Decision, Judge
from knowledge.ordering import Ordering
from knowledge.protocols import Encoder, Reranker
from knowledge.query import Query, query_of
from knowledge.reranking import Reranking
from knowledge.retriever import Retriever
from knowledge.topics import NO_TOPICS, Topics
from knowledge.visibility import Withdrawn

HITS = 12
"""Hits per verdict; outside tests and evaluations look at ten."""

SEEN = 20
"""Candidates that are put in order; some may repeat others."""


@dataclass(frozen=True)
class Snapshot:
    """A generation with what searches, words and judges it. Safe for several threads."""

    generation: Generation
    retriever: Retriever
    ordering: Ordering
    reranking: Reranking
    hits: Hits
    judge: Judge

    @classmethod
    def of(
        cls,
        generation: Generation,
        reranker: Reranker | None = None,
        topics: Topics = NO_TOPICS,
        today: Callable[[], date] = lambda: date.min,
        failing: Failing = NONE_FAILING,
    ) -> Snapshot:
        """Make a generation ready to answer. ``today`` tells which reviews are overdue."""
        retriever = Retriever(generation, topics)
        hits, judge = Hits(generation, retriever), Judge(generation.calibration, _offsets(generation, failing))
        return cls(generation, retriever, Ordering(generation, today), Reranking(reranker), hits, judge)

    def restricted(self, withdrawn: Withdrawn) -> Snapshot:
        """The same without what has been withdrawn since."""
        retriever = self.retriever.restricted(withdrawn)
        return replace(self, retriever=retriever, hits=Hits(self.generation, retriever))

    def verdict(self, question: Question, encoder: Encoder) -> Verdict:
        """The decision on a question. Raises ModelUnavailable."""
        if not self.generation.targets:
            quiet = NOTHING_INDEXED if question.addressed else _unheard(NOTHING_INDEXED)
            return self._verdict(quiet, ())
        query = query_of(question, encoder, self.generation.glossary, self.retriever.familiarity)
        found = self.ordering.sunk(self.retriever.candidates(query, question.audience, SEEN))
        read = self.reranking.of(query.asked.text, found, self.generation.targets)
        ordered = self.ordering.settled(read)
        decision = self.judge.decide(question, ordered.distinct)
        decision = replace(decision, explanation=decision.explanation | _searched(query))
        return self._verdict(decision, self.hits.of(ordered.hits[:HITS], query))

    def _verdict(self, decision: Decision, hits: tuple[Hit, ...]) -> Verdict:
        return Verdict(
            band=decision.band,
            confidence=decision.confidence,
            hits=hits,
            reason=decision.reason,
            cause=decision.cause,
            generation=self.generation.id,
            explanation=decision.explanation,
        )


def _offsets(generation: Generation, failing: Failing) -> dict[int, float]:
    if not failing.offsets:
        return {}
    places = {target.id: place for place, target in enumerate(generation.targets) if target.kind is HitKind.ENTRY}
    return {places[id_]: offset for id_, offset in failing.offsets.items() if id_ in places}


def _unheard(decision: Decision) -> Decision:
    return Decision(Band.QUIET, decision.cause, decision.confidence, decision.reason)


def _searched(query: Query) -> dict[str, str]:
    """What the question became before it was searched for, where it became anything else."""
    told = {"searched for": query.asked.text if query.asked.reduced else "", "leans on": query.asked.context}
    return {name: text for name, text in (told | {"abbreviations": "; ".join(query.meant)}).items() if text}
