"""The commands of knowledge: `ask`, `faq …`, `ingest …`."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from bot.errors import DeskError

if TYPE_CHECKING:
    from bot.wiring import KnowledgeParts
    from knowledge.domain import Question, Verdict
    from knowledge.ingest import IngestSummary
    from knowledge.protocols import Source

faq = typer.Typer(help="The FAQ: import, export and check entries.", no_args_is_help=True)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def ask(
    question: Annotated[str | None, typer.Argument(help="Leave it out to ask one after the other.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    overheard: Annotated[bool, typer.Option(help="As a message in a channel that did not address the desk.")] = False,
    explain: Annotated[bool, typer.Option(help="Show every number behind the decision.")] = False,
    batch: Annotated[Path | None, typer.Option(help="A JSONL file with one question per line.")] = None,
) -> None:
    """Ask a question. Nothing is recorded and no ticket is opened."""
    from bot.wiring import open_knowledge

    questions = _read_batch(batch) if batch else None
    with open_knowledge() as parts:
        with _busy("Loading what the desk knows"):
            parts.base.ensure_current()
        if questions is not None:
            _ask_batch(parts, questions, overheard)
        elif question is None:
            _ask_in_a_row(parts, overheard, explain)
        else:
            _ask_one(parts, question, overheard, as_json, explain)


def _ask_one(parts: KnowledgeParts, text: str, overheard: bool, as_json: bool, explain: bool) -> None:
    from bot import answer_text

    started = time.perf_counter()
    verdict = parts.base.verdict(_question((text,), overheard))
    elapsed = _ms(started)
    if as_json:
        typer.echo(json.dumps(_as_json(verdict, elapsed), ensure_ascii=False))
        return
    for line in answer_text.lines(verdict, explain):
        out.print(line, markup=False, soft_wrap=True)


def _ask_batch(parts: KnowledgeParts, questions: Iterable[tuple[Any, tuple[str, ...]]], overheard: bool) -> None:
    parts.base.verdict(_question(("warm up",), overheard))  # the model's load time is nobody's answer time
    for number, texts in questions:
        started = time.perf_counter()
        verdict = parts.base.verdict(_question(texts, overheard))
        line = {"id": number, **_as_json(verdict, _ms(started))}
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
        sys.stdout.flush()


def _ask_in_a_row(parts: KnowledgeParts, overheard: bool, explain: bool) -> None:
    earlier: tuple[str, ...] = ()
    out.print("Ask away. An empty line ends it; a follow-up may lean on the question before.", markup=False)
    while True:
        try:
            text = input("\n> ").strip()
        except (EOFError, KeyboardInterrupt):
            return
        if not text:
            return
        _print_verdict(parts.base.verdict(_question((*earlier, text), overheard)), explain)
        earlier = (*earlier, text)[-5:]


def _print_verdict(verdict: Verdict, explain: bool) -> None:
    from bot import answer_text

    for line in answer_text.lines(verdict, explain):
        out.print(line, markup=False, soft_wrap=True)


def _question(texts: tuple[str, ...], overheard: bool) -> Question:
    from knowledge.domain import Audience, Question

    return Question(texts[-1], tuple(texts[:-1]), addressed=not overheard, audience=Audience.internal())


def _as_json(verdict: Verdict, elapsed: float) -> dict[str, Any]:
    hits = [
        {
            "kind": hit.kind.value,
            "id": hit.id,
            "title": hit.title,
            "path": hit.path,
            "heading": hit.heading,
            "url": hit.url,
            "text": hit.text,
            "quote": hit.quote,
            "score": round(hit.score, 6),
        }
        for hit in verdict.hits
    ]
    return {
        "band": verdict.band.value,
        "confidence": round(verdict.confidence, 6),
        "reason": verdict.reason,
        "hits": hits,
        "ms": elapsed,
    }


def _ms(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 3)


def _read_batch(path: Path) -> list[tuple[Any, tuple[str, ...]]]:
    """(id, texts) per line; every bad line is named before anything is answered."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise DeskError(f"{path} cannot be read as UTF-8 text. Check the path.") from exc
    questions, problems = [], []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        texts = _texts(line)
        if texts is None:
            problems.append(
                f'{path}:{number}  is not a line like {{"id": "q1", "question": "…"}}. Mend or remove it.'
            )
        else:
            questions.append(texts)
    if problems:
        raise DeskError("\n".join(problems))
    return questions


