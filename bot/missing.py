"""What is missing, as values: questions without a good answer, and abbreviations nobody defined."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

_BARS = "▁▂▃▄▅▆▇█"


class GapState(StrEnum):
    """What a curator decided about a gap. What is asked afterwards can bring it back."""

    OPEN = "open"
    DRAFTED = "drafted"
    DISMISSED = "dismissed"


@dataclass(frozen=True)
class Shown:
    """What the desk showed instead, by its title, and how often."""

    name: str
    times: int


@dataclass(frozen=True)
class Gap:
    """Questions that belong together and had no good answer.

    ``question`` and ``phrasings`` are words said where every colleague can read; ``hidden`` questions were asked in
    private: they count, and their words are shown to nobody. ``now`` and ``before``: questions of this period and of
    the one before; ``weeks`` of the last eight weeks, oldest first. ``again``: how many came after it was decided.
    """

    id: int
    question: str
    terms: tuple[str, ...]
    questions: int
    askers: int
    tickets: int
    now: int
    before: int
    weeks: tuple[int, ...]
    shown: tuple[Shown, ...]
    phrasings: tuple[str, ...]
    hidden: int
    state: GapState = GapState.OPEN
    proposal: int | None = None
    reason: str = ""
    again: int = 0

    @property
    def spark(self) -> str:
        """The weeks as a line of bars."""
        return sparkline(self.weeks)


@dataclass(frozen=True)
class GapList:
    """``gaps`` by how many people asked, then how often; ``singles`` are questions that nothing else is like.

    ``private_only``: questions of groups that were asked in private only. ``decided``: drafted or dismissed ones.
    """

    gaps: tuple[Gap, ...] = ()
    singles: tuple[Gap, ...] = ()
    decided: tuple[Gap, ...] = ()
    private_only: int = 0
    looked_at: datetime | None = None


@dataclass(frozen=True)
class Undefined:
    """A word that looks like an abbreviation, which nobody defined. ``examples``: questions that use it."""

    term: str
    asked: int
    askers: int
    examples: tuple[str, ...] = ()


def sparkline(counts: tuple[int, ...]) -> str:
    """Counts as a line of bars; the highest is full, nothing at all is the lowest."""
    top = max(counts, default=0)
    return "".join(_BARS[round(count / top * (len(_BARS) - 1)) if top else 0] for count in counts)
