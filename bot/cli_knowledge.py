"""The commands that change what the desk knows: `faq …` and `ingest …`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from bot.cli_terminal import busy, err, open_parts, out, progress

if TYPE_CHECKING:
    from bot.wiring import KnowledgeParts
    from knowledge.folder_source import FolderSource
    from knowledge.ingest import IngestSummary

faq = typer.Typer(help="The FAQ: import, export and check entries.", no_args_is_help=True)


@faq.command("import")
def faq_import(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A YAML or CSV file of entries.")],
) -> None:
    """Add and update entries by id. Imports nothing when one is broken."""
    from bot.clock import now_utc
    from knowledge.faq_import import import_faq

    with open_parts(ctx.obj) as parts:
        summary = import_faq(file, parts.database, "command line", now_utc)
        out.print(f"{summary.added} added, {summary.changed} changed, {summary.unchanged} unchanged.", markup=False)
        _update_index(parts)


@faq.command("export")
def faq_export(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="Where to write; .yaml or .csv decides the format.")],
) -> None:
    """Write every entry to a file that can be imported again."""
    from knowledge.faq_import import export_faq

    with open_parts(ctx.obj) as parts:
        count = export_faq(file, parts.database)
    out.print(f"{count} entries written to {file}.", markup=False, soft_wrap=True)


@faq.command("check")
def faq_check(file: Annotated[Path, typer.Argument(help="A YAML or CSV file of entries.")]) -> None:
    """Report every problem with its line and what to do; changes nothing."""
    from knowledge.faq_file import read_faq

    entries = read_faq(file)
    out.print(f"{file} is fine: {len(entries)} entries.", markup=False, soft_wrap=True)


def ingest(
    ctx: typer.Context,
    places: Annotated[
        list[str] | None, typer.Argument(help="Folders or files; DOCS_DIR when left out.", metavar="[PATH]...")
    ] = None,
    watch: Annotated[bool, typer.Option(help="Stay, and take in changes as they happen.")] = False,
    base_url: Annotated[str, typer.Option(help="Where the folder is published; links are made from it.")] = "",
) -> None:
    """Take in documents: only what changed is read and embedded. Exit code 1 if one could not be read."""
    with open_parts(ctx.obj) as parts:
        sources = parts.sources(places or [], base_url)
        complete = _take_in(parts, sources)
        if watch:
            _watch(parts, sources)
    if not complete:
        raise typer.Exit(1)


def _take_in(parts: KnowledgeParts, sources: Iterable[FolderSource]) -> bool:
    """Bring database and index up to the sources. Says what it did, and returns whether all of it could be read."""
    rows = [(source, _read(parts, source)) for source in sources]
    _update_index(parts)
    _print_summary(rows)
    return not any(summary.failed or _is_nothing(summary) for _, summary in rows)


def _read(parts: KnowledgeParts, source: FolderSource) -> IngestSummary:
    from bot.clock import now_utc
    from knowledge.ingest import ingest as take_in

    with progress() as bar:
        task = bar.add_task(f"Reading {source.name}", total=None)

        def show(done: int, total: int, _path: str) -> None:
            bar.update(task, completed=done, total=total)

        return take_in(source, parts.database, now_utc, show)


def _print_summary(rows: Sequence[tuple[FolderSource, IngestSummary]]) -> None:
    from knowledge.page_kinds import READABLE

    table = Table("source", "added", "changed", "removed", "unchanged", "failed")
    problems = []
    for source, summary in rows:
        counts = (summary.added, summary.changed, summary.removed, summary.unchanged, len(summary.failed))
        table.add_row(source.name, *(str(count) for count in counts))
        problems += [f"{path}: {reason}" for path, reason in summary.failed]
        if _is_nothing(summary):
            problems.append(f"{source.root} holds nothing I can read. I read files ending in {', '.join(READABLE)}.")
    out.print(table)
    for problem in problems:
        err.print(problem, markup=False, soft_wrap=True)


def _is_nothing(summary: IngestSummary) -> bool:
    return not (summary.added or summary.changed or summary.removed or summary.unchanged or summary.failed)


def _watch(parts: KnowledgeParts, sources: Sequence[FolderSource]) -> None:
    from watchfiles import watch as changes

    # A file is watched through its folder: editors put a new file in its place, which ends a watch on the file.
    folders = {source.root.parent if source.root.is_file() else source.root for source in sources}
    out.print("Watching for changes; Ctrl+C ends it.", markup=False)
    try:
        for _ in changes(*folders):
            _take_in(parts, sources)
    except KeyboardInterrupt:
        return


def _update_index(parts: KnowledgeParts) -> None:
    if parts.model and parts.model.can_prepare:
        with busy("Preparing the embedding model, once: about half a minute"):
            parts.model.prepare()
    with progress() as bar:
        task = bar.add_task("Preparing the search index", total=None)
        parts.base.ensure_built(lambda done, total: bar.update(task, completed=done, total=total))
