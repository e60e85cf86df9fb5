"""One generation ready to answer: immutable, swapped as a whole."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.domain import Band, Hit, Question, Verdict
from knowledge.generation import Generation
from knowledge.hits import Hits
from knowledge.judge import NOTHING_INDEXED, Decision, Judge
from knowledge.protocols import Encoder
from knowledge.query import query_of
from knowledge.retriever import Retriever

HITS = 12
"""Hits per verdict; outside tests and evaluations look at ten."""


@dataclass(frozen=True)
class Snapshot:
    """A generation with what searches, words and judges it. Safe for several threads."""

    generation: Generation
    retriever: Retriever
    hits: Hits
    judge: Judge

    @classmethod
    def of(cls, generation: Generation) -> Snapshot:
        """Make a generation ready to answer."""
        retriever = Retriever(generation)
        return cls(generation, retriever, Hits(generation, retriever), Judge(generation.calibration))

    def verdict(self, question: Question, encoder: Encoder) -> Verdict:
        """The decision on a question. Raises ModelUnavailable."""
        if not self.generation.targets:
            quiet = NOTHING_INDEXED if question.addressed else _unheard(NOTHING_INDEXED)
            return self._verdict(quiet, ())
        query = query_of(question, encoder)
        ranked = self.retriever.candidates(query, question.audience, HITS)
        decision = self.judge.decide(question, ranked)
        return self._verdict(decision, tuple(self.hits.of(candidate, query) for candidate in ranked))

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


def _unheard(decision: Decision) -> Decision:
    return Decision(Band.QUIET, decision.cause, decision.confidence, decision.reason)
