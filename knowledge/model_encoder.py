"""The desk's encoder: the exported model where there is one, sentence-transformers until then."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from knowledge.bulk_encoding import CHUNK, FROM, Pieces, Plan, encode_in_child
from knowledge.child_process import ChildStopped
from knowledge.errors import ModelUnavailable
from knowledge.exported_model import ExportedModel
from knowledge.model_files import ModelFiles
from knowledge.onnx_encoder import OnnxEncoder
from knowledge.onnx_export import export_in_child
from knowledge.onnx_quick import QUICK, quicken_in_child
from knowledge.protocols import Codes, Matrix, Positions
from knowledge.sentence_encoder import SentenceEncoder
from knowledge.tokenizing import can_tokenize

log = logging.getLogger(__name__)


class ModelEncoder:
    """A TokenEncoder and BulkEncoder over one model. Nothing heavy is imported before the first vector is asked for.

    ``models`` is the folder that holds exported models. Both ways to run the model have one name, so they share
    vectors: an export serves only when it agrees with sentence-transformers to a cosine of 0.9999. Questions are read
    by the export's quicker twin where there is one (cosine 0.997): these vectors are searched with and never kept.
    """

    def __init__(self, model: str, models: Path) -> None:
        self._model = model
        self._models = models
        self._lock = threading.Lock()
        self._finding = threading.Lock()
        self._looked = False
        self._file: Path | None = None
        self._exported: OnnxEncoder | None = None
        self._quick: OnnxEncoder | None = None
        self._looked_for_quick = False
        self._fallback = SentenceEncoder(model)
        self._told = False

    @property
    def name(self) -> str:
        """See Encoder. Raises ModelUnavailable when the model is not installed, ModelMismatch for other weights."""
        with self._finding:  # reading the weights takes a tenth of a second: not by two threads at once
            return self._files.name

    @property
    def dimension(self) -> int:
        """See Encoder; loads the model."""
        return self._serving().dimension

    @property
    def is_exported(self) -> bool:
        """Whether there is an exported model, so that torch is never imported here. Loads nothing."""
        return self._find(again=True) is not None

    @property
    def starts_quickly(self) -> bool:
        """Whether an exported model reads questions. Where there is the twin, only its bytes are looked at."""
        return self._asking() is not None or self.is_exported

    @property
    def exported_file(self) -> Path | None:
        """The exported model, verified; None when there is none."""
        return self._find(again=True)

    @property
    def can_prepare(self) -> bool:
        """Whether ``prepare`` would do anything: the model has files, and no whole or refused export or twin yet."""
        files = self._files
        if files.folder is None or not can_tokenize(files.folder):
            return False
        return _is_wanted(self._twin if self.is_exported else self._export)

    def prepare(self) -> None:
        """Export the model, once per weights: about half a minute, in another process. Never raises for a failure:

        sentence-transformers then serves, and the log says why.
        """
        if not self.is_exported and self.can_prepare:
            self._prepare_export()
        if (exported := self.exported_file) and _is_wanted(self._twin):
            self._prepare_twin(exported)

    def _prepare_twin(self, exported: Path) -> None:
        try:
            self._twin.make(lambda target: quicken_in_child(self._files, exported, target))
        except (ChildStopped, OSError) as exc:
            log.warning("Questions go on being read by the full model (%s: %s).", type(exc).__name__, exc)
            return
        if (made := self._twin.manifest()) and made.refused:
            log.info("Questions are read by the full model: of a quicker one, %s.", made.refused)

    def _prepare_export(self) -> None:
        try:
            self._export.make(lambda target: export_in_child(self._files, target))
            problem = ""
        except (ChildStopped, OSError) as exc:
            problem = f"{type(exc).__name__}: {exc}; the next import tries again"
        if self.is_exported:
            return  # also when another process was faster
        found = self._export.manifest()
        log.warning("sentence-transformers goes on serving: %s.", (found and found.refused) or problem)

    def warm_up(self) -> None:
        """Load what reads questions now, so that the first one does not wait for it. Raises ModelUnavailable."""
        self.encode_tokens(["warm up"])

    def encode(self, texts: Sequence[str]) -> Matrix:
        """See Encoder: on one thread of this process."""
        return self._serving().encode(texts)

    def encode_tokens(self, texts: Sequence[str]) -> tuple[Matrix, list[Codes]]:
        """See TokenEncoder: for questions, on one thread of this process; not to be kept."""
        return (self._asking() or self._serving()).encode_tokens(texts)

    def encode_all(self, texts: Sequence[str]) -> Iterator[tuple[Positions, Matrix]]:
        """See BulkEncoder. Few texts are encoded here, many in another process on every core."""
        for positions, vectors, _ in self.in_pieces(texts, tokens=False):
            yield positions, vectors

    def encode_tokens_all(self, texts: Sequence[str]) -> Iterator[tuple[Positions, Matrix, list[Codes]]]:
        """See BulkEncoder; as ``encode_all``."""
        yield from self.in_pieces(texts, tokens=True)

    def in_pieces(self, texts: Sequence[str], *, tokens: bool) -> Iterator[Pieces]:
        """Positions, vectors and, with ``tokens``, codes (otherwise an empty list)."""
        left = np.argsort([len(text) for text in texts], kind="stable").astype(np.int64)
        if len(texts) >= FROM and (file := self._find(again=True)):
            plan = Plan.of(self._files, file, texts)
            try:
                for piece in encode_in_child(plan, texts, tokens=tokens):
                    yield piece
                    left = left[~np.isin(left, piece[0])]
            except ChildStopped as exc:
                log.warning("Embedding goes on in this process, which is slower (%s).", exc)
        for start in range(0, len(left), CHUNK):
            chosen = left[start : start + CHUNK]
            some = [texts[position] for position in chosen]
            serving = self._serving()
            yield (chosen, *serving.encode_tokens(some)) if tokens else (chosen, serving.encode(some), [])

    @cached_property
    def _files(self) -> ModelFiles:
        return ModelFiles.of(self._model)

    @cached_property
    def _export(self) -> ExportedModel:
        return ExportedModel(self._models, self._files)

    @cached_property
    def _twin(self) -> ExportedModel:
        return ExportedModel(self._models, self._files, QUICK)

    def _asking(self) -> OnnxEncoder | None:
        """The export's quicker twin; looked for once."""
        with self._lock:
            if not self._looked_for_quick:
                self._looked_for_quick = True
                file = self._twin.verified() if self._files.folder is not None else None
                self._quick = self._loaded(file) if file else None
            return self._quick

    def _serving(self) -> OnnxEncoder | SentenceEncoder:
        with self._lock:
            if self._exported is None and (file := self._find()):
                self._exported = self._loaded(file)
                self._file = file if self._exported else None
            if self._exported is None:
                self._tell()
            return self._exported or self._fallback

    def _find(self, *, again: bool = False) -> Path | None:
        """The exported model's file, verified; looked for once, ``again`` where it may have been made since."""
        with self._finding:
            if self._file is None and self._files.folder is not None and (again or not self._looked):
                self._file = self._export.verified()
                self._looked = True
            return self._file

    def _loaded(self, file: Path) -> OnnxEncoder | None:
        encoder = OnnxEncoder(self._files, file)
        try:
            encoder.warm_up()
        except ModelUnavailable as exc:
            log.warning("%s", exc)
            return None
        return encoder

    def _tell(self) -> None:
        """Say once why answers start slowly, where an export would change that."""
        if not self._told and self._files.folder is not None:
            self._told = True
            log.info(
                "sentence-transformers runs the embedding model, which starts slowly and needs more memory. "
                "`mops-desk faq import` and `mops-desk ingest` export it once."
            )


def _is_wanted(export: ExportedModel) -> bool:
    """Whether it is neither there, whole, nor refused."""
    found = export.manifest()
    return found is None or not (found.refused or export.verified())
