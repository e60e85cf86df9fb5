"""What is matched by words: each phrasing of an entry, its answer, and each section under its headings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge.domain import HitKind
from knowledge.prose import plain
from knowledge.targets import Target

WHOLE = -1
"""Stands for the whole target where a phrasing's position would be."""

TRAIL_WEIGHT = 2
"""How often titles and headings are counted: what a section is about stands there, often nowhere else."""


@dataclass(frozen=True)
class LexicalText:
    """Which target (its position), and which of its phrasings (or WHOLE), a text of the lexical index stands for."""

    target: int
    phrasing: int


def lexical_texts(targets: Sequence[Target]) -> Iterator[tuple[LexicalText, str]]:
    """Every text to index, in the order of the targets."""
    for position, target in enumerate(targets):
        if target.kind is HitKind.ENTRY:
            for index, phrasing in enumerate(target.phrasings):
                yield LexicalText(position, index), phrasing
            yield LexicalText(position, WHOLE), f"{target.title}\n{plain(target.text)}"
        else:
            trail = " ".join(target.trail)
            yield LexicalText(position, WHOLE), "\n".join([*[trail] * TRAIL_WEIGHT, plain(target.text)])
