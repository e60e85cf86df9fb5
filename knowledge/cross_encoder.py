"""A cross-encoder that reads question and text together: off unless a team names one (RERANKER_MODEL)."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from knowledge.errors import ModelUnavailable
from knowledge.sentence_encoder import load_cross_encoder

BATCH = 8


class CrossEncoderReranker:
    """A Reranker over any cross-encoder that sentence-transformers can load. Loads it when it is first needed."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._lock = threading.Lock()
        self._loaded: Any = None
        self._failed: ModelUnavailable | None = None

    @property
    def name(self) -> str:
        """See Reranker."""
        return self._model

    def scores(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """See Reranker. A model that could not be loaded is not tried again."""
        with self._lock:  # its tokenizer is not safe for several threads
            pairs = [(question, text) for text in texts]
            found = self._ready().predict(pairs, batch_size=BATCH, show_progress_bar=False)
            return [float(score) for score in found]

    def _ready(self) -> Any:  # noqa: ANN401 - sentence_transformers has no usable types
        if self._failed is not None:
            raise self._failed
        if self._loaded is None:
            try:
                self._loaded = load_cross_encoder(self._model)
            except ModelUnavailable as exc:
                self._failed = exc
                raise
        return self._loaded
