"""Passages compared with a question word piece by word piece. Immutable; safe for several threads."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.onnx_session import open_session
from knowledge.protocols import Codes, Matrix, Positions
from knowledge.token_codes import SCALE

MOST = 4_000_000
"""Word pieces kept at most (some 15,000 long sections, 400 MB on disk); larger collections do without."""

ZERO = 128
"""What stands for 0 in a byte without a sign, which processors multiply quickly and none of them inexactly."""

Bytes = NDArray[np.uint8]
Products = Callable[[Bytes, Codes], NDArray[np.int32]]

PRODUCTS = Path(__file__).parent / "data" / "byte_products.onnx"
"""A graph of one operator: products of bytes, three times as fast as those of the same numbers as floats."""

SIGNED = PRODUCTS.with_name("signed_products.onnx")
"""The same with the question's bytes signed: a third less time, where the processor does not cut its sums."""

_CODES, _STARTS = "codes.npy", "starts.npy"


class TokenIndex:
    """The codes of every target's word pieces; a target without any (an entry) matches nothing."""

    def __init__(self, codes: Bytes, starts: NDArray[np.int64]) -> None:
        """All targets' codes, plus ZERO, after one another; target t's are ``codes[starts[t]:starts[t + 1]]``."""
        if codes.ndim != 2 or codes.dtype != np.uint8 or int(starts[-1]) != len(codes):  # noqa: PLR2004
            raise ValueError("word pieces that do not fit together")
        self._codes = codes
        self._starts = starts

    @classmethod
    def build(cls, owners: Sequence[int], pieces: Sequence[Codes], targets: int) -> TokenIndex | None:
        """From texts' codes and the targets (positions, ascending) they belong to; None when there are too many."""
        if not pieces or sum(len(codes) for codes in pieces) > MOST:
            return None
        lengths = np.bincount(owners, weights=[len(codes) for codes in pieces], minlength=targets)
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        return cls(as_bytes(np.concatenate(pieces)), starts)

    @property
    def targets(self) -> int:
        """How many targets there are, with word pieces or without."""
        return len(self._starts) - 1

    def matches(self, question: Codes, targets: Positions) -> Matrix:
        """Per target: how well it holds the question's word pieces: the mean of each one's best cosine, -1 to 1.

        0 for a target (or question) without word pieces.
        """
        starts, ends = self._starts[targets], self._starts[targets + 1]
        held = np.flatnonzero(ends > starts)
        result: Matrix = np.zeros(len(targets), dtype=np.float32)
        if not len(held) or not len(question):
            return result
        spans = zip(starts[held].tolist(), ends[held].tolist(), strict=True)
        block = np.concatenate([self._codes[start:end] for start, end in spans])
        lengths = ends[held] - starts[held]
        best = np.maximum.reduceat(self._products(block, question), np.cumsum(lengths) - lengths, axis=0)
        result[held] = best.sum(axis=1) / (len(question) * SCALE**2)
        return result

    @cached_property
    def _products(self) -> Products:
        """Products of bytes with a question's: by the quicker graph where it is right at its worst."""
        signed = open_session(SIGNED)
        most = {"a": np.full((32, 64), 255, dtype=np.uint8), "b": np.full((64, 16), 127, dtype=np.int8)}
        if (signed.run(None, most)[0] == (255 - ZERO) * 127 * 64).all():
            return lambda block, codes: signed.run(None, {"a": block, "b": np.ascontiguousarray(codes.T)})[0]
        session = open_session(PRODUCTS)
        return lambda block, codes: session.run(None, {"a": block, "b": np.ascontiguousarray(as_bytes(codes).T)})[0]

    def save(self, folder: Path) -> None:
        """Write two .npy files into a folder of its own."""
        np.save(folder / _CODES, self._codes, allow_pickle=False)
        np.save(folder / _STARTS, self._starts, allow_pickle=False)

    @classmethod
    def load(cls, folder: Path) -> TokenIndex:
        """Read what ``save`` wrote; the codes stay on disk and are read as they are needed. Raises ValueError."""
        # Windows cannot delete a mapped file with its old generation.
        codes = np.load(folder / _CODES, mmap_mode=None if os.name == "nt" else "r", allow_pickle=False)
        return cls(np.asarray(codes), np.load(folder / _STARTS, allow_pickle=False))


def as_bytes(codes: Codes) -> Bytes:
    """Codes plus ZERO, without a sign."""
    found: Bytes = codes.view(np.uint8) ^ np.uint8(ZERO)
    return found
