"""The commands of the FAQ: `faq import`, `faq export`, `faq check`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli_ingest import update_index
from bot.cli_terminal import open_parts, out, path
from bot.texts import figure

faq = typer.Typer(help="The FAQ: import, export and check entries.", no_args_is_help=True)


@faq.command("import")
def faq_import(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(parser=path, help="A YAML or CSV file of entries.")],
) -> None:
    """Add and update entries by id. Imports nothing when one is broken."""
    from bot.clock import now_utc
    from bot.encoder_wiring import look_through
    from knowledge.faq_import import import_faq

    with open_parts(ctx.obj, look_through) as parts:
        summary = import_faq(file, parts.database, "command line", now_utc)
        out.print(f"{summary.added} added, {summary.changed} changed, {summary.unchanged} unchanged.", markup=False)
        update_index(parts)


@faq.command("export")
def faq_export(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(parser=path, help="Where to write; .yaml or .csv decides the format.")],
) -> None:
    """Write every entry to a file that can be imported again."""
    from knowledge.faq_import import export_faq

    with open_parts(ctx.obj) as parts:
        count = export_faq(file, parts.database)
    out.print(f"{figure(count, 'entry', 'entries')} written to {file}.", markup=False, soft_wrap=True)


@faq.command("checklists")
def faq_checklists(ctx: typer.Context) -> None:
    """How people fare with each checklist: how many took each branch, and where they ended."""
    from bot.checklist_report import checklist_reports, report_lines

    with open_parts(ctx.obj) as parts:
        with parts.database.read() as session:
            reports = checklist_reports(session)
        for line in (line for report in reports for line in report_lines(report)):
            out.print(line, markup=False, soft_wrap=True)
        if not reports:
            out.print("Nobody has begun a checklist yet.", markup=False)


@faq.command("check")
def faq_check(file: Annotated[Path, typer.Argument(parser=path, help="A YAML or CSV file of entries.")]) -> None:
    """Report every problem with its line and what to do; changes nothing."""
    from knowledge.faq_file import read_faq

    entries = read_faq(file)
    out.print(f"{file} is fine: {figure(len(entries), 'entry', 'entries')}.", markup=False, soft_wrap=True)
    if any(entry.checklist for entry in entries):
        from bot.checklist_types import notes_on_types
        from bot.settings import load_settings
        from bot.wiring import request_types

        for line in notes_on_types(entries, request_types(load_settings())):
            out.print(line, markup=False, soft_wrap=True)
