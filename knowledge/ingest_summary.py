"""What a sync did, and how it is to go about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any


@dataclass(frozen=True)
class IngestSummary:
    """What a sync did. ``failed`` and ``skipped`` hold path and reason.

    What was stored of a failed document before is kept; of a skipped one (it must not be shown) nothing is.
    ``failed`` includes what is not tried again yet. ``held_back`` documents were missing from a listing that lacked
    too many to be believed at once; they are kept.
    """

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    failed: tuple[tuple[str, str], ...] = ()
    moved: int = 0
    skipped: tuple[tuple[str, str], ...] = ()
    held_back: int = 0

    @property
    def is_nothing(self) -> bool:
        """Whether there was nothing there at all."""
        return self == IngestSummary()

    def as_record(self) -> dict[str, Any]:
        """As JSON-ready values."""
        return asdict(self)


@dataclass(frozen=True)
class Terms:
    """How a sync goes about it.

    ``force`` believes every listing. Documents that failed are tried again after ``retry_after``, or once changed.
    ``holder`` is the name under which the source is held already; without one this sync takes it from whoever has it.
    """

    force: bool = False
    retry_after: timedelta = timedelta(0)
    holder: str = ""
