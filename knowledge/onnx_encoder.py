"""Vectors from an exported model. Neither torch nor transformers is imported."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.errors import ModelUnavailable
from knowledge.model_files import ModelFiles
from knowledge.onnx_session import open_session
from knowledge.protocols import Codes, Matrix
from knowledge.token_codes import codes_of, projection_for
from knowledge.tokenizing import Tokenizing, batches, padded

IDS, MASK, VECTORS, STATES = "input_ids", "attention_mask", "vectors", "states"
"""Names of the graph's inputs and outputs. Pooling and normalisation are part of it; ``states`` come before them."""


class OnnxEncoder:
    """A TokenEncoder. Nothing heavy is imported before the first vector is asked for.

    Each forward pass runs on one thread; ``workers`` passes run side by side (1 where questions are served).
    """

    def __init__(self, files: ModelFiles, model: Path, workers: int = 1) -> None:
        self._files = files
        self._model = model
        self._workers = workers
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Tokenizing] | None = None

    @property
    def name(self) -> str:
        """See Encoder."""
        return self._files.name

    @property
    def dimension(self) -> int:
        """Length of a vector; loads the model."""
        session, _ = self._ready()
        return int(session.get_outputs()[0].shape[1])

    def warm_up(self) -> None:
        """Load the model now (some tenths of a second). Raises ModelUnavailable."""
        self.encode(["warm up"])

    def encode(self, texts: Sequence[str]) -> Matrix:
        """See Encoder. Texts of similar length share a pass, longest first."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)

        def keep(batch: list[int], outputs: list[Any]) -> None:
            vectors[batch] = outputs[0]

        self._run(texts, [VECTORS], keep)
        return vectors

    def encode_tokens(self, texts: Sequence[str]) -> tuple[Matrix, list[Codes]]:
        """See TokenEncoder."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        codes: dict[int, Codes] = {}
        projection = projection_for(self.name)

        def keep(batch: list[int], outputs: list[Any]) -> None:
            vectors[batch] = outputs[0]
            lengths = outputs[2].sum(axis=1)
            for position, states, length in zip(batch, outputs[1], lengths, strict=True):
                codes[position] = codes_of(states[1 : length - 1], projection)

        self._run(texts, [VECTORS, STATES], keep)
        return vectors, [codes[position] for position in range(len(texts))]

    def _run(self, texts: Sequence[str], outputs: list[str], keep: Callable[[list[int], list[Any]], None]) -> None:
        """Every batch through the model; ``keep`` gets its positions, the outputs and the attention mask."""
        session, tokenizing = self._ready()
        pieces = tokenizing.pieces(texts)

        def run(batch: list[int]) -> None:
            ids, mask = padded([pieces[position] for position in batch])
            keep(batch, [*session.run(outputs, {IDS: ids, MASK: mask}), mask])

        planned = list(batches([len(found) for found in pieces]))
        if self._workers > 1 and len(planned) > 1:
            with ThreadPoolExecutor(self._workers) as pool:
                list(pool.map(run, planned))
        else:
            for batch in planned:
                run(batch)

    def _ready(self) -> tuple[Any, Tokenizing]:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _load(self) -> tuple[Any, Tokenizing]:
        assert self._files.folder is not None
        try:
            session = open_session(self._model)
            return session, Tokenizing(self._files.folder, self._files.max_length)
        except Exception as exc:  # the libraries raise anything
            raise ModelUnavailable(f"The exported model could not be loaded ({type(exc).__name__}).") from exc
