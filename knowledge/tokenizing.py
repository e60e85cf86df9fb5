"""Texts into word pieces and padded batches of them: the one module of tokenizers."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

TOKEN_BUDGET = 1024
"""Word pieces per forward pass, padding included. Measured on one core: 512 and 1,024 were equally fast, 2,048 to

8,192 were 10 to 20 % slower (the activations no longer fit the core's cache).
"""

_FILE = "tokenizer.json"


def can_tokenize(folder: Path) -> bool:
    """Whether the model's folder holds a tokenizer that needs no other library."""
    return (folder / _FILE).is_file()


class Tokenizing:
    """The tokenizer of one model, on one thread. Several threads may use it at once."""

    def __init__(self, folder: Path, max_length: int) -> None:
        os.environ["TOKENIZERS_PARALLELISM"] = "false"  # its threads deadlock after a fork, and gain little
        from tokenizers import Tokenizer

        self._tokenizer: Any = Tokenizer.from_file(str(folder / _FILE))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_length)

    def pieces(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text's word pieces with the model's special ones, cut at the model's length."""
        return [list(found.ids) for found in self._tokenizer.encode_batch_fast(list(texts))]


def batches(lengths: Sequence[int], budget: int = TOKEN_BUDGET) -> Iterator[list[int]]:
    """Positions grouped into batches, longest first: similar lengths together, at most ``budget`` padded pieces each.

    Every position comes exactly once; a text longer than the budget gets a batch of its own.
    """
    batch: list[int] = []
    for position in sorted(range(len(lengths)), key=lambda position: -lengths[position]):
        if batch and (len(batch) + 1) * lengths[batch[0]] > budget:
            yield batch
            batch = []
        batch.append(position)
    if batch:
        yield batch


def padded(pieces: Sequence[Sequence[int]]) -> tuple[Integers, Integers]:
    """Ids and attention mask, both of shape (texts, longest); the padding's id does not matter, its mask is 0."""
    longest = max(len(ids) for ids in pieces)
    ids = np.zeros((len(pieces), longest), dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, found in enumerate(pieces):
        ids[row, : len(found)] = found
        mask[row, : len(found)] = 1
    return ids, mask
