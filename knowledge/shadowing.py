"""Entries that compete for the same questions, and phrasings of one entry that say the same twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.domain import Entry, EntryStatus
from knowledge.protocols import Matrix

SHADOWED = 0.80
"""Cosine of two phrasings from which on their entries compete. See docs/RANKING.md for how often that is so."""

SAME = 0.97
"""Cosine from which on two phrasings of one entry are the same question: the second adds nothing to searching."""

Vectors = Callable[[Sequence[str]], Matrix]
"""Vectors of unit length for texts, one row each."""


@dataclass(frozen=True)
class Shadow:
    """A phrasing that is much like ``other``, a phrasing of the entry ``entry_id``, which answers differently."""

    phrasing: str
    entry_id: str
    other: str
    likeness: float


@dataclass(frozen=True)
class Twin:
    """A phrasing that repeats ``keeps``, an earlier one of the same entry."""

    phrasing: str
    keeps: str
    likeness: float


def shadows(entry: Entry, others: Sequence[Entry], vectors: Vectors) -> tuple[Shadow, ...]:
    """The closest pair of phrasings for each published entry that competes with this one, closest entry first."""
    rivals = [other for other in others if _competes(entry, other)]
    theirs = [(other.id, text) for other in rivals for text in phrasings(other)]
    if not theirs:
        return ()
    mine = phrasings(entry)
    cosines = vectors(mine) @ vectors([text for _, text in theirs]).T
    best: dict[str, Shadow] = {}
    for row, column in np.argwhere(cosines >= SHADOWED):
        entry_id, text = theirs[column]
        found = Shadow(mine[row], entry_id, text, min(float(cosines[row, column]), 1.0))
        if entry_id not in best or found.likeness > best[entry_id].likeness:
            best[entry_id] = found
    return tuple(sorted(best.values(), key=lambda shadow: (-shadow.likeness, shadow.entry_id)))


def twins(entry: Entry, vectors: Vectors) -> tuple[Twin, ...]:
    """The variants that may go, each with what it repeats. The question itself always stays."""
    texts = phrasings(entry)
    cosines = (rows := vectors(texts)) @ rows.T
    found: list[Twin] = []
    kept = [0]
    for place in range(1, len(texts)):
        near = max(kept, key=lambda other: cosines[place, other])
        if cosines[place, near] >= SAME:
            found.append(Twin(texts[place], texts[near], min(float(cosines[place, near]), 1.0)))
        else:
            kept.append(place)
    return tuple(found)


def phrasings(entry: Entry) -> list[str]:
    """An entry's question and variants, each once."""
    return list(dict.fromkeys((entry.question, *entry.variants)))


def _competes(entry: Entry, other: Entry) -> bool:
    """The same answer twice is no conflict, and what is not searched takes nobody's question."""
    same = " ".join(entry.answer.split()) == " ".join(other.answer.split())
    return other.id != entry.id and other.status is EntryStatus.PUBLISHED and not same
