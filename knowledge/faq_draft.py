"""An FAQ entry as somebody typed it: texts with their lines, before anything is checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches

from knowledge.errors import Problem


@dataclass(frozen=True)
class Text:
    """A text and its line (1-based). An empty value means: it was wrong, and that has been reported.

    ``below``: its own first line stands that far below (a YAML block begins on the line after its ``|``).
    """

    value: str
    line: int
    below: int = 0


@dataclass(frozen=True)
class DraftSource:
    """A source link as typed."""

    line: int
    title: Text | None
    url: Text | None


@dataclass(frozen=True)
class DraftOutcome:
    """Where a choice of a checklist ends, as typed."""

    line: int
    text: Text | None
    sources: tuple[DraftSource, ...]
    ticket: Text | None


@dataclass(frozen=True)
class DraftChoice:
    """A choice of a checklist's step as typed."""

    line: int
    label: Text | None
    note: Text | None
    next: Text | None
    outcome: DraftOutcome | None


@dataclass(frozen=True)
class DraftStep:
    """A step of a checklist as typed."""

    line: int
    id: Text | None
    ask: Text | None
    help: Text | None
    choices: tuple[DraftChoice, ...]


@dataclass(frozen=True)
class DraftChecklist:
    """A checklist as typed."""

    line: int
    intro: Text | None
    steps: tuple[DraftStep, ...]


@dataclass(frozen=True)
class Draft:
    """One entry as typed. None and () mean that the field is absent or empty."""

    line: int
    id: Text | None = None
    question: Text | None = None
    answer: Text | None = None
    variants: tuple[Text, ...] = ()
    tags: tuple[Text, ...] = ()
    owner: Text | None = None
    sources: tuple[DraftSource, ...] = ()
    reviewed_at: Text | None = None
    review_by: Text | None = None
    review_days: Text | None = None
    status: Text | None = None
    audience: tuple[Text, ...] = ()  # "public", "internal", or "group: id" and "channel: id"
    checklist: DraftChecklist | None = None


@dataclass
class ProblemList:
    """Collects what is wrong in one file."""

    file: str
    found: list[Problem] = field(default_factory=list)

    def add(self, line: int, message: str) -> None:
        """Note one problem."""
        self.found.append(Problem(self.file, line, message))

    def in_order(self) -> tuple[Problem, ...]:
        """Everything found, from the top of the file to its end."""
        return tuple(sorted(self.found, key=lambda problem: problem.line))


def did_you_mean(word: str, known: tuple[str, ...]) -> str:
    """Advice for an unknown word: the nearest known one, else all of them."""
    close = get_close_matches(word.casefold(), known, n=1, cutoff=0.6)
    return f"Did you mean `{close[0]}`?" if close else f"Known here: {', '.join(known)}."
