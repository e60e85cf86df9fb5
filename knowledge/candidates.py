"""Found targets with the numbers that rank them."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.domain import HitKind

LEXICAL_HALF = 8.0
"""The BM25 score that counts half: word matches saturate, so that a long question cannot drown its meaning."""

WEIGHTS: dict[HitKind, dict[str, float]] = {
    HitKind.ENTRY: {"phrasing": 1.0, "centroid": 1.0, "whole": 0.25, "lexical": 0.5, "coverage": 0.25},
    HitKind.PASSAGE: {"window": 1.0, "run": 1.0, "lexical": 1.0, "coverage": 0.5},
}
"""How features add up to a similarity, per kind. Round numbers on purpose; see docs for what was tried."""


@dataclass(frozen=True)
class Candidate:
    """A target (its position) with its features, each 0 to 1 (0 where a feature does not apply to its kind).

    ``similarity`` is the weighted mean of the features: comparable within a kind only. ``score`` puts both kinds
    on one scale (the calibration's ``chances``) and ranks them. ``unit`` is the best phrasing or run, -1 if none.
    """

    target: int
    kind: HitKind
    features: dict[str, float]
    similarity: float
    score: float
    unit: int
