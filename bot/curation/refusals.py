"""Why a change to what the desk knows is not made, as errors whose message is told to whoever tried."""

from __future__ import annotations

from enum import StrEnum

from bot.curation import curation_texts as words
from bot.errors import DeskError


class Refusal(StrEnum):
    """The reasons, for code; ``CurationRefused`` says the same for people."""

    NOT_A_CURATOR = "not_a_curator"
    GONE = "gone"  # the proposal or entry is not there, or was decided already
    CHANGED = "changed"  # somebody changed the entry since
    BROKEN = "broken"  # the entry lacks something or says it wrongly
    UNCHECKED = "unchecked"  # nobody looked yet what it would do
    NEEDS_REASON = "needs_reason"
    NEEDS_SECOND = "needs_second"
    NEEDS_OK = "needs_ok"


_SAYS = {
    Refusal.NOT_A_CURATOR: words.NOT_A_CURATOR,
    Refusal.GONE: words.GONE,
    Refusal.CHANGED: words.CHANGED,
    Refusal.BROKEN: words.BROKEN,
    Refusal.UNCHECKED: words.UNCHECKED,
    Refusal.NEEDS_REASON: words.NEEDS_REASON,
    Refusal.NEEDS_SECOND: words.NEEDS_SECOND,
    Refusal.NEEDS_OK: words.NEEDS_OK,
}


class CurationRefused(DeskError):
    """A change was refused, and nothing was changed. ``details``: what is wrong, a line each."""

    def __init__(self, refusal: Refusal, details: tuple[str, ...] = ()) -> None:
        self.refusal = refusal
        self.details = details
        super().__init__("\n".join((_SAYS[refusal], *details)))
