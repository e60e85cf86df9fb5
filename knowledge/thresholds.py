"""Thresholds a team has chosen for its own desk, kept beside the index; without them the calibration's own count."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from knowledge.calibration import Calibration, KindCalibration
from knowledge.disk import write_whole
from knowledge.errors import KnowledgeError
from knowledge.protocols import Encoder

THRESHOLDS_FILE = "thresholds.json"
NEVER = math.inf
"""An ``answer`` threshold that no confidence reaches: hits of this kind are only ever offered."""


@dataclass(frozen=True)
class KindThresholds:
    """The least confidence for band ``answer`` and for ``suggest`` (None: as calibrated, at most ``answer``)."""

    answer: float
    suggest: float | None

    def on(self, calibration: KindCalibration) -> KindCalibration:
        """The calibration with these thresholds."""
        suggest = min(calibration.suggest, self.answer) if self.suggest is None else self.suggest
        return replace(calibration, answer=self.answer, suggest=suggest)


@dataclass(frozen=True)
class Thresholds:
    """What was chosen, per kind of hit; None leaves a kind as its calibration has it.

    ``encoder`` names the vectors they were chosen with: under another model they do not count.
    """

    encoder: str
    entry: KindThresholds | None = None
    passage: KindThresholds | None = None

    def on(self, calibration: Calibration) -> Calibration:
        """The calibration with these thresholds in place of its own."""
        entry = self.entry.on(calibration.entry) if self.entry else calibration.entry
        passage = self.passage.on(calibration.passage) if self.passage else calibration.passage
        return replace(calibration, entry=entry, passage=passage)


def chosen_thresholds(folder: Path, encoder: Encoder) -> Thresholds | None:
    """The thresholds saved in a folder for this encoder; None when there are none, or the file is not ours.

    Cheap. Raises ModelUnavailable when there is a file but no model to compare it with.
    """
    try:
        record = json.loads((folder / THRESHOLDS_FILE).read_text(encoding="utf-8"))
        if record["encoder"] != encoder.name:
            return None
        return Thresholds(encoder.name, _read(record["entry"]), _read(record["passage"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def save_thresholds(folder: Path, thresholds: Thresholds) -> Path:
    """Write the file, whole or not at all. Raises KnowledgeError."""
    kinds = {"entry": _record(thresholds.entry), "passage": _record(thresholds.passage)}
    target = folder / THRESHOLDS_FILE
    try:
        write_whole(target, json.dumps({"encoder": thresholds.encoder, **kinds}, indent=1) + "\n")
    except OSError as exc:
        raise KnowledgeError(f"The thresholds cannot be saved in {folder} ({exc.strerror}). Check DATA_DIR.") from exc
    return target


def _record(chosen: KindThresholds | None) -> dict[str, float | None] | None:
    """JSON has no infinity: an answer that stays off is written as null, like a suggest that stays as it is."""
    if chosen is None:
        return None
    return {"answer": None if chosen.answer == NEVER else chosen.answer, "suggest": chosen.suggest}


def _read(record: dict[str, Any] | None) -> KindThresholds | None:
    if record is None:
        return None
    answer = NEVER if record["answer"] is None else float(record["answer"])
    suggest = None if record["suggest"] is None else float(record["suggest"])
    if not 0 <= (suggest or 0) <= answer:
        raise ValueError("thresholds out of order")
    return KindThresholds(answer, suggest)
