"""Found targets with the numbers that rank them."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.domain import HitKind

LEXICAL_HALF = 8.0
"""The BM25 score that counts half: word matches saturate, so that a long question cannot drown its meaning."""

WEIGHTS: dict[HitKind, dict[str, float]] = {
    HitKind.ENTRY: {"phrasing": 1.0, "centroid": 1.0, "whole": 0.25, "lexical": 0.5, "coverage": 0.25, "head": 1.0},
    HitKind.PASSAGE: {"window": 0.5, "run": 1.0, "lexical": 1.25, "pieces": 2.5},
}
"""How features add up to a similarity, per kind. Round numbers on purpose; see docs for what was tried."""

PIECES_GUESS = (0.45, 0.4)
"""What ``pieces`` is guessed as, from the mean of window and run, where word pieces are not known."""

FEATURES = (
    "phrasing",
    "centroid",
    "whole",
    "head",
    "leaning",
    "window",
    "run",
    "pieces",
    "lexical",
    "coverage",
    "known",
)
"""phrasing, whole, window, run: best cosine of a unit of that kind. centroid: cosine to the mean phrasing. head: the
classifier's chance of the entry among all entries. leaning: its log-odds, over ten (not 0 to 1, comparable between
questions; 0 without a classifier). pieces: mean best cosine of the question's word pieces. lexical: saturated BM25.
coverage: share of the question's terms, by rarity, that the target holds; known: that any target holds."""


@dataclass(frozen=True)
class Candidate:
    """A target (its position) with its FEATURES (0 where one does not apply to its kind).

    ``similarity`` is the weighted mean of the features: comparable within a kind only. ``score`` puts both kinds
    on one scale (the calibration's ``chances``) and ranks them. ``unit`` is the best phrasing or run, -1 if none.
    """

    target: int
    kind: HitKind
    features: dict[str, float]
    similarity: float
    score: float
    unit: int
