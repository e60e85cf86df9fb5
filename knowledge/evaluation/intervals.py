"""The interval of a plain share."""

from __future__ import annotations

import math

TWO_SIDED_95 = 1.959964
"""Standard normal quantile at 97.5 %."""


def wilson(counted: int, among: int, z: float = TWO_SIDED_95) -> tuple[float, float]:
    """The score interval of ``counted`` out of ``among`` (Wilson, 1927).

    Sound for few cases and for shares near 0 or 1; (0, 1) when there are none.
    """
    if among == 0:
        return 0.0, 1.0
    rate, spread = counted / among, z * z / among
    centre = (rate + spread / 2) / (1 + spread)
    reach = z / (1 + spread) * math.sqrt(rate * (1 - rate) / among + spread / (4 * among))
    return max(0.0, centre - reach), min(1.0, centre + reach)
