"""A classifier over the FAQ's entries, learned from their phrasings: which entry asks like this?

Multinomial logistic regression on the phrasings' vectors (numpy only). The nearest phrasing knows one way of asking;
the head weighs all of them and what sets entries apart. It needs several phrasings per entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.protocols import Matrix

LEAST_PER_ENTRY = 4.0
"""Mean phrasings per entry below which nothing is learned: the nearest phrasing then says as much."""

SHARPNESS = 10.0
"""What unit vectors are multiplied with, so that the penalty suits weights of about one."""

PENALTY = 1e-4
EPOCHS, BATCH, RATE, MOMENTUM = 16, 256, 0.12, 0.9
"""Found by holding phrasings back (three public intent sets): accuracy is flat around these."""

Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Head:
    """``weights`` has shape (dimension + 1, entries), the last row is the bias. Column i stands for target i."""

    weights: Matrix

    def logits(self, vector: Matrix) -> Matrix:
        """One log-odds per entry for a question's vector: comparable between questions."""
        found: Matrix = SHARPNESS * (vector @ self.weights[:-1]) + self.weights[-1]
        return found

    def save(self, file: Path) -> None:
        """Write the weights as .npy."""
        np.save(file, self.weights, allow_pickle=False)

    @classmethod
    def load(cls, file: Path) -> Head:
        """Read what ``save`` wrote. Raises ValueError or OSError."""
        return cls(np.asarray(np.load(file, allow_pickle=False), dtype=np.float32))


def trained_head(vectors: Matrix, labels: Labels, entries: int) -> Head | None:
    """The head for phrasings with their entries' positions (0 to ``entries`` - 1); the same for the same input.

    None when there is too little to learn from. About two seconds for 15,000 phrasings of 150 entries.
    """
    if entries < 2 or len(labels) < LEAST_PER_ENTRY * entries:  # noqa: PLR2004 - one entry is no choice
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
    return Head(weights)


def softmax(scores: Matrix) -> Matrix:
    """Chances that add up to 1 along the last axis."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    chances: Matrix = powers / powers.sum(axis=-1, keepdims=True)
    return chances
