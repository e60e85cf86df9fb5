"""`mops-desk evaluate` and `mops-desk calibrate`: how good the answers are, and where the thresholds belong."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from rich.table import Table

from bot.cli_terminal import busy, out, path, progress

if TYPE_CHECKING:
    from bot.evaluating import Watch
    from bot.settings import Settings
    from knowledge.evaluation.report import Report
    from knowledge.protocols import Encoder

Questions = Annotated[Path, typer.Option(parser=path, help="JSONL: question (or thread) and gold per line.")]
Unanswerable = Annotated[Path | None, typer.Option(parser=path, help="JSONL: questions the content does not answer.")]
Faq = Annotated[
    Path | None, typer.Option(parser=path, help="Measure a desk with this FAQ instead of your own content.")
]
Docs = Annotated[Path | None, typer.Option(parser=path, help="Measure a desk with the documents of this folder.")]


def evaluate(
    ctx: typer.Context,
    questions: Questions,
    unanswerable: Unanswerable = None,
    chatter: Annotated[
        Path | None, typer.Option(parser=path, help="JSONL: channel messages that want no reply.")
    ] = None,
    faq: Faq = None,
    docs: Docs = None,
    folder: Annotated[
        Path | None, typer.Option("--out", parser=path, help="Save run.json and report.html here.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")] = False,
) -> None:
    """Ask labelled questions and measure the answers. Your own desk is not touched."""
    from bot.clock import now_utc
    from bot.evaluating import Content, LabelFiles, history
    from bot.evaluating import evaluate as run_evaluation
    from bot.settings import load_settings

    settings = load_settings()
    folder = folder or history(settings) / now_utc().strftime("%Y-%m-%dT%H%M%SZ")
    files = LabelFiles(questions, unanswerable, chatter)
    with _watching() as watch:
        report = run_evaluation(Content(faq, docs), files, settings, folder, _encoder(ctx, settings), watch)
    if as_json:
        typer.echo(json.dumps(_as_json(report, folder)))
    else:
        _print_report(report, folder)


def calibrate(
    ctx: typer.Context,
    questions: Questions,
    unanswerable: Unanswerable = None,
    faq: Faq = None,
    docs: Docs = None,
    precision: Annotated[float, typer.Option(min=0.5, max=0.999, help="Share of answers that must be right.")] = 0.9,
    suggest_precision: Annotated[
        float,
        typer.Option(min=0.5, max=0.999, help="Share of offers that must hold the right one among three."),
    ] = 0.8,
) -> None:
    """Choose the thresholds of this desk from labelled questions, and say what changes and what it costs.

    With --faq or --docs the questions are asked to a desk with that content; what comes of it still sets the
    thresholds of this one. To go back to the desk's own, delete thresholds.json in DATA_DIR.
    """
    from bot.calibrating import calibrate as run_calibration
    from bot.evaluating import Content, LabelFiles
    from bot.settings import load_settings

    settings = load_settings()
    with _watching() as watch:
        told = run_calibration(
            Content(faq, docs),
            LabelFiles(questions, unanswerable),
            settings,
            _encoder(ctx, settings),
            (precision, suggest_precision),
            watch,
        )
    for line in told:
        out.print(line, markup=False, soft_wrap=True)


def _encoder(ctx: typer.Context, settings: Settings) -> Encoder:
    """What was handed in, or the settings' model, exported first so that times are those of the serving desk."""
    from bot.wiring import text_encoder

    if ctx.obj is not None:
        return cast("Encoder", ctx.obj)
    encoder = text_encoder(settings)
    with busy("Preparing the embedding model"):
        encoder.prepare()
    return encoder


@contextmanager
def _watching() -> Iterator[Watch]:
    """One progress bar; each title begins a new task on it."""
    with progress() as bar:

        def watch(title: str) -> Any:  # noqa: ANN401 - a Progress callback
            task = bar.add_task(title, total=None)
            return lambda done, total: bar.update(task, completed=done, total=total)

        yield watch


def _print_report(report: Report, folder: Path) -> None:
    out.print(_figures_table(report))
    out.print(_bands_table(report))
    out.print(_styles_table(report))
    if report.before is not None:
        out.print(f"Compared with the run of {report.before.made_at}; * = more than chance.", markup=False)
    out.print(f"Saved in {folder}: run.json, report.html", markup=False, soft_wrap=True)


def _figures_table(report: Report) -> Table:
    from knowledge.evaluation.scorecard import TOPICS
    from knowledge.evaluation.wording import change_text, is_better, range_text, value_text

    table = Table("figure", title=_title(report.run.about), title_justify="left")
    for name in ("value", "95 % interval", *(("change",) if report.changes else ())):
        table.add_column(name, justify="right", no_wrap=True)
    for measures in TOPICS.values():
        for measure in measures:
            figure, change = report.run.figures.get(measure.name), report.changes.get(measure.name)
            if figure is None:
                continue
            row = [measure.label, value_text(measure, figure.value), range_text(figure)]
            if change is not None:
                row.append(change_text(change) + ("  " if is_better(measure, change) is None else " *"))
            table.add_row(*row)
        table.add_section()
    return table


def _title(about: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in about.items() if name not in ("version", "model"))


def _bands_table(report: Report) -> Table:
    from knowledge.evaluation.scorecard import band_confusion

    rows = [
        (row.band.value, row.right, row.wrong, row.unanswerable)
        for row in band_confusion(report.run.measured.outcomes)
    ]
    return _table(("band", "first hit right", "first hit wrong", "must not be answered"), rows)


def _styles_table(report: Report) -> Table:
    from knowledge.evaluation.scorecard import by_kind, by_style
    from knowledge.evaluation.wording import share_text

    outcomes = report.run.measured.outcomes
    rows = [
        (row.name, row.count, share_text(row.hit_1), share_text(row.hit_3), share_text(row.answered))
        for row in (*by_style(outcomes), *by_kind(outcomes))
    ]
    return _table(("style or kind", "questions", "hit@1", "hit@3", "answered"), rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
    table = Table(head[0])
    for name in head[1:]:
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(*map(str, row))
    return table


def _as_json(report: Report, folder: Path) -> dict[str, Any]:
    from dataclasses import asdict

    from knowledge.evaluation.runs import as_numbers
    from knowledge.evaluation.scorecard import band_confusion, by_kind, by_style

    outcomes = report.run.measured.outcomes
    groups = {"styles": by_style(outcomes), "kinds": by_kind(outcomes)}
    return {
        "made_at": report.run.made_at,
        "about": report.run.about,
        "figures": as_numbers(report.run.figures),
        "bands": [asdict(row) for row in band_confusion(outcomes)],
        **{name: [_finite(asdict(row)) for row in rows] for name, rows in groups.items()},
        "compared_with": report.before.made_at if report.before else None,
        "changes": as_numbers(report.changes),
        "folder": str(folder),
    }


def _finite(row: Mapping[str, Any]) -> dict[str, Any]:
    """JSON has no NaN."""
    return {name: None if value != value else value for name, value in row.items()}  # noqa: PLR0124
