"""Word pieces' codes for many texts: from the cache where they are known, from the encoder where not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from knowledge.embedding import Progress, token_pieces
from knowledge.protocols import Codes, Encoder, Matrix, TokenEncoder, Transactions
from knowledge.vector_cache import VectorCache, text_key

_VERSION = "#tokens2"
"""Part of the cache's model name; raise when codes are made differently."""

_HEAD = 1
"""The first number of a cached row is the width of the codes that follow."""


class TokenEmbedding:
    """A TokenEncoder behind the vector cache. One pass gives codes and vectors: both are kept."""

    def __init__(self, name: str, encoder: TokenEncoder, transactions: Transactions) -> None:
        """``name`` is the encoder's, see Encoder."""
        self._encoder = encoder
        self._transactions = transactions
        self._codes = VectorCache(name + _VERSION)
        self._vectors = VectorCache(name)

    @classmethod
    def where_told(cls, encoder: Encoder, transactions: Transactions) -> TokenEmbedding | None:
        """For an encoder that tells word pieces; None for another."""
        return cls(encoder.name, encoder, transactions) if isinstance(encoder, TokenEncoder) else None

    def codes(self, texts: Sequence[str], progress: Progress | None = None) -> list[Codes]:
        """The codes of every text's word pieces, in order. Only texts never seen before are encoded."""
        by_key = {text_key(text): text for text in texts}
        with self._transactions.read() as session:
            known = {key: unpacked(row) for key, row in self._codes.get(session, by_key).items()}
        missing = sorted(by_key.keys() - known.keys())
        for positions, vectors, codes in token_pieces(self._encoder, [by_key[key] for key in missing]):
            if progress:
                progress(len(known), len(by_key))
            keys = [missing[position] for position in positions]
            fresh = dict(zip(keys, codes, strict=True))
            self._keep(dict(zip(keys, vectors, strict=True)), fresh)
            known.update(fresh)
        return [known[text_key(text)] for text in texts]

    def forget_all_but(self, texts: Sequence[str]) -> None:
        """Drop cached codes of other texts."""
        with self._transactions.read() as session:
            stale = self._codes.stale(session, (text_key(text) for text in texts))
        if stale:
            with self._transactions.write() as session:
                self._codes.forget(session, stale)

    def _keep(self, vectors: Mapping[str, Matrix], codes: Mapping[str, Codes]) -> None:
        with self._transactions.write() as session:
            self._vectors.put(session, vectors)
            self._codes.put(session, {key: packed(value) for key, value in codes.items()})


def packed(codes: Codes) -> Matrix:
    """Codes as one row of the vector cache: their width, then four bytes to a number."""
    head = np.array([codes.shape[1]], dtype="<f4")
    body = np.zeros(-(-codes.size // 4) * 4, dtype=np.int8)
    body[: codes.size] = codes.ravel()
    row: Matrix = np.concatenate([head, body.view("<f4")])
    return row


def unpacked(row: Matrix) -> Codes:
    """The codes back from ``packed``."""
    width = int(row[0])
    body = np.ascontiguousarray(row[_HEAD:]).view(np.int8)
    pieces = body.size // width
    codes: Codes = body[: pieces * width].reshape(pieces, width)
    return codes
