"""Questions that are tried on an index before and after a change, and what would differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from knowledge.domain import Hit, Question, Verdict


@dataclass(frozen=True)
class Probe:
    """A question to try. ``is_right`` tells right hits; None where nobody knows.

    ``golden``: a labelled question, which a change must not break.
    """

    question: Question
    is_right: Callable[[Hit], bool] | None = None
    golden: bool = False


@dataclass(frozen=True)
class Difference:
    """A question that would get another first hit or another band. ``better`` is None where nobody knows."""

    probe: Probe
    before: Verdict
    after: Verdict
    better: bool | None
