"""What speaks for and against the first hit, as numbers the calibration weighs."""

from __future__ import annotations

import math
from collections.abc import Sequence

from knowledge.candidates import Candidate

SIGNALS = ("similarity", "meaning", "coverage", "margin", "agreement")
"""similarity: the ranking's weighted mean. meaning: the best cosine. coverage: share of the question's terms, by
rarity, that the hit holds. margin: lead over the best other hit, in log-odds, at most MARGIN_CAP. agreement: one over
the hit's place when ranked by words alone."""

MARGIN_CAP = 3.0
_MEANINGS = ("phrasing", "window", "run")


def signals(ranked: Sequence[Candidate]) -> dict[str, float]:
    """The signals of the first of the ranked candidates (there must be one)."""
    first = ranked[0]
    lead = log_odds(first.score) - log_odds(ranked[1].score) if len(ranked) > 1 else MARGIN_CAP
    ahead = sum(other.features["lexical"] > first.features["lexical"] for other in ranked[1:])
    return {
        "similarity": first.similarity,
        "meaning": max(first.features[name] for name in _MEANINGS),
        "coverage": first.features["coverage"],
        "margin": min(lead, MARGIN_CAP),
        "agreement": 1.0 / (1 + ahead),
    }


def log_odds(chance: float) -> float:
    """The logit of a probability, finite at its ends."""
    chance = min(max(chance, 1e-6), 1 - 1e-6)
    return math.log(chance / (1 - chance))
