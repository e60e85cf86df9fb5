"""A reranker's say on the order of hits; without one, or when it fails, the order stays."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from statistics import fmean, pstdev

from knowledge.candidates import Candidate
from knowledge.errors import ModelUnavailable
from knowledge.prose import plain
from knowledge.protocols import Reranker
from knowledge.signals import log_odds
from knowledge.targets import Target

WEIGHT = 1.0
"""Log-odds that one standard deviation of the reranker's scores counts.

The search's own lead stays in: a reranker of another trade moves what is close and cannot turn a clear case round.
"""

_SMALL = 1e-6

log = logging.getLogger(__name__)


class Reranking:
    """Orders candidates anew by the search's score and the reranker's together. Safe for several threads.

    Scores stay the search's own, so that the confidence keeps its meaning: where both disagree about the first hit,
    its lead is small or negative, and the confidence is low.
    """

    def __init__(self, reranker: Reranker | None) -> None:
        self._reranker = reranker
        self._warned = False

    def of(self, question: str, ranked: Sequence[Candidate], targets: Sequence[Target]) -> Sequence[Candidate]:
        """The candidates in the new order. Never raises: one that cannot be loaded is told once, in the log."""
        if self._reranker is None or len(ranked) < 2:  # noqa: PLR2004
            return ranked
        try:
            read = self._reranker.scores(question, [_text(targets[candidate.target]) for candidate in ranked])
        except ModelUnavailable as exc:
            if not self._warned:
                self._warned = True
                log.warning("%s Answers go on without it.", exc)
            return ranked
        mean, spread = fmean(read), pstdev(read)
        odds = [
            log_odds(candidate.score) + WEIGHT * (score - mean) / max(spread, _SMALL)
            for candidate, score in zip(ranked, read, strict=True)
        ]
        return [ranked[place] for place in sorted(range(len(ranked)), key=lambda place: -odds[place])]


def _text(target: Target) -> str:
    """What is read: the titles and the text."""
    return "\n".join((" › ".join(target.trail) or target.title, plain(target.text)))
