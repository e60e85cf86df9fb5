"""Vectors for many texts: from the cache where they are known, from the encoder where not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from knowledge.protocols import BulkEncoder, Codes, Encoder, Matrix, Positions, TokenEncoder, Transactions
from knowledge.vector_cache import VectorCache, text_key

PIECE = 512
"""Texts between two writes to the cache: what an interrupted build keeps, and how long the writer's turn is free."""

Progress = Callable[[int, int], None]
"""Called with (texts done, texts in all), now and then."""


class Embedding:
    """The encoder behind its cache. Encoding happens outside of any transaction."""

    def __init__(self, encoder: Encoder, transactions: Transactions) -> None:
        self._encoder = encoder
        self._transactions = transactions

    def vectors(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
        """One vector per text, in order. Only texts never seen before are encoded, and then kept."""
        if not texts:
            return np.zeros((0, 0), dtype=np.float32)
        cache = VectorCache(self._encoder.name)
        by_key = {text_key(text): text for text in texts}
        with self._transactions.read() as session:
            known = cache.get(session, by_key)
        known = self._of_one_length(known, complete=len(known) == len(by_key))
        missing = sorted(by_key.keys() - known.keys())
        report = progress or _unseen
        report(len(known), len(by_key))
        for positions, vectors in in_pieces(self._encoder, [by_key[key] for key in missing]):
            fresh = {missing[position]: vector for position, vector in zip(positions, vectors, strict=True)}
            with self._transactions.write() as session:
                cache.put(session, fresh)
            known.update(fresh)
            report(len(known), len(by_key))
        return np.stack([known[text_key(text)] for text in texts]).astype(np.float32)

    def forget_all_but(self, texts: Sequence[str]) -> None:
        """Drop this model's cached vectors of other texts: what was deleted should not live on in the cache."""
        cache = VectorCache(self._encoder.name)
        with self._transactions.read() as session:
            stale = cache.stale(session, (text_key(text) for text in texts))
        if stale:
            with self._transactions.write() as session:
                cache.forget(session, stale)

    def _of_one_length(self, known: Mapping[str, Matrix], *, complete: bool) -> dict[str, Matrix]:
        """Without vectors of a wrong length (a cut row). The model is loaded only when that is in doubt."""
        lengths = {vector.shape[0] for vector in known.values()}
        if len(lengths) <= 1 and complete:
            return dict(known)
        return {key: vector for key, vector in known.items() if vector.shape[0] == self._encoder.dimension}


def _unseen(_done: int, _total: int) -> None:
    """Progress nobody watches."""


def in_pieces(encoder: Encoder, texts: Sequence[str]) -> Iterator[tuple[Positions, Matrix]]:
    """Vectors of many texts, in pieces as they are done: positions in ``texts``, and a row for each of them.

    The encoder's own fast way where it has one. Raises ModelUnavailable.
    """
    if isinstance(encoder, BulkEncoder):
        yield from encoder.encode_all(texts)
        return
    for chosen in _shortest_first(texts):
        yield chosen, encoder.encode([texts[position] for position in chosen])


def token_pieces(encoder: TokenEncoder, texts: Sequence[str]) -> Iterator[tuple[Positions, Matrix, list[Codes]]]:
    """``in_pieces`` with each text's codes."""
    if isinstance(encoder, BulkEncoder):
        yield from encoder.encode_tokens_all(texts)
        return
    for chosen in _shortest_first(texts):
        yield (chosen, *encoder.encode_tokens([texts[position] for position in chosen]))


def _shortest_first(texts: Sequence[str]) -> Iterator[Positions]:
    """Positions piece by piece: texts of similar length share one, so that little is spent on padding."""
    order = np.array(sorted(range(len(texts)), key=lambda position: len(texts[position])), dtype=np.int64)
    for start in range(0, len(order), PIECE):
        yield order[start : start + PIECE]
