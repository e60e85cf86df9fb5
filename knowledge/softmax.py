"""Scores as chances."""

from __future__ import annotations

import numpy as np

from knowledge.protocols import Matrix


def softmax(scores: Matrix) -> Matrix:
    """Chances that add up to 1 along the last axis."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    chances: Matrix = powers / powers.sum(axis=-1, keepdims=True)
    return chances
