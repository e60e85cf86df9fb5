"""What is embedded: phrasings of an entry, its question with the answer, windows and short runs of a section."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.domain import HitKind
from knowledge.prose import Sentence, plain, sentences
from knowledge.targets import Target

WINDOW_WORDS = 120
"""About what the default model reads well in one go (it truncates at 256 word pieces)."""

RUN_WORDS = 12
"""A run is two sentences, and more while they are shorter than this together (list items, table rows)."""


class UnitKind(StrEnum):
    """What a unit covers."""

    PHRASING = "phrasing"  # one way to ask for an entry
    WHOLE = "whole"  # an entry's question with its answer
    WINDOW = "window"  # some 120 words of a section under its heading path
    RUN = "run"  # a sentence or two of a section on their own


@dataclass(frozen=True)
class Span:
    """What one vector stands for: which target (its position) and which part of it.

    ``first`` to ``last`` (included) are sentences of a passage, or the position of an entry's phrasing (twice).
    """

    target: int
    kind: UnitKind
    first: int
    last: int


KINDS = tuple(UnitKind)
"""A kind's place here stands for it in Spans."""


class Spans:
    """The spans of all vectors in one array, for searching and for quick loading: shape (units, 4), one row a span:

    target, place of the kind in KINDS, first, last. Rows of one target stand together, in the order of the targets.
    """

    def __init__(self, rows: NDArray[np.int32]) -> None:
        if rows.ndim != 2 or rows.shape[1] != len(_COLUMNS):  # noqa: PLR2004
            raise ValueError("an array that holds no spans")
        self._rows = rows

    @classmethod
    def of(cls, spans: Iterable[Span]) -> Spans:
        """The spans, in their order."""
        rows = [(span.target, KINDS.index(span.kind), span.first, span.last) for span in spans]
        return cls(np.array(rows, dtype=np.int32).reshape(len(rows), len(_COLUMNS)))

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, unit: int) -> Span:
        target, kind, first, last = self._rows[unit].tolist()
        return Span(target, KINDS[kind], first, last)

    @property
    def targets(self) -> NDArray[np.int32]:
        """Each unit's target."""
        return self._rows[:, 0]

    @property
    def kinds(self) -> NDArray[np.int32]:
        """The place of each unit's kind in KINDS."""
        return self._rows[:, 1]

    @property
    def sentences(self) -> NDArray[np.int32]:
        """Each unit's first and last, shape (units, 2)."""
        return self._rows[:, 2:]

    def save(self, file: Path) -> None:
        """Write the array as .npy."""
        np.save(file, self._rows, allow_pickle=False)

    @classmethod
    def load(cls, file: Path) -> Spans:
        """Read what ``save`` wrote. Raises ValueError."""
        return cls(np.load(file, allow_pickle=False))


_COLUMNS = ("target", "kind", "first", "last")


@dataclass(frozen=True)
class Unit:
    """One text that gets one vector."""

    span: Span
    text: str


Sections = Sequence[Sequence[Sentence]]


def sections_of(targets: Sequence[Target]) -> Sections:
    """Each target's sentences; none of an entry."""
    return [() if target.kind is HitKind.ENTRY else sentences(target.text) for target in targets]


def units_of(targets: Sequence[Target], sections: Sections | None = None) -> tuple[Unit, ...]:
    """The units of all targets, in the order of the targets; ``sections``: their sentences, where they are known."""
    found: list[Unit] = []
    known = sections_of(targets) if sections is None else sections
    for position, (target, parts) in enumerate(zip(targets, known, strict=True)):
        is_entry = target.kind is HitKind.ENTRY
        found.extend(_of_entry(position, target) if is_entry else _of_passage(position, target, parts))
    return tuple(found)


def _of_entry(position: int, target: Target) -> Iterator[Unit]:
    for index, phrasing in enumerate(target.phrasings):
        yield Unit(Span(position, UnitKind.PHRASING, index, index), phrasing)
    yield Unit(Span(position, UnitKind.WHOLE, 0, 0), f"{target.title}\n{plain(target.text)}")


def _of_passage(position: int, target: Target, parts: Sequence[Sentence]) -> Iterator[Unit]:
    trail = " › ".join(target.trail)
    for first, last in windows(parts):
        body = " ".join(part.plain for part in parts[first : last + 1])
        yield Unit(Span(position, UnitKind.WINDOW, first, last), f"{trail}\n{body}")
    for first, last in runs(parts):
        body = " ".join(part.plain for part in parts[first : last + 1])
        yield Unit(Span(position, UnitKind.RUN, first, last), body)


def windows(parts: Sequence[Sentence]) -> Iterator[tuple[int, int]]:
    """Spans (first, last sentence included) of about WINDOW_WORDS, each beginning half way through the one before."""
    lengths = [len(part.plain.split()) for part in parts]
    first = 0
    while first < len(parts):
        last, words = first, lengths[first]
        while last + 1 < len(parts) and words + lengths[last + 1] <= WINDOW_WORDS:
            last += 1
            words += lengths[last]
        yield first, last
        if last + 1 >= len(parts):
            return
        skipped, half = 0, max(words // 2, 1)
        while skipped < half and first < last + 1:
            skipped += lengths[first]
            first += 1


def runs(parts: Sequence[Sentence]) -> Iterator[tuple[int, int]]:
    """Spans of two sentences or more (RUN_WORDS), beginning at every sentence; the last may be a single one."""
    lengths = [len(part.plain.split()) for part in parts]
    reached = -1
    for first in range(len(parts)):
        last = min(first + 1, len(parts) - 1)
        while last + 1 < len(parts) and sum(lengths[first : last + 1]) < RUN_WORDS:
            last += 1
        if last > reached:
            yield first, last
            reached = last
