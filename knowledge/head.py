"""A classifier over the FAQ's entries, learned from their phrasings: which entry asks like this?

Multinomial logistic regression on the phrasings' vectors (numpy only). The nearest phrasing knows one way of asking;
the head weighs all of them and what sets entries apart. It needs several phrasings per entry. Where there are many, a
second one that reads words (see knowledge.word_head) is added to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.protocols import Matrix
from knowledge.softmax import softmax
from knowledge.word_head import WordHead, is_worth_words, trained_word_head

LEAST_PER_ENTRY = 4.0
"""Mean phrasings per entry below which nothing is learned: the nearest phrasing then says as much."""

SHARPNESS = 10.0
"""What unit vectors are multiplied with, so that the penalty suits weights of about one."""

PENALTY = 1e-4
EPOCHS, BATCH, RATE, MOMENTUM = 16, 256, 0.12, 0.9
"""Found by holding phrasings back (three public intent sets): accuracy is flat around these."""

WORDS = 0.35
"""What the log-odds of the words count next to those of the vectors; .25 to .5 is as good (phrasings held back)."""

Labels = NDArray[np.int64]

_VECTORS, _WORDS = "vectors.npy", "words.npz"


@dataclass(frozen=True)
class Head:
    """``weights`` has shape (dimension + 1, entries), the last row is the bias. Column i stands for target i."""

    weights: Matrix
    words: WordHead | None = None

    def logits(self, vector: Matrix, text: str) -> Matrix:
        """One log-odds per entry for a question's vector and words: comparable between questions."""
        found: Matrix = SHARPNESS * (vector @ self.weights[:-1]) + self.weights[-1]
        return found if self.words is None else found + WORDS * self.words.logits(text)

    def save(self, folder: Path) -> None:
        """Write the weights into a folder of their own."""
        np.save(folder / _VECTORS, self.weights, allow_pickle=False)
        if self.words is not None:
            self.words.save(folder / _WORDS)

    @classmethod
    def load(cls, folder: Path) -> Head:
        """Read what ``save`` wrote. Raises ValueError, KeyError or OSError."""
        words = WordHead.load(folder / _WORDS) if (folder / _WORDS).exists() else None
        return cls(np.asarray(np.load(folder / _VECTORS, allow_pickle=False), dtype=np.float32), words)


@dataclass(frozen=True)
class Learned:
    """What is learned: from vectors, and from words besides."""

    vectors: bool
    words: bool

    @classmethod
    def from_so_many(cls, phrasings: int, entries: int) -> Learned:
        """What so many phrasings of so many entries are enough for."""
        return cls(entries > 1 and phrasings >= LEAST_PER_ENTRY * entries, is_worth_words(phrasings, entries))

    @classmethod
    def like(cls, head: Head | None) -> Learned:
        """What that head has learned."""
        return cls(head is not None, head is not None and head.words is not None)


def trained_head(
    vectors: Matrix, texts: Sequence[str], labels: Labels, entries: int, learned: Learned | None = None
) -> Head | None:
    """The head for phrasings with their entries' positions (0 to ``entries`` - 1); the same for the same input.

    ``learned``: from what, where it is not for their number to say; None when from nothing. About two seconds for
    15,000 phrasings of 150 entries.
    """
    learned = learned or Learned.from_so_many(len(labels), entries)
    if not learned.vectors:
        return None
    rng = np.random.default_rng(7)
    inputs = np.hstack([SHARPNESS * vectors, np.ones((len(vectors), 1), dtype=np.float32)])
    weights = np.zeros((inputs.shape[1], entries), dtype=np.float32)
    speed = np.zeros_like(weights)
    steps = max(EPOCHS * -(-len(labels) // BATCH), 150)
    for step in range(steps):
        rows = rng.integers(0, len(labels), min(BATCH, len(labels)))
        chances = softmax(inputs[rows] @ weights)
        chances[np.arange(len(rows)), labels[rows]] -= 1.0
        slope = inputs[rows].T @ chances / len(rows) + PENALTY * weights
        rate = RATE * (1.0 - step / steps)
        speed = MOMENTUM * speed - rate * slope
        weights += speed
    return Head(weights, trained_word_head(texts, labels, entries) if learned.words else None)
