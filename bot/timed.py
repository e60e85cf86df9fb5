"""Knowledge under watch: how long each verdict took."""

from __future__ import annotations

import time

from bot.help_desk import Judges
from bot.metrics import Metrics
from knowledge.domain import Audience, Hit, HitKind, Question, Verdict


class Timed:
    """Judges as another does, and says how long it took."""

    def __init__(self, inner: Judges, metrics: Metrics) -> None:
        self._inner = inner
        self._metrics = metrics

    def verdict(self, question: Question) -> Verdict:
        """See Judges."""
        begun = time.monotonic()
        found = self._inner.verdict(question)
        self._metrics.verdict(time.monotonic() - begun)
        return found

    def audiences(self) -> frozenset[Audience]:
        """See Judges."""
        return self._inner.audiences()

    def audience_of(self, kind: HitKind, id_: str) -> Audience | None:
        """See Judges."""
        return self._inner.audience_of(kind, id_)

    def current(self, hit: Hit) -> Hit | None:
        """See Judges."""
        return self._inner.current(hit)
