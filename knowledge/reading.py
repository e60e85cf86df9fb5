"""Sections as they are quoted: their sentences, and which of them hold a term. Worked out when the index is built."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from knowledge.prose import Sentence, Shape

Terms = Callable[[str], Iterable[str]]

_SHAPES = {shape.value: shape for shape in Shape}


@dataclass(frozen=True)
class Reading:
    """``terms`` has, for each sentence, its terms with a space before and after each."""

    parts: tuple[Sentence, ...]
    terms: tuple[str, ...]

    def holders(self, term: str) -> list[int]:
        """The positions of the sentences that hold a term."""
        spaced = f" {term} "
        if spaced not in self.together:
            return []
        return [place for place, terms in enumerate(self.terms) if spaced in terms]

    @cached_property
    def together(self) -> str:
        """The terms of all sentences."""
        return "".join(self.terms)


class Readings:
    """One reading per target, an empty one for an entry. Each is kept as a line of JSON until it is asked for:

    a question needs a dozen of them, and all of them are slow to unpack. Immutable, safe for several threads.
    """

    def __init__(self, lines: Sequence[bytes]) -> None:
        self._lines = lines

    @classmethod
    def build(cls, sections: Iterable[Sequence[Sentence]], terms: Terms) -> Readings:
        """From the sentences of every target; ``terms`` are those of a text, as the lexical index has them."""
        return cls([_packed(parts, terms) for parts in sections])

    def __len__(self) -> int:
        return len(self._lines)

    def of(self, target: int) -> Reading:
        """The reading of the target at a position."""
        rows = json.loads(self._lines[target])
        parts = (Sentence(plain, raw, _SHAPES[shape], block, head) for plain, raw, shape, block, head, _ in rows)
        return Reading(tuple(parts), tuple(row[-1] for row in rows))

    def save(self, file: Path) -> None:
        """Write the lines."""
        file.write_bytes(b"\n".join(self._lines))

    @classmethod
    def load(cls, file: Path) -> Readings:
        """Read what ``save`` wrote; the caller has checked the file's hash."""
        data = file.read_bytes()
        return cls(data.split(b"\n") if data else [])


def _packed(parts: Sequence[Sentence], terms: Terms) -> bytes:
    rows = [
        [part.plain, part.markdown, part.shape.value, part.block, part.head, f" {' '.join(terms(part.plain))} "]
        for part in parts
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()
