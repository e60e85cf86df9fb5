"""One evaluation as a page that stands by itself: no scripts, nothing loaded from elsewhere, light and dark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import numpy as np

from knowledge.domain import Band, Hit
from knowledge.evaluation import plots
from knowledge.evaluation.asking import Asked, outcome_of
from knowledge.evaluation.report_style import STYLE
from knowledge.evaluation.runs import Run, save_text
from knowledge.evaluation.sample import Sample
from knowledge.evaluation.scorecard import (
    MEASURES,
    TOPICS,
    Figures,
    GroupRow,
    Measure,
    band_confusion,
    by_kind,
    by_style,
)
from knowledge.evaluation.wording import change_text, is_better, range_text, share_text, value_text

PAGE_FILE = "report.html"

WORST = 20
"""Misses shown, the most confident first."""

QUOTE = 400
"""Characters of a quote; enough to see why it was taken."""

_TILES = ("hit@1", "hit@3", "auroc", "right@p80", "ece", "wrong_answers")
_BAND_WORDS = {
    Band.ANSWER: "answer",
    Band.SUGGEST: "suggest",
    Band.ESCALATE: "escalate",
    Band.QUIET: "quiet",
}


@dataclass(frozen=True)
class Report:
    """What a page is made of. ``before`` is the last run of the same sets, ``changes`` the differences to it."""

    run: Run
    asked: tuple[Asked, ...]
    before: Run | None = None
    changes: Figures = field(default_factory=dict)


def save_page(report: Report, folder: Path) -> Path:
    """Write the page into the run's folder. Raises KnowledgeError."""
    return save_text(folder / PAGE_FILE, page(report))


def page(report: Report) -> str:
    """The whole page as HTML."""
    body = [
        _head(report),
        _tiles(report),
        _plots(report),
        "<h2>Every figure</h2>",
        _figures(report),
        _groups(report),
        _misses(report.asked),
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Evaluation of {escape(report.run.made_at[:10])}</title><style>{STYLE}</style></head>"
        f"<body><main>{''.join(body)}</main></body></html>\n"
    )


def _head(report: Report) -> str:
    outcomes = report.run.measured.outcomes
    answerable = sum(outcome.answerable for outcome in outcomes)
    right = sum(outcome.is_right for outcome in outcomes)
    answered = [outcome for outcome in outcomes if outcome.band is Band.ANSWER]
    wrong = sum(not outcome.is_right for outcome in answered)
    told = [f"The first hit is right for {right} of {answerable} answerable questions."]
    if answered:
        told.append(f"The desk answers {len(answered)} of all {len(outcomes)}; {wrong} of these answers are wrong.")
    else:
        told.append(f"The desk answers none of all {len(outcomes)} outright.")
    about = " · ".join(f"{escape(name)} {escape(value)}" for name, value in report.run.about.items())
    return f'<h1>{" ".join(told)}</h1><p class="soft">{_moment(report.run)} · {about}</p>'


def _moment(run: Run) -> str:
    return escape(run.made_at[:16].replace("T", " ") + " UTC")


def _tiles(report: Report) -> str:
    measures = {measure.name: measure for measure in MEASURES}
    tiles = [
        f'<div class="tile"><span class="soft">{escape(measures[name].label)}</span>'
        f"<b>{value_text(measures[name], report.run.figures[name].value)}</b>"
        f'<span class="soft">{range_text(report.run.figures[name]) or "&nbsp;"}</span>'
        f"<span>{_change(measures[name], report)}</span></div>"
        for name in _TILES
        if name in report.run.figures
    ]
    return f'<div class="tiles">{"".join(tiles)}</div>'


def _change(measure: Measure, report: Report) -> str:
    change = report.changes.get(measure.name)
    if change is None:
        return ""
    better = is_better(measure, change)
    name = {True: "good", False: "bad", None: "soft"}[better]
    return f'<span class="{name}">{change_text(change)}</span>'


def _plots(report: Report) -> str:
    sample = Sample.of(report.run.measured.outcomes)
    before = Sample.of(report.before.measured.outcomes) if report.before else None
    in_answer = sample.band == Band.ANSWER.value
    wrong = float(np.mean(~sample.right[in_answer])) if in_answer.any() else 0.0
    lines = [("", "this run"), ("ideal", "best possible order")]
    lines += [("before", "last run")] if before is not None else []
    lines += [("now", "present thresholds")] if in_answer.any() else []
    boxes = [("box right", "right"), ("box wrong", "wrong"), ("box unanswerable", "must not be answered")]
    return (
        '<h2>Confidence</h2><div class="plots">'
        + _figure(
            "Risk and coverage",
            "Answering only the most confident questions: how many of the answers are wrong.",
            plots.risk_coverage_plot(sample, before, float(in_answer.mean()), wrong),
            lines,
        )
        + _figure(
            "Reliability",
            "What confidence promises against what came true. On the diagonal it keeps its word.",
            plots.reliability_plot(sample),
            [("dot", "bin of confidence, 95 % interval"), ("ideal", "perfectly calibrated")],
        )
        + _figure("Confidence by outcome", "All traffic, in 15 bins.", plots.confidence_plot(sample), boxes)
        + "</div>"
    )


