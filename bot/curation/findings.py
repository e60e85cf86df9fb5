"""What the checks found about a proposal, before anybody publishes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from bot.curation import findings_texts as words
from knowledge.shadowing import Shadow, Twin


@dataclass(frozen=True)
class Tried:
    """One question whose reply would change. Names and bands as people would see them; ``golden``: a labelled one.

    ``better`` is None where nobody knows which reply is right.
    """

    question: str
    before: str
    after: str
    band_before: str
    band_after: str
    better: bool | None = None
    golden: bool = False


@dataclass(frozen=True)
class Findings:
    """Everything found. ``questions`` and ``golden``: how many real and labelled questions were tried."""

    shadows: tuple[Shadow, ...] = ()
    twins: tuple[Twin, ...] = ()
    changed: tuple[Tried, ...] = ()
    questions: int = 0
    golden: int = 0

    @property
    def broken(self) -> tuple[Tried, ...]:
        """Labelled questions that are answered right now and would not be any more."""
        return tuple(tried for tried in self.changed if tried.golden and tried.better is False)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What needs a reason before it is published, a line each."""
        shadows = (words.shadow(each.phrasing, each.entry_id, each.likeness) for each in self.shadows)
        return (*shadows, *(words.breaks(each.question, each.before) for each in self.broken))

    def to_json(self) -> dict[str, Any]:
        """For the proposal's row."""
        stored: dict[str, Any] = _ADAPTER.dump_python(self, mode="json")
        return stored


_ADAPTER: TypeAdapter[Findings] = TypeAdapter(Findings)


def findings_from(stored: Mapping[str, Any]) -> Findings:
    """What ``to_json`` made."""
    return _ADAPTER.validate_python(stored)
