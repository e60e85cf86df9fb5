"""How fast tickets get done, in business days. No I/O."""

from __future__ import annotations

from datetime import timedelta

COUNTED_DAYS = timedelta(days=28)
"""How far back done tickets are counted: four weeks."""

COUNTED_BUSINESS_DAYS = 20
"""How many working days are in them; holidays are not taken out."""


def per_business_day(done: int) -> float | None:
    """Tickets done per business day, from how many were done in COUNTED_DAYS; None when there were none."""
    return done / COUNTED_BUSINESS_DAYS if done else None
