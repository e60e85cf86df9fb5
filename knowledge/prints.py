"""Rough prints of texts, made when the index is built: they tell quickly which two cannot be the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RUN = 3
"""Words in a run (shingle)."""

ALIKE = 0.8
"""Share of their runs that two texts have in common (Jaccard) from which on they are the same text."""

BITS = 1024
"""Bits of a print. Two unlike texts of 1,000 words still differ in a quarter of them."""

_WORDS = 21
"""Bits for a word's number, so that a run fits into 64; of two million words on, some count as the same."""

_SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""Multiplying by it spreads numbers evenly over the highest bits (Fibonacci hashing)."""


class Prints:
    """A print of every text, in arrays. Immutable, safe for several threads."""

    def __init__(self, sizes: NDArray[np.int64], bits: NDArray[np.uint8]) -> None:
        """``sizes``: how many different runs each text has. ``bits``, (texts, BITS / 8): one for each of them."""
        if bits.shape != (len(sizes), BITS // 8):
            raise ValueError("prints that do not fit together")
        self._sizes = sizes
        self._bits = bits

    @classmethod
    def build(cls, texts: Iterable[str]) -> Prints:
        """Of texts, in their order."""
        words: dict[str, int] = {}
        found = [_runs(text, words) for text in texts]
        bits = np.zeros((len(found), BITS), dtype=np.bool_)
        for row, runs in zip(bits, found, strict=True):
            row[(runs * _SPREAD) >> np.uint64(64 - (BITS - 1).bit_length())] = True
        return cls(np.array([len(runs) for runs in found], dtype=np.int64), np.packbits(bits, axis=1))

    def __len__(self) -> int:
        return len(self._sizes)

    def near(self, texts: Sequence[int]) -> set[tuple[int, int]]:
        """Pairs of the texts (by their positions among all, in the order given) that may be alike.

        No others are: a bit that only one text has stands for a run that only that one has.
        """
        sizes = self._sizes[list(texts)].tolist()
        by_size = sorted(range(len(texts)), key=sizes.__getitem__)
        bits = [int.from_bytes(row) for row in self._bits[list(texts)]]
        found = set()
        for place, less in enumerate(by_size):
            for more in by_size[place + 1 :]:
                if sizes[less] < ALIKE * sizes[more]:
                    break
                common = sizes[less] - (bits[less] & ~bits[more]).bit_count()
                if common >= ALIKE * (sizes[less] + sizes[more] - common):
                    found.add((texts[min(less, more)], texts[max(less, more)]))
        return found

    def save(self, file: Path) -> None:
        """Write both arrays as .npz."""
        with file.open("wb") as out:
            np.savez(out, sizes=self._sizes, bits=self._bits)

    @classmethod
    def load(cls, file: Path) -> Prints:
        """Read what ``save`` wrote. Raises ValueError, KeyError or OSError."""
        with np.load(file, allow_pickle=False) as arrays:
            return cls(arrays["sizes"], arrays["bits"])


def runs_of(text: str) -> frozenset[tuple[str, ...]]:
    """The runs of words of a text; a shorter text is one run."""
    words = text.lower().split()
    return frozenset(tuple(words[at : at + RUN]) for at in range(max(len(words) - RUN + 1, 1)))


def _runs(text: str, words: dict[str, int]) -> NDArray[np.uint64]:
    """The same as numbers; ``words`` holds the words met so far, each with its number, and gets the new ones."""
    said = [words.setdefault(word, len(words) + 1) for word in text.lower().split()]
    said += [0] * (RUN - len(said))
    numbers = np.array(said, dtype=np.uint64) & np.uint64((1 << _WORDS) - 1)
    runs = np.zeros(len(said) - RUN + 1, dtype=np.uint64)
    for place in range(RUN):
        runs = (runs << np.uint64(_WORDS)) | numbers[place : len(said) - RUN + 1 + place]
    return np.unique(runs)