def _figure(title: str, caption: str, drawing: str, keys: Iterable[tuple[str, str]]) -> str:
    legend = "".join(f'<span class="key"><i class="{name}"></i>{escape(text)}</span>' for name, text in keys)
    head = f"<h3>{title}</h3><figcaption>{caption}</figcaption>"
    return f"<figure>{head}{drawing}<figcaption>{legend}</figcaption></figure>"


def _figures(report: Report) -> str:
    compared = bool(report.changes)
    head = '<th>figure</th><th class="n">value</th><th class="n">95 % interval</th>'
    head += '<th class="n">change since the last run</th>' if compared else ""
    rows = []
    for topic, measures in TOPICS.items():
        found = [measure for measure in measures if measure.name in report.run.figures]
        rows += [f'<tr><td class="topic" colspan="4">{escape(topic)}</td></tr>'] if found else []
        rows += [_figure_row(measure, report, compared=compared) for measure in found]
    note = f"Compared with the run of {_moment(report.before)}." if report.before else ""
    return f'<div class="card"><table><tr>{head}</tr>{"".join(rows)}</table></div><p class="note">{note}</p>'


def _figure_row(measure: Measure, report: Report, *, compared: bool) -> str:
    figure = report.run.figures[measure.name]
    hint = escape(measure.hint if measure.rising else f"{measure.hint}; lower is better")
    cells = f'<td>{escape(measure.label)} <span class="hint">{hint}</span></td>'
    cells += f'<td class="n">{value_text(measure, figure.value)}</td><td class="n soft">{range_text(figure)}</td>'
    cells += f'<td class="n">{_change(measure, report)}</td>' if compared else ""
    return f"<tr>{cells}</tr>"


def _groups(report: Report) -> str:
    outcomes = report.run.measured.outcomes
    bands = _table(
        ("band", "right", "wrong", "must not be answered"),
        [(_BAND_WORDS[row.band], row.right, row.wrong, row.unanswerable) for row in band_confusion(outcomes)],
    )
    styles = _table(
        ("style", "questions", "hit@1", "hit@3", "answered", "wrong among answers"),
        [
            (row.name, row.count, *map(share_text, (row.hit_1, row.hit_3, row.answered, row.wrong)))
            for row in by_style(outcomes)
        ],
    )
    kinds = by_kind(outcomes)
    left = f"<h2>Bands</h2>{bands}" + (f"<h2>Unanswerable, by kind</h2>{_kinds(kinds)}" if kinds else "")
    return f'<div class="side"><div>{left}</div><div><h2>By style</h2>{styles}</div></div>'


def _kinds(rows: Sequence[GroupRow]) -> str:
    cells = [(row.name, row.count, share_text(row.answered), share_text(row.auroc)) for row in rows]
    return _table(("kind", "questions", "answered", "AUROC against answerable"), cells)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    titles = "".join(f"<th{_number(place)}>{escape(title)}</th>" for place, title in enumerate(head))
    body = "".join(
        "<tr>" + "".join(f"<td{_number(place)}>{escape(str(cell))}</td>" for place, cell in enumerate(row)) + "</tr>"
        for row in rows
    )
    return f'<div class="card"><table><tr>{titles}</tr>{body}</table></div>'


def _number(place: int) -> str:
    return ' class="n"' if place else ""


def _misses(asked: Sequence[Asked]) -> str:
    wrong = [item for item in asked if item.verdict.hits and not outcome_of(item).is_right]
    worst = sorted(wrong, key=lambda item: -item.verdict.confidence)[:WORST]
    if not worst:
        return ""
    title = f"<h2>The {len(worst)} worst misses: confident, and wrong</h2>"
    return title + "".join(_miss(item) for item in worst)


def _miss(item: Asked) -> str:
    question, verdict = item.question, item.verdict
    earlier = "".join(f'<div class="earlier">{escape(text)}</div>' for text in question.earlier)
    expected = " or ".join(str(gold) for gold in question.gold) or "no answer: nothing in the content answers this"
    rank = outcome_of(item).rank
    place = f" (found in place {rank})" if rank else " (not among the hits)" if question.gold else ""
    return (
        f'<div class="miss"><span class="pill">{verdict.confidence:.2f} · {_BAND_WORDS[verdict.band]}</span>'
        f'{earlier}<div class="asked">{escape(question.text)}</div>'
        f"<dl><dt>expected</dt><dd>{escape(expected + place)}</dd>"
        f"<dt>shown</dt><dd>{_shown(verdict.hits[0])}</dd></dl></div>"
    )


def _shown(hit: Hit) -> str:
    name = " › ".join(part for part in (hit.path or hit.id, hit.heading or hit.title) if part)
    quote = hit.quote if len(hit.quote) <= QUOTE else hit.quote[:QUOTE].rstrip() + " …"
    return f"{escape(name)}<blockquote>{escape(quote)}</blockquote>"
