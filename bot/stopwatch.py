"""An encoder that remembers how long it took, for measurements."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from knowledge.model_encoder import ModelEncoder
from knowledge.protocols import Codes, Matrix, Positions


class Stopwatch:
    """The desk's encoder under watch: ``seconds`` spent in it by the clock, ``work`` by the processor (this thread),

    and the ``texts`` it was given in bulk.
    """

    def __init__(self, inner: ModelEncoder) -> None:
        self._inner = inner
        self.seconds = self.work = 0.0
        self.texts: list[str] = []

    def reset(self) -> None:
        """Start from nothing."""
        self.seconds = self.work = 0.0

    @property
    def name(self) -> str:
        """See Encoder."""
        return self._inner.name

    @property
    def dimension(self) -> int:
        """See Encoder."""
        return self._inner.dimension

    def encode(self, texts: Sequence[str]) -> Matrix:
        """See Encoder."""
        with self._running():
            vectors = self._inner.encode(texts)
        return vectors

    def encode_tokens(self, texts: Sequence[str]) -> tuple[Matrix, list[Codes]]:
        """See TokenEncoder."""
        with self._running():
            found = self._inner.encode_tokens(texts)
        return found

    def encode_all(self, texts: Sequence[str]) -> Iterator[tuple[Positions, Matrix]]:
        """See BulkEncoder."""
        for positions, vectors, _ in self._watched(self._inner.in_pieces(texts, tokens=False), texts):
            yield positions, vectors

    def encode_tokens_all(self, texts: Sequence[str]) -> Iterator[tuple[Positions, Matrix, list[Codes]]]:
        """See BulkEncoder."""
        yield from self._watched(self._inner.in_pieces(texts, tokens=True), texts)

    def _watched(
        self, pieces: Iterator[tuple[Positions, Matrix, list[Codes]]], texts: Sequence[str]
    ) -> Iterator[tuple[Positions, Matrix, list[Codes]]]:
        """Only the time in which the pieces are made, not what is done with them in between."""
        self.texts.extend(texts)
        while True:
            with self._running():
                piece = next(pieces, None)
            if piece is None:
                return
            yield piece

    @contextmanager
    def _running(self) -> Iterator[None]:
        started, worked = time.perf_counter(), time.thread_time()
        yield
        self.seconds += time.perf_counter() - started
        self.work += time.thread_time() - worked
