"""The report's plots as SVG, drawn by hand. The page's style sheet colours them, for light and for dark."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.evaluation.bootstrap import draws
from knowledge.evaluation.intervals import wilson
from knowledge.evaluation.metrics import BINS, RiskCoverage, bin_of, risk_coverage
from knowledge.evaluation.sample import Floats, Sample

BAND_RESAMPLES = 200
"""Enough for a band that is only looked at."""

SETTLED = 0.05
"""Coverage from which the curve decides the height of the plot: below, one wrong answer is a cliff."""

_GRID = np.linspace(0.02, 1.0, 99)
"""Coverages at which the band is drawn."""


@dataclass(frozen=True)
class Frame:
    """A plot's area in pixels, and how values become positions. Both axes start at 0."""

    width: int = 400
    height: int = 290
    left: int = 50
    right: int = 12
    top: int = 14
    bottom: int = 42
    highest: float = 1.0

    def x(self, value: float) -> float:
        """The position of a value between 0 and 1."""
        return round(self.left + value * (self.width - self.left - self.right), 1)

    def y(self, value: float) -> float:
        """The position of a value between 0 and ``highest``; what is higher is drawn at the top."""
        reach = min(value / self.highest, 1.0)
        return round(self.height - self.bottom - reach * (self.height - self.top - self.bottom), 1)

    def points(self, across: Iterable[float], up: Iterable[float]) -> str:
        """A list of points for polylines and polygons."""
        return " ".join(f"{self.x(a)},{self.y(b)}" for a, b in zip(across, up, strict=True))


def risk_coverage_plot(sample: Sample, before: Sample | None, answered: float, wrong: float) -> str:
    """How wrong the desk is when it answers only the most confident part; the present threshold as a dot.

    ``answered`` is the share of all questions in band ``answer``, ``wrong`` the share wrong among them.
    """
    curve = _curve(sample)
    frame = Frame(highest=_round_up(float(curve.risk[curve.coverage >= SETTLED].max(initial=0.1))))
    parts = [_axes(frame, "share of questions answered", "share of answers that are wrong"), _band(frame, sample)]
    parts.append(_line(frame, _best_possible(sample), "ideal"))
    if before is not None:
        parts.append(_line(frame, _curve(before), "before"))
    parts.append(_line(frame, curve, "main"))
    if answered > 0:
        told = f"now: {answered:.0%} answered, {wrong:.0%} of that wrong"
        parts.append(_dot(frame.x(answered), frame.y(wrong), 6, "now", told))
    return _svg(frame, "Risk-coverage curve", parts)


def reliability_plot(sample: Sample) -> str:
    """What confidence promises against what came true, per bin, with 95 % intervals; dots grow with the bin."""
    frame = Frame()
    parts = [_axes(frame, "confidence", "share right")]
    parts.append(f'<polyline class="ideal" points="{frame.points((0, 1), (0, 1))}"/>')
    bins = bin_of(sample.confidence)
    for number in range(BINS):
        among = bins == number
        count, right = int(among.sum()), int(sample.right[among].sum())
        if count:
            parts.append(_reliability_dot(frame, float(sample.confidence[among].mean()), right, count, len(sample)))
    return _svg(frame, "Reliability diagram", parts)


def confidence_plot(sample: Sample) -> str:
    """How confidence is spread over right, wrong and unanswerable questions: stacked bars, one per bin."""
    groups = (
        ("right", sample.right),
        ("wrong", sample.answerable & ~sample.right),
        ("unanswerable", ~sample.answerable),
    )
    bins = bin_of(sample.confidence)
    counts = {name: np.bincount(bins[among], minlength=BINS) for name, among in groups}
    tallest = float(sum(counts.values(), np.zeros(BINS)).max())
    frame = Frame(highest=max(5.0, tallest * 1.05))
    parts = [_axes(frame, "confidence", "questions")]
    base = np.zeros(BINS)
    for name, count in counts.items():
        parts += [_bar(frame, number, base[number], count[number], name) for number in range(BINS) if count[number]]
        base = base + count
    return _svg(frame, "Confidence by outcome", parts)


def _curve(sample: Sample) -> RiskCoverage:
    return risk_coverage(sample, np.ones((1, len(sample))))[0]


