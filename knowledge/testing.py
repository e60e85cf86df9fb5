"""Doubles we own, for tests and for the demo without a model."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence

import numpy as np

from knowledge.lexical_index import terms_of
from knowledge.protocols import Codes, Matrix
from knowledge.stopwords import STOPWORDS
from knowledge.token_codes import codes_of

DIMENSION = 256
_WORD = re.compile(r"[a-z0-9]+")


class HashingEncoder:
    """An Encoder without a model: texts that share words, or parts of words, get similar vectors.

    Deterministic across processes and platforms. ``name`` may be set, to play another model.
    """

    def __init__(self, name: str = "hashing@1", dimension: int = DIMENSION) -> None:
        self._name = name
        self._dimension = dimension
        self.encoded = 0
        """How many texts were encoded so far, for tests of caching."""

    @property
    def name(self) -> str:
        """See Encoder."""
        return self._name

    @property
    def dimension(self) -> int:
        """See Encoder."""
        return self._dimension

    def warm_up(self) -> None:
        """Nothing to load."""

    def encode(self, texts: Sequence[str]) -> Matrix:
        """See Encoder."""
        self.encoded += len(texts)
        vectors = np.zeros((len(texts), self._dimension), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for feature, weight in _features(text):
                digest = hashlib.blake2b(feature.encode("utf-8"), digest_size=8).digest()
                number = int.from_bytes(digest, "little")
                row[number % self._dimension] += weight if number >> 63 else -weight
            length = float(np.linalg.norm(row))
            if length > 0:
                row /= length
            else:
                row[0] = 1.0
        return vectors


class HashingTokenEncoder(HashingEncoder):
    """A HashingEncoder that tells word pieces too: its words."""

    def encode_tokens(self, texts: Sequence[str]) -> tuple[Matrix, list[Codes]]:
        """See TokenEncoder."""
        return self.encode(texts), [codes_of(self._words(text), None) for text in texts]

    def _words(self, text: str) -> Matrix:
        words = _WORD.findall(text.lower())
        return HashingEncoder(dimension=self._dimension).encode(words)


def _features(text: str) -> Iterator[tuple[str, float]]:
    """Stemmed words, and the three-letter pieces of each word so that misspelt words stay close."""
    for term in set(terms_of(text)):
        yield f"w:{term}", 1.0
    for word in set(_WORD.findall(text.lower())):
        if word in STOPWORDS:
            yield f"s:{word}", 0.1
            continue
        padded = f" {word} "
        for start in range(len(padded) - 2):
            yield f"g:{padded[start : start + 3]}", 0.3
