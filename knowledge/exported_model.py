"""The folder with a model exported to ONNX: found whole or not at all, made once, mended when damaged."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.disk import mark, sync
from knowledge.model_files import ModelFiles

EXPORTER = 1
"""Raise when the export changes what is computed or how it is stored: models are then exported again."""

ABANDONED_SECONDS = 3600
"""An unfinished export older than this was interrupted; none takes that long."""

MODEL, MANIFEST = "model.onnx", "manifest.json"
_UNFINISHED, _DAMAGED = ".unfinished-", ".damaged-"


@dataclass(frozen=True)
class Export:
    """What an export came to. ``refused`` says why the model must not serve; empty: it may.

    ``cosine`` is the lowest between its vectors and those of what it was made from, on the probe texts.
    """

    cosine: float
    refused: str
    made_with: dict[str, str]


class ExportedModel:
    """The export of one model's weights. Several processes may look for it and make it at the same time."""

    def __init__(self, models: Path, files: ModelFiles, variant: str = "") -> None:
        """``variant`` names another way to compute the same, which stands in a folder of its own."""
        self._models = models
        self._files = files
        self._variant = variant and f"-{variant}"
        self._looking = threading.Lock()
        self._whole: tuple[int, int] | None = None

    @property
    def folder(self) -> Path:
        """``<weights hash>-<exporter version>``: other weights or another way to export never share a folder."""
        return self._models / f"{self._files.weights_hash[:16]}-{EXPORTER}{self._variant}"

    def manifest(self) -> Export | None:
        """What the manifest says, without looking at the model; None when there is none that can be read."""
        record = self._record()
        return _export(record) if record else None

    def verified(self) -> Path | None:
        """The model's file, byte for byte as it was written; None when it is missing, damaged or refused.

        What was found whole is read again only when its date or size has changed since.
        """
        record = self._record()
        if record is None or record["refused"]:
            return None
        file = self.folder / MODEL
        try:
            with self._looking:  # a tenth of a second: not by two threads at once
                return file if self._is_whole(file, record["file"]) else None
        except OSError:
            return None

    def _is_whole(self, file: Path, written: dict[str, Any]) -> bool:
        found = file.stat()
        seen = (found.st_mtime_ns, found.st_size)
        if seen != self._whole:
            self._whole = seen if mark(file) == written else None
        return self._whole is not None

    def make(self, export: Callable[[Path], Export]) -> None:
        """Let ``export`` write the model (to the path it is given) and put it in its place, atomically.

        What stands there whole is kept: of two processes the first wins. Raises OSError when it cannot be written.
        """
        self._models.mkdir(parents=True, exist_ok=True)
        self._clean_up()
        unfinished = self._models / f"{_UNFINISHED}{uuid.uuid4().hex}"
        unfinished.mkdir()
        try:
            made = export(unfinished / MODEL)
            self._finish(unfinished, made)
            self._put(unfinished)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
        sync(self._models)

    def _finish(self, unfinished: Path, made: Export) -> None:
        """The manifest, last: a model without one does not count."""
        model = unfinished / MODEL
        if made.refused:
            model.unlink(missing_ok=True)
        else:
            sync(model)
        record = {"exporter": EXPORTER, "weights": self._files.weights_hash, "cosine": made.cosine}
        record |= {"refused": made.refused, "made_with": made.made_with}
        record |= {"file": None if made.refused else mark(model)}
        manifest = unfinished / MANIFEST
        manifest.write_text(json.dumps(record, indent=1, sort_keys=True), encoding="utf-8")
        sync(manifest)
        sync(unfinished)

    def _put(self, unfinished: Path) -> None:
        try:
            unfinished.rename(self.folder)
        except OSError:  # something is there already
            if self.verified():
                return
            damaged = self._models / f"{_DAMAGED}{uuid.uuid4().hex}"
            os.replace(self.folder, damaged)
            unfinished.rename(self.folder)
            shutil.rmtree(damaged, ignore_errors=True)

    def _clean_up(self) -> None:
        """Remove exports that were interrupted long ago: each is as large as the model."""
        for left in [*self._models.glob(f"{_UNFINISHED}*"), *self._models.glob(f"{_DAMAGED}*")]:
            with contextlib.suppress(OSError):
                if time.time() - left.stat().st_mtime > ABANDONED_SECONDS:
                    shutil.rmtree(left, ignore_errors=True)

    def _record(self) -> dict[str, Any] | None:
        try:
            record = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
            _export(record)
            fits = (record["exporter"], record["weights"]) == (EXPORTER, self._files.weights_hash)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        return record if fits else None


def _export(record: dict[str, Any]) -> Export:
    return Export(float(record["cosine"]), str(record["refused"]), dict(record["made_with"]))
