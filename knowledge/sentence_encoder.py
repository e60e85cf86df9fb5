"""Vectors from a sentence-transformers model: what serves until it has been exported, and the measure of that."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from knowledge.errors import ModelUnavailable
from knowledge.model_files import DEFAULT_MODEL, ModelFiles
from knowledge.protocols import Codes, Matrix
from knowledge.token_codes import codes_of, projection_for
from knowledge.tokenizing import Integers, Tokenizing, batches, padded

BATCH = 32
"""Texts per forward pass; longer batches gain nothing on a CPU."""

HALF_BUDGET = 8192
"""Word pieces per pass in bf16: torch spends more on each operator than ONNX Runtime, so its passes are larger.

Measured on two cores with native bf16: 1,024 21 s, 2,048 18, 4,096 16, 8,192 15, 16,384 17 for 2,000 passages.
"""


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
        """See Encoder. Raises ModelUnavailable when the model is not installed, ModelMismatch for other weights."""
        return self._files.name

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

    def encode_tokens(self, texts: Sequence[str]) -> tuple[Matrix, list[Codes]]:
        """See TokenEncoder."""
        model = self._ready()
        projection = projection_for(self.name)
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        codes: list[Codes] = []
        for position, text in enumerate(texts):
            found = model.encode([text], output_value=None, normalize_embeddings=True, show_progress_bar=False)[0]
            vectors[position] = found["sentence_embedding"].numpy()
            states = found["token_embeddings"].numpy()
            codes.append(codes_of(states[1 : int(found["attention_mask"].sum()) - 1], projection))
        return vectors, codes

    @cached_property
    def _files(self) -> ModelFiles:
        return ModelFiles.of(self._model)

    def _ready(self) -> Any:  # noqa: ANN401 - sentence_transformers has no usable types
        with self._lock:
            if self._loaded is None:
                self._loaded = load_transformer(self._files)
            return self._loaded


def load_transformer(files: ModelFiles, *, threads: int = 1, **model_settings: Any) -> Any:  # noqa: ANN401 - as above
    """The model as a SentenceTransformer in evaluation mode; ``model_settings`` go to its transformer.

    Two threads were 12 times slower than one on a busy machine, so one is the rule. Raises ModelUnavailable.
    """
    if files.folder is not None:
        _ = files.weights_hash  # checked before anything is loaded
        os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    try:
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]

        torch.set_num_threads(threads)
        return SentenceTransformer(str(files.folder or files.model), device="cpu", model_kwargs=model_settings).eval()
    except Exception as exc:  # the libraries raise anything: OSError, ValueError, hub errors
        raise ModelUnavailable(
            f"The embedding model {files.model} could not be loaded ({type(exc).__name__}). "
            f"Set EMBEDDING_MODEL to {DEFAULT_MODEL}, a model folder, or a name this machine can download."
        ) from exc


def load_cross_encoder(model: str) -> Any:  # noqa: ANN401 - as above
    """A CrossEncoder for one number per pair of texts, on one CPU thread. Raises ModelUnavailable."""
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    try:
        import torch
        from sentence_transformers import CrossEncoder

        torch.set_num_threads(1)
        return CrossEncoder(model, num_labels=1, device="cpu", activation_fn=torch.nn.Identity())
    except Exception as exc:  # the libraries raise anything: OSError, ValueError, hub errors
        raise ModelUnavailable(
            f"The reranker {model} could not be loaded ({type(exc).__name__}). Set RERANKER_MODEL to the folder of a "
            "cross-encoder or a name this machine can download, or leave it empty."
        ) from exc


class HalfPrecision:
    """The same model in bf16, for CPUs that multiply it natively: about twice the speed or more, cosine 0.9999."""

    def __init__(self, files: ModelFiles, threads: int) -> None:
        """Load it (seconds). Raises ModelUnavailable."""
        assert files.folder is not None
        self._modules = list(load_transformer(files, threads=threads, dtype="bfloat16"))
        self._tokenizing = Tokenizing(files.folder, files.max_length)
        self._projection = projection_for(files.name)

    def encode(self, texts: Sequence[str]) -> Matrix:
        """As Encoder; pooling and normalisation are done in fp32."""
        return self.encode_tokens(texts)[0]

    def encode_tokens(self, texts: Sequence[str]) -> tuple[Matrix, list[Codes]]:
        """As TokenEncoder."""
        pieces = self._tokenizing.pieces(texts)
        vectors: dict[int, Matrix] = {}
        codes: dict[int, Codes] = {}
        for batch in batches([len(ids) for ids in pieces], HALF_BUDGET):
            units, states = self._pass(*padded([pieces[position] for position in batch]))
            for position, unit, state in zip(batch, units, states, strict=True):
                vectors[position] = unit
                codes[position] = codes_of(state[1 : len(pieces[position]) - 1], self._projection)
        everywhere = range(len(texts))
        return np.stack([vectors[position] for position in everywhere]), [codes[position] for position in everywhere]

    def _pass(self, ids: Integers, mask: Integers) -> tuple[Matrix, Matrix]:
        import torch

        first, *rest = self._modules
        with torch.inference_mode():
            features = first({"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)})
            features["token_embeddings"] = features["token_embeddings"].float()
            for module in rest:
                features = module(features)
            unit = torch.nn.functional.normalize(features["sentence_embedding"].float(), dim=-1)
        return unit.numpy(), features["token_embeddings"].numpy()
