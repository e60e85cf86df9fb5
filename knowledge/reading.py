"""Sections as they are quoted: their sentences, and which of them hold a term. Worked out when the index is built."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from knowledge.prose import Sentence
from knowledge.units import runs

Terms = Callable[[str], Iterable[str]]


@dataclass(frozen=True)
class Reading:
    """A section's sentences in columns, one value per sentence (see Sentence): quick to unpack and to choose from.

    ``terms`` are the section's, tabs between, each with the sentences that hold it (list:0,2). ``covered`` has, for
    each sentence, the first of the section's runs that hold it and the one after the last (neighbours, never none).
    """

    plain: Sequence[str]
    markdown: Sequence[str]
    shapes: Sequence[str]
    blocks: Sequence[int]
    heads: Sequence[str]
    terms: str
    covered: Sequence[Sequence[int]]

    def __len__(self) -> int:
        return len(self.plain)

    @classmethod
    def of(cls, parts: Sequence[Sentence], terms: Terms) -> Reading:
        """Of sentences; ``terms`` are those of a text, as the lexical index has them."""
        return cls(
            plain=[part.plain for part in parts],
            markdown=[part.markdown for part in parts],
            shapes=[part.shape.value for part in parts],
            blocks=[part.block for part in parts],
            heads=[part.head for part in parts],
            terms=_held(terms(part.plain) for part in parts),
            covered=_covered(parts),
        )

    def holders(self, term: str) -> Iterable[int]:
        """The positions of the sentences that hold a term."""
        found = self._holders.get(term)
        return map(int, found.split(",")) if found else ()

    @cached_property
    def _holders(self) -> dict[str, str]:
        pairs = (held.rpartition(":") for held in self.terms.split("\t") if held)
        return {term: places for term, _, places in pairs}


class Readings:
    """One reading per target, an empty one for an entry. Each is kept as a line of JSON until it is asked for:

    a question needs a dozen of them, and all of them are slow to unpack. Immutable, safe for several threads.
    """

    def __init__(self, lines: Sequence[bytes]) -> None:
        self._lines = lines

    @classmethod
    def build(cls, sections: Iterable[Sequence[Sentence]], terms: Terms) -> Readings:
        """From the sentences of every target; ``terms`` as in Reading."""
        return cls([_packed(Reading.of(parts, terms)) for parts in sections])

    def __len__(self) -> int:
        return len(self._lines)

    def of(self, target: int) -> Reading:
        """The reading of the target at a position."""
        return Reading(**json.loads(self._lines[target]))

    def save(self, file: Path) -> None:
        """Write the lines."""
        file.write_bytes(b"\n".join(self._lines))

    @classmethod
    def load(cls, file: Path) -> Readings:
        """Read what ``save`` wrote; the caller has checked the file's hash."""
        data = file.read_bytes()
        return cls(data.split(b"\n") if data else [])


def _packed(reading: Reading) -> bytes:
    return json.dumps(asdict(reading), ensure_ascii=False, separators=(",", ":")).encode()


def _held(terms: Iterable[Iterable[str]]) -> str:
    holders: dict[str, list[str]] = {}
    for place, found in enumerate(terms):
        for term in dict.fromkeys(found):
            holders.setdefault(term, []).append(str(place))
    return "\t".join(f"{term}:{','.join(places)}" for term, places in holders.items())


def _covered(parts: Sequence[Sentence]) -> list[tuple[int, int]]:
    """Per sentence: its runs. Both ends of runs rise along the section, so these stand together."""
    found = [(0, 0)] * len(parts)
    for run, (first, last) in enumerate(runs(parts)):
        for place in range(first, last + 1):
            found[place] = (found[place][0] if found[place][1] else run, run + 1)
    return found
