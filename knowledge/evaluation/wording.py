"""How figures are written, the same in the terminal and in the report."""

from __future__ import annotations

import math

from knowledge.evaluation.bootstrap import Interval
from knowledge.evaluation.scorecard import Measure, Unit


def value_text(measure: Measure, value: float) -> str:
    """A figure: three decimals, or milliseconds."""
    if math.isnan(value):
        return "–"
    return f"{value:.1f} ms" if measure.unit is Unit.MILLISECONDS else _short(value)


def range_text(figure: Interval) -> str:
    """Where 95 % of the resamples lie; empty when that was not computed."""
    return "" if math.isnan(figure.low) else f"{_short(figure.low)} to {_short(figure.high)}"


def change_text(change: Interval) -> str:
    """A difference to the run before, with its sign and its interval."""
    if change.value == 0 and change.low == 0 and change.high == 0:
        return "same"
    return f"{_signed(change.value)} ({_signed(change.low)} to {_signed(change.high)})"


def is_better(measure: Measure, change: Interval) -> bool | None:
    """Whether a difference is for the better; None when it may be chance."""
    return (change.value > 0) is measure.rising if change.excludes_zero else None


def share_text(value: float) -> str:
    """A share in a table of groups."""
    return "–" if math.isnan(value) else f"{value:.2f}"


def _short(value: float) -> str:
    """.580 rather than 0.580: tables of shares are narrow and easy to compare without the zeros."""
    return f"{value:.3f}".removeprefix("0")


def _signed(value: float) -> str:
    return f"{value:+.3f}".replace("0", "", 1) if abs(value) < 1 else f"{value:+.3f}"
