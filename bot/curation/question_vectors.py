"""The vectors of what people asked, kept between looks. Apart from those of the index, which drop what it lacks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np

from knowledge.asked import asked_in
from knowledge.protocols import Encoder, Matrix, Transactions
from knowledge.vector_cache import VectorCache, text_key

AT_ONCE = 64
"""Texts encoded between two looks at whether the desk is to stop."""


OF_QUESTIONS = "#questions"
"""What sets their names in the cache apart from those of the index."""


class QuestionVectors:
    """An encoder behind a cache of its own. Safe for several threads; encodes outside of any transaction."""

    def __init__(self, encoder: Encoder, transactions: Transactions) -> None:
        self._encoder = encoder
        self._transactions = transactions

    @cached_property
    def _cache(self) -> VectorCache:
        """Made when it is needed: a model is named after its weights, and hashing them holds up a start."""
        return VectorCache(f"{self._encoder.name}{OF_QUESTIONS}")

    def of(self, texts: Sequence[str]) -> Matrix:
        """One vector of unit length per text, in order. Raises ModelUnavailable."""
        self.prepare(texts, most=len(texts))
        with self._transactions.read() as session:
            known = self._cache.get(session, [text_key(text) for text in texts])
        missing = [text for text in texts if text_key(text) not in known]  # forgotten by another process just now
        known.update(zip(map(text_key, missing), self._encoded(missing), strict=True))
        if not texts:
            return np.zeros((0, self._encoder.dimension), dtype=np.float32)
        return np.stack([known[text_key(text)] for text in texts])

    def once(self, text: str) -> Matrix:
        """The vector of one text, shape (1, dimension); not kept. Raises ModelUnavailable."""
        return self._encoded([text])

    def prepare(self, texts: Iterable[str], most: int = AT_ONCE) -> bool:
        """Encode up to ``most`` of the texts that have no vector yet. Returns whether there are more of them."""
        by_key = {text_key(text): text for text in texts}
        with self._transactions.read() as session:
            known = self._cache.known(session, by_key)
        missing = sorted(by_key.keys() - known)
        for start in range(0, min(len(missing), most), AT_ONCE):
            keys = missing[start : min(start + AT_ONCE, most)]
            vectors = self._encoded([by_key[key] for key in keys])
            with self._transactions.write() as session:
                self._cache.put(session, dict(zip(keys, vectors, strict=True)))
        return len(missing) > most

    def forget_all_but(self, texts: Iterable[str]) -> None:
        """Drop the vectors of all other texts: what somebody wanted forgotten is not kept in another shape."""
        with self._transactions.read() as session:
            stale = self._cache.stale(session, (text_key(text) for text in texts))
        if stale:
            with self._transactions.write() as session:
                self._cache.forget(session, stale)

    def _encoded(self, texts: Sequence[str]) -> Matrix:
        if not texts:
            return np.zeros((0, self._encoder.dimension), dtype=np.float32)
        return self._encoder.encode([asked_in(text).text for text in texts])