def _texts(line: str) -> tuple[Any, tuple[str, ...]] | None:
    try:
        item = json.loads(line)
    except ValueError:
        return None
    if not isinstance(item, dict):
        return None
    thread = item.get("thread")
    texts = tuple(thread) if isinstance(thread, list) and thread else (item.get("question", item.get("text")),)
    return (item.get("id"), texts) if all(isinstance(text, str) for text in texts) else None


@faq.command("import")
def faq_import(
    file: Annotated[Path, typer.Argument(help="A YAML or CSV file of entries.")],
) -> None:
    """Add and update entries by id. Imports nothing when one is broken."""
    from bot.clock import now_utc
    from bot.wiring import open_knowledge
    from knowledge.faq_import import import_faq

    with open_knowledge() as parts:
        summary = import_faq(file, parts.database, "command line", now_utc)
        out.print(f"{summary.added} added, {summary.changed} changed, {summary.unchanged} unchanged.", markup=False)
        _rebuild(parts)


@faq.command("export")
def faq_export(
    file: Annotated[Path, typer.Argument(help="Where to write; .yaml or .csv decides the format.")],
) -> None:
    """Write every entry to a file that can be imported again."""
    from bot.wiring import open_knowledge
    from knowledge.faq_import import export_faq

    with open_knowledge() as parts:
        count = export_faq(file, parts.database)
    out.print(f"{count} entries written to {file}.", markup=False)


@faq.command("check")
def faq_check(file: Annotated[Path, typer.Argument(help="A YAML or CSV file of entries.")]) -> None:
    """Report every problem with its line and what to do; changes nothing."""
    from knowledge.faq_file import read_faq

    entries = read_faq(file)
    out.print(f"{file} is fine: {len(entries)} entries.", markup=False)


def ingest(
    places: Annotated[
        list[str] | None, typer.Argument(help="Folders, files or names of sources; DOCS_DIR when left out.")
    ] = None,
    watch: Annotated[bool, typer.Option(help="Stay, and take in changes as they happen.")] = False,
    base_url: Annotated[str, typer.Option(help="Where the folder is published; links are made from it.")] = "",
) -> None:
    """Take in documents: only what changed is read and embedded."""
    from bot.wiring import open_knowledge

    with open_knowledge() as parts:
        sources = parts.sources(places or [], base_url)
        failed = _ingest_all(parts, sources)
        if watch:
            _watch(parts, sources)
    if failed:
        raise typer.Exit(1)


def _ingest_all(parts: KnowledgeParts, sources: Iterable[Source]) -> bool:
    from bot.clock import now_utc
    from knowledge.ingest import ingest as take_in

    rows = []
    for source in sources:
        with _progress() as bar:
            task = bar.add_task(f"Reading {source.name}", total=None)

            def show(done: int, total: int, _path: str, task: Any = task, bar: Progress = bar) -> None:  # noqa: ANN401
                bar.update(task, completed=done, total=total)

            rows.append((source.name, take_in(source, parts.database, now_utc, show)))
    _rebuild(parts)
    _print_summary(rows)
    return any(summary.failed and not (summary.added or summary.changed or summary.unchanged) for _, summary in rows)


def _print_summary(rows: Iterable[tuple[str, IngestSummary]]) -> None:
    table = Table("source", "added", "changed", "removed", "unchanged", "failed")
    problems = []
    for name, summary in rows:
        counts = (summary.added, summary.changed, summary.removed, summary.unchanged, len(summary.failed))
        table.add_row(name, *(str(count) for count in counts))
        problems += [f"{path}: {reason}" for path, reason in summary.failed]
    out.print(table)
    for problem in problems:
        err.print(problem, markup=False, soft_wrap=True)


def _watch(parts: KnowledgeParts, sources: Iterable[Source]) -> None:
    from watchfiles import watch as changes

    from knowledge.folder_source import FolderSource

    folders = [source for source in sources if isinstance(source, FolderSource)]
    out.print("Watching for changes; Ctrl+C ends it.", markup=False)
    try:
        for _ in changes(*(source.root for source in folders)):
            _ingest_all(parts, folders)
    except KeyboardInterrupt:
        return


def _rebuild(parts: KnowledgeParts) -> None:
    with _progress() as bar:
        task = bar.add_task("Preparing the search index", total=None)
        parts.base.rebuild(lambda done, total: bar.update(task, completed=done, total=total))


@contextmanager
def _progress() -> Iterator[Progress]:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=not err.is_terminal) as bar:
        yield bar


@contextmanager
def _busy(doing: str) -> Iterator[None]:
    if not err.is_terminal:
        yield
        return
    with err.status(doing):
        yield
