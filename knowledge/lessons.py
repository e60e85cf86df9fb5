"""What a desk's own traffic teaches its calibration: outcomes people gave (thumbs, choices, tickets that followed).

A lesson moves the log-odds of the confidence, which is linear in its signals: it turns one logistic model into
another, and the judge never knows. The order of hits does not change. Slope and offset are those of Platt scaling
(Probabilistic Outputs for Support Vector Machines, 1999), held to "as it was" by a Gaussian prior. The share of
questions that have an answer is part of the offset. Estimating it from unlabelled traffic instead (Saerens 2002)
made the calibration worse on each of six public sets, see docs/RANKING.md.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.calibration import Calibration, KindCalibration, Logistic
from knowledge.disk import write_whole
from knowledge.domain import HitKind
from knowledge.errors import KnowledgeError
from knowledge.protocols import Encoder
from knowledge.signals import log_odds

LESSONS_FILE = "lessons.json"

LEAST_LABELS = 300
"""Outcomes of one kind of hit from which on they count."""

PRIOR_STRENGTH = 8.0
"""How strongly slope and offset are held to 1 and 0 (inverse variance)."""

STEPS = 50
_SMALL = 1e-6

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Outcome:
    """A question asked for real: what spoke for its first hit (see knowledge.signals), and whether that was right."""

    kind: HitKind
    signals: Mapping[str, float]
    right: bool


@dataclass(frozen=True)
class Lesson:
    """New log-odds = ``slope`` times the old ones plus ``offset``; ``labels`` outcomes taught it."""

    slope: float = 1.0
    offset: float = 0.0
    labels: int = 0

    def on(self, calibration: KindCalibration) -> KindCalibration:
        """The calibration of a kind under this lesson."""
        model = calibration.model
        weights = {name: self.slope * weight for name, weight in model.weights.items()}
        return replace(calibration, model=Logistic(self.slope * model.bias + self.offset, weights))

    def applied(self, confidence: float) -> float:
        """A confidence under this lesson."""
        odds = self.slope * log_odds(confidence) + self.offset
        return 1.0 / (1.0 + math.exp(-min(max(odds, -30.0), 30.0)))


@dataclass(frozen=True)
class Lessons:
    """What was learned per kind of hit, about the confidences of one encoder."""

    encoder: str
    entry: Lesson = Lesson()
    passage: Lesson = Lesson()

    def of(self, kind: HitKind) -> Lesson:
        """The lesson for hits of this kind."""
        return self.entry if kind is HitKind.ENTRY else self.passage

    def on(self, calibration: Calibration) -> Calibration:
        """The calibration under these lessons."""
        return replace(
            calibration, entry=self.entry.on(calibration.entry), passage=self.passage.on(calibration.passage)
        )


def learned(encoder: str, calibration: Calibration, outcomes: Sequence[Outcome]) -> Lessons:
    """What came of questions teaches this about a calibration (as fitted, without earlier lessons).

    A kind with fewer than LEAST_LABELS outcomes stays as it is; outcomes without all of its signals do not count.
    """
    entry, passage = (
        _learned(calibration.of(kind).model, kind, outcomes) for kind in (HitKind.ENTRY, HitKind.PASSAGE)
    )
    return Lessons(encoder, entry, passage)


def saved_lessons(folder: Path, encoder: Encoder) -> Lessons | None:
    """The lessons kept in a folder for this encoder; None when there are none, or the file is not ours.

    Cheap. Raises ModelUnavailable when there is a file but no model to compare it with.
    """
    try:
        record = json.loads((folder / LESSONS_FILE).read_text(encoding="utf-8"))
        if record["encoder"] != encoder.name:
            return None
        return Lessons(encoder.name, _read(record["entry"]), _read(record["passage"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def save_lessons(folder: Path, lessons: Lessons) -> None:
    """Write the file, whole or not at all. Raises KnowledgeError."""
    try:
        write_whole(folder / LESSONS_FILE, json.dumps(asdict(lessons), indent=1) + "\n")
    except OSError as exc:
        raise KnowledgeError(
            f"What was learned cannot be saved in {folder} ({exc.strerror}). Check DATA_DIR."
        ) from exc


def _read(record: Mapping[str, Any]) -> Lesson:
    slope, offset = float(record["slope"]), float(record["offset"])
    if not (0.0 < slope < math.inf and math.isfinite(offset)):
        raise ValueError("no lesson")
    return Lesson(slope, offset, int(record["labels"]))


def _learned(model: Logistic, kind: HitKind, outcomes: Sequence[Outcome]) -> Lesson:
    known = [one for one in outcomes if one.kind is kind and model.weights.keys() <= one.signals.keys()]
    if len(known) < LEAST_LABELS:
        return Lesson(labels=len(known))
    odds = np.array([log_odds(model.chance(one.signals)) for one in known])
    slope, offset = _platt(odds, np.array([float(one.right) for one in known]))
    return Lesson(slope, offset, len(known)) if slope > 0 else Lesson(labels=len(known))  # never turn the order round


def _platt(odds: Floats, right: Floats) -> tuple[float, float]:
    """The most likely slope and offset under the prior (Newton's method, its steps halved until they help)."""
    rows = np.column_stack([odds, np.ones_like(odds)])
    prior = np.array([1.0, 0.0])
    beta, cost = prior, _cost(prior, rows, right, prior)
    for _ in range(STEPS):
        chance = 1.0 / (1.0 + np.exp(-np.clip(rows @ beta, -30, 30)))
        slope = rows.T @ (right - chance) - PRIOR_STRENGTH * (beta - prior)
        curve = (rows.T * (chance * (1 - chance))) @ rows + PRIOR_STRENGTH * np.eye(2)
        step = np.linalg.solve(curve, slope)
        while np.abs(step).max() > _SMALL and (better := _cost(beta + step, rows, right, prior)) >= cost:
            step = step / 2
        if np.abs(step).max() <= _SMALL:
            break
        beta, cost = beta + step, better
    return float(beta[0]), float(beta[1])


def _cost(beta: Floats, rows: Floats, right: Floats, prior: Floats) -> float:
    """Minus the logarithm of the posterior, but for a constant."""
    odds = rows @ beta
    return float((np.logaddexp(0.0, odds) - right * odds).sum() + PRIOR_STRENGTH / 2 * ((beta - prior) ** 2).sum())
