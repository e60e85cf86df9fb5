"""What speaks for and against the first hit, as numbers the calibration weighs."""

from __future__ import annotations

import math
from collections.abc import Sequence

from knowledge.candidates import Candidate

SIGNALS = ("similarity", "meaning", "coverage", "known", "margin", "lead", "agreement", "head", "leaning", "pieces")
"""similarity: the ranking's weighted mean. meaning: the best cosine. margin: lead over the best other hit, lead: over

the tenth, in log-odds and at most MARGIN_CAP and LEAD_CAP. agreement: one over the hit's place when ranked by words.
The others are the first hit's features (see candidates.FEATURES).
"""

MARGIN_CAP = 3.0
LEAD_CAP = 6.0
TENTH = 9
_MEANINGS = ("phrasing", "window", "run")


def signals(ranked: Sequence[Candidate]) -> dict[str, float]:
    """The signals of the first of the ranked candidates (there must be one)."""
    first = ranked[0]
    ahead = sum(other.features["lexical"] > first.features["lexical"] for other in ranked[1:])
    return {
        "similarity": first.similarity,
        "meaning": max(first.features[name] for name in _MEANINGS),
        "coverage": first.features["coverage"],
        "known": first.features["known"],
        "margin": _lead(ranked, 1, MARGIN_CAP),
        "lead": _lead(ranked, TENTH, LEAD_CAP),
        "agreement": 1.0 / (1 + ahead),
        "head": first.features["head"],
        "leaning": first.features["leaning"],
        "pieces": first.features["pieces"],
    }


def _lead(ranked: Sequence[Candidate], place: int, most: float) -> float:
    """How far the first candidate leads over the one at a place (the last one, where there are fewer)."""
    if len(ranked) == 1:
        return most
    other = ranked[min(place, len(ranked) - 1)]
    return min(log_odds(ranked[0].score) - log_odds(other.score), most)


def log_odds(chance: float) -> float:
    """The logit of a probability, finite at its ends."""
    chance = min(max(chance, 1e-6), 1 - 1e-6)
    return math.log(chance / (1 - chance))


def chance_of(odds: float) -> float:
    """The probability of log-odds."""
    return 1.0 / (1.0 + math.exp(-min(max(odds, -30.0), 30.0)))
