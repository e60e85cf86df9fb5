"""A classifier over the FAQ's entries by words and pieces of words: it reads names and codes that vectors blur.

Multinomial logistic regression on hashed letter runs and words, weighted by rarity. It is added to the one on vectors
(see knowledge.head) where entries have phrasings enough: below that it learns the phrasings by heart.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.protocols import Matrix
from knowledge.softmax import softmax

DIMENSIONS = 8192
"""Features are hashed into so many columns; twice as many changed nothing."""

LEAST_PER_ENTRY = 8.0
"""Mean phrasings per entry below which nothing is learned: with five, phrasings held back were found less often."""

MOST_ENTRIES = 2_000
"""32 MB of weights."""

SHORTEST, LONGEST = 3, 5
"""Length of letter runs, within words."""

SHARPNESS, PENALTY = 8.0, 1e-4
EPOCHS, BATCH, RATE, MOMENTUM = 16, 256, 0.12, 0.9
LEAST_STEPS, MOST_STEPS = 150, 600

_WORD = re.compile(r"\w+")

Labels = NDArray[np.int64]


@dataclass(frozen=True)
class WordHead:
    """``weights`` has shape (DIMENSIONS, entries), float16; ``rarity`` (DIMENSIONS,) is what a feature counts."""

    weights: NDArray[np.float16]
    rarity: Matrix

    def logits(self, text: str) -> Matrix:
        """One log-odds per entry for a question's words; zeros for a text without any."""
        columns, values = _features(text, self.rarity)
        found: Matrix = SHARPNESS * (values @ self.weights[columns].astype(np.float32))
        return found

    def save(self, file: Path) -> None:
        """Write both arrays as .npz."""
        with file.open("wb") as out:
            np.savez(out, weights=self.weights, rarity=self.rarity)

    @classmethod
    def load(cls, file: Path) -> WordHead:
        """Read what ``save`` wrote. Raises ValueError, KeyError or OSError."""
        with np.load(file, allow_pickle=False) as arrays:
            return cls(arrays["weights"].astype(np.float16), arrays["rarity"].astype(np.float32))


def is_worth_words(phrasings: int, entries: int) -> bool:
    """Whether there is enough to learn words from, and not too much to keep."""
    return 1 < entries <= MOST_ENTRIES and phrasings >= LEAST_PER_ENTRY * entries


def trained_word_head(texts: Sequence[str], labels: Labels, entries: int) -> WordHead:
    """The head for phrasings with their entries' positions (0 to ``entries`` - 1); the same for the same input.

    Seconds for 15,000 phrasings of 150 entries.
    """
    from scipy.sparse import csr_matrix

    rarity = _rarity(texts)
    rows = [_features(text, rarity) for text in texts]
    starts = np.concatenate([[0], np.cumsum([len(columns) for columns, _ in rows])])
    columns, values = (np.concatenate(parts) for parts in zip(*rows, strict=True))
    inputs = csr_matrix((SHARPNESS * values, columns, starts), shape=(len(texts), DIMENSIONS), dtype=np.float32)
    return WordHead(_descended(inputs, labels, entries).astype(np.float16), rarity)


def _descended(inputs: Any, labels: Labels, entries: int) -> Matrix:  # noqa: ANN401 - scipy has no types
    """Stochastic gradient descent with momentum, its rate falling to zero."""
    rng = np.random.default_rng(7)
    weights = np.zeros((DIMENSIONS, entries), dtype=np.float32)
    speed = np.zeros_like(weights)
    steps = min(max(EPOCHS * -(-len(labels) // BATCH), LEAST_STEPS), MOST_STEPS)
    for step in range(steps):
        rows = rng.integers(0, len(labels), min(BATCH, len(labels)))
        batch = inputs[rows]
        chances = softmax(batch @ weights)
        chances[np.arange(len(rows)), labels[rows]] -= 1.0
        rate = RATE * (1.0 - step / steps)
        speed *= MOMENTUM
        speed -= rate * (batch.T @ (chances / len(rows)))
        speed -= rate * PENALTY * weights
        weights += speed
    return weights


def _rarity(texts: Sequence[str]) -> Matrix:
    """Inverse document frequency, smoothed as if there were one text more that holds everything."""
    counts = np.zeros(DIMENSIONS)
    for text in texts:
        counts[list({_column(feature) for feature in _said(text)})] += 1
    rarity: Matrix = (np.log((1 + len(texts)) / (1 + counts)) + 1).astype(np.float32)
    return rarity


def _features(text: str, rarity: Matrix) -> tuple[NDArray[np.int64], Matrix]:
    """Columns and values of a text: logarithm of the count times rarity, at length 1."""
    counts = Counter(_column(feature) for feature in _said(text))
    columns = np.fromiter(counts, dtype=np.int64, count=len(counts))
    values = (1 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))) * rarity[columns]
    length = np.linalg.norm(values)
    return columns, (values / length if length > 0 else values).astype(np.float32)


def _column(feature: str) -> int:
    return zlib.crc32(feature.encode()) % DIMENSIONS


def _said(text: str) -> Iterator[str]:
    """Letter runs of each word, its ends marked; words; pairs of words."""
    words = _WORD.findall(text.lower())
    for word in words:
        marked = f" {word} "
        for length in range(SHORTEST, LONGEST + 1):
            if len(marked) <= length:
                yield marked
                break
            yield from (marked[start : start + length] for start in range(len(marked) - length + 1))
        yield f"w:{word}"
    yield from (f"b:{first} {second}" for first, second in zip(words, words[1:], strict=False))
