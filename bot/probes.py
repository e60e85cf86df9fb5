"""Is the desk alive, and can it serve: what /healthz and /readyz say, each part with what was found.

**Alive** means that a restart would not help. A thread that ended unasked, or all hands of a kind stuck in their rows
for a quarter of an hour with the index loaded, are mended by one: the rows are kept, and taken up again.

**Ready** means that deliveries can be kept and people answered. A receiver stays ready while nobody works, because
what it records is safe with it and lost with Slack; it says so, and logs it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.database import Database
from bot.desk_figures import DeskFigures

STUCK_AFTER_S = 300.0
"""A loop that has been in one row for so long is stuck; Jira's slowest answer takes a tenth of it."""

HUNG_AFTER_S = 900.0
"""When every hand of a kind has been stuck for so long, only a restart helps."""

SILENT_AFTER_S = 30.0
"""A socket without a sign of life for so long is dead, whatever TCP says."""

HANDS = ("worker-", "dispatcher-slack-")
"""Loops without one of which nobody is answered. Those that talk to Jira may wait for it."""


@dataclass(frozen=True)
class Probe:
    """One thing looked at. What is not ``required`` does not make the desk unready."""

    ok: bool
    detail: str
    required: bool = True
    facts: dict[str, Any] = field(default_factory=dict)


class Probes:
    """Looks at one desk. ``works``: whether it has workers of its own, ``index_ready``: whether they can answer."""

    def __init__(
        self, figures: DeskFigures, database: Database, works: bool, index_ready: Callable[[], bool]
    ) -> None:
        self._figures = figures
        self._database = database
        self._works = works
        self._index_ready = index_ready

    def alive(self) -> Probe:
        """Whether this process should go on."""
        ended = sorted(self._figures.heartbeats.ended)
        if ended:
            return Probe(False, f"threads have ended: {', '.join(ended)}")
        hung = [hand for hand in HANDS if self._stuck_for(hand) > HUNG_AFTER_S] if self._index_ready() else []
        return Probe(not hung, f"stuck: every {', '.join(hung)}loop" if hung else "ok")

    def ready(self) -> dict[str, Probe]:
        """Every part, by name."""
        found = {
            "database": self._of_database(),
            "index": self._of_index(),
            "workers": self._of_own_loops() if self._works else self._of_other_processes(),
        }
        sockets = self._of_sockets()
        return found if sockets is None else {**found, "sockets": sockets}

    def works_here(self) -> bool:
        """Whether this process has workers and dispatchers, and they go round."""
        return self._works and all(self._stuck_for(hand) <= STUCK_AFTER_S for hand in HANDS)

    def _stuck_for(self, hand: str) -> float:
        """How long even the liveliest loop of a kind has been in its row."""
        return min(self._figures.heartbeats.ages(hand).values(), default=0.0)

    def _of_database(self) -> Probe:
        writable = self._database.is_writable()
        return Probe(writable, "writable" if writable else "cannot be written just now")

    def _of_index(self) -> Probe:
        if not self._works:
            return Probe(True, "a receiver needs none", required=False)
        if not self._index_ready():
            return Probe(False, "is being loaded; questions are kept and wait")
        stored = self._figures.stored()
        index = stored.index if stored else None
        if index is None:
            return Probe(True, "loaded")
        age = (self._figures.clock() - index.built_at).total_seconds() if index.built_at else None
        facts = {**asdict(index), "built_at": index.built_at and index.built_at.isoformat(), "age_s": _rounded(age)}
        return Probe(True, "up to date" if index.is_current else "newer content is being built in", facts=facts)

    def _of_own_loops(self) -> Probe:
        ages = self._figures.heartbeats.ages()
        stuck = {loop: round(age) for loop, age in sorted(ages.items()) if age > STUCK_AFTER_S}
        facts = {"loops": len(ages), "stuck": stuck}
        if not ages:
            return Probe(False, "not started", facts=facts)
        works = self.works_here()
        detail = "go round" if not stuck else f"in one row for minutes: {', '.join(stuck)}"
        return Probe(works, detail, facts=facts)

    def _of_other_processes(self) -> Probe:
        stored = self._figures.stored()
        if stored is None:
            return Probe(False, "unknown while the database cannot be read", required=False)
        workers = stored.workers
        facts = {"processes": workers.count, "age_s": _rounded(workers.age_s)}
        if workers.is_anybody:
            return Probe(True, "at work", required=False, facts=facts)
        silent = "none was ever heard of" if workers.age_s is None else f"no word for {workers.age_s:.0f} s"
        detail = f"{silent}; what comes in is kept and waits. Start `mops-desk run --role worker`"
        return Probe(False, detail, required=False, facts=facts)

    def _of_sockets(self) -> Probe | None:
        sockets = self._figures.sockets()
        if sockets is None:
            return None
        facts = {**asdict(sockets), "hello_age_s": _rounded(sockets.hello_age_s)}
        age = sockets.hello_age_s
        heard = age is not None and age <= SILENT_AFTER_S
        detail = f"{sockets.connected} of {sockets.wanted} connected"
        if sockets.connected and not heard:
            detail += ", but Slack is silent"
        return Probe(sockets.connected > 0 and heard, detail, facts=facts)


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