def _best_possible(sample: Sample) -> RiskCoverage:
    """The curve if every right hit had more confidence than every other."""
    coverage = np.linspace(0.0, 1.0, 101)
    right = float(sample.right.mean())
    return RiskCoverage(coverage, np.maximum(0.0, coverage - right) / np.maximum(coverage, 1e-9))


def _band(frame: Frame, sample: Sample) -> str:
    """Where 95 % of the resampled curves run."""
    rows = [
        np.interp(_GRID, curve.coverage, curve.risk)
        for weights in draws(sample.answerable, BAND_RESAMPLES)
        for curve in risk_coverage(sample, weights)
    ]
    low, high = np.percentile(np.array(rows), [2.5, 97.5], axis=0)
    outline = frame.points([*_GRID, *_GRID[::-1]], [*high, *low[::-1]])
    return f'<polygon class="band" points="{outline}"/>'


def _line(frame: Frame, curve: RiskCoverage, name: str) -> str:
    return f'<polyline class="{name}" points="{frame.points(*_thinned(curve))}"/>'


def _thinned(curve: RiskCoverage) -> tuple[Floats, Floats]:
    """At most some hundred points: the page stays small with thousands of questions."""
    step = max(1, len(curve.coverage) // 400)
    kept = np.unique([*range(0, len(curve.coverage), step), len(curve.coverage) - 1])
    return curve.coverage[kept], curve.risk[kept]


def _reliability_dot(frame: Frame, confidence: float, right: int, count: int, total: int) -> str:
    low, high = wilson(right, count)
    x = frame.x(confidence)
    whisker = f'<line class="whisker" x1="{x}" x2="{x}" y1="{frame.y(low)}" y2="{frame.y(high)}"/>'
    radius = round(3 + 12 * (count / total) ** 0.5, 1)
    told = f"{count} questions at {confidence:.2f}: {right / count:.0%} right"
    return whisker + _dot(x, frame.y(right / count), radius, "dot", told)


def _bar(frame: Frame, number: int, base: float, count: float, name: str) -> str:
    left, width = frame.x(number / BINS) + 1, frame.x(1 / BINS) - frame.x(0) - 2
    top, foot = frame.y(base + count), frame.y(base)
    told = f"{int(count)} {name} at {number / BINS:.2f} to {(number + 1) / BINS:.2f}"
    return (
        f'<rect class="{name}" x="{left:.1f}" y="{top}" width="{width:.1f}" height="{foot - top:.1f}">'
        f"<title>{told}</title></rect>"
    )


def _dot(x: float, y: float, radius: float, name: str, told: str) -> str:
    return f'<circle class="{name}" cx="{x}" cy="{y}" r="{radius}"><title>{told}</title></circle>'


def _axes(frame: Frame, across: str, up: str) -> str:
    parts = []
    for value in _ticks(1.0):
        foot = frame.height - frame.bottom + 17
        parts.append(f'<text class="tick" x="{frame.x(value)}" y="{foot}">{value:.1f}</text>')
    for value in _ticks(frame.highest):
        y = frame.y(value)
        parts.append(f'<line class="grid" x1="{frame.left}" x2="{frame.width - frame.right}" y1="{y}" y2="{y}"/>')
        told = f"{value:.1f}" if frame.highest <= 1 else f"{value:.0f}"
        parts.append(f'<text class="tick up" x="{frame.left - 7}" y="{y + 4}">{told}</text>')
    middle = frame.x(0.5)
    parts.append(f'<text class="axis" x="{middle}" y="{frame.height - 6}">{across}</text>')
    height = (frame.top + frame.height - frame.bottom) / 2
    parts.append(f'<text class="axis" transform="translate(11 {height}) rotate(-90)">{up}</text>')
    return "".join(parts)


def _ticks(highest: float) -> list[float]:
    """Four to ten round values from 0 to the top of an axis."""
    rough = highest / 5
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= rough * 0.99)
    return [step * number for number in range(math.floor(highest / step + 0.01) + 1)]


def _round_up(value: float) -> float:
    return min(1.0, math.ceil(value * 10 + 0.2) / 10)


def _svg(frame: Frame, name: str, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {frame.width} {frame.height}" role="img" aria-label="{name}">' + "".join(parts) + "</svg>"
    )
