"""The command line. Each command loads only what it runs, so that `--help` and `version` are instant."""

from __future__ import annotations

import errno
import gc
import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot import __version__
from bot.cli_ask import ask
from bot.cli_benchmark import benchmark
from bot.cli_curate import curate
from bot.cli_data import backup, erase, restore, restored
from bot.cli_evaluate import calibrate, evaluate
from bot.cli_ingest import ingest
from bot.cli_knowledge import faq
from bot.cli_oncall import oncall
from bot.cli_terminal import err, path
from bot.domain import Role

if TYPE_CHECKING:
    from knowledge.protocols import Encoder

UNEXPECTED = 70
"""The exit code of an error nobody foresaw (EX_SOFTWARE in sysexits.h). Foreseen ones have 1, wrong usage 2."""

GARBAGE = 20_000, 10, 10
"""How often objects are looked through for garbage (see gc.set_threshold). A start makes hundreds of thousands of
them that all stay; without any looking it takes a tenth less of the processor."""

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""How writing fails that nobody's own path is named for: the output leads to a disk that is full, or gone."""

app = typer.Typer(
    help="The front desk of a marketing-operations team, in Slack.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
db = typer.Typer(help="The database.", no_args_is_help=True)
app.add_typer(faq, name="faq")
app.add_typer(db, name="db")
app.add_typer(oncall, name="oncall")
app.command()(ask)
app.command()(ingest)
app.command()(evaluate)
app.command()(calibrate)
app.command()(benchmark)
app.command()(curate)
app.command()(backup)
app.command()(restore)
app.command()(erase)
db.command()(restored)


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Port of the demo page.", min=0, max=65535)] = 8765,
    data_dir: Annotated[
        Path | None, typer.Option(parser=path, help="Keep the demo's data here instead of starting fresh.")
    ] = None,
) -> None:
    """The whole desk on this machine: a page that looks like a Slack channel, no accounts needed."""
    from bot.cli_run import run_demo

    run_demo(port, data_dir)


@app.command()
def run(
    role: Annotated[Role, typer.Option(help="all, or only the receiver or the worker half.")] = Role.ALL,
) -> None:
    """The real bot: Socket Mode if SLACK_APP_TOKEN is set, HTTP otherwise."""
    from bot.cli_run import run_desk

    run_desk(role)


@app.command()
def doctor(
    ctx: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="A line of JSON for each check: name, state, detail.")] = False,
) -> None:
    """Check settings, Slack, Jira, model, index, database and clock, and say how to mend what is wrong."""
    from bot.cli_run import run_doctor

    raise typer.Exit(run_doctor(ctx.obj, as_json=json))


@db.command()
def upgrade() -> None:
    """Bring the database to the tables this version needs."""
    from bot.cli_run import upgrade_database

    upgrade_database()


@app.command()
def version() -> None:
    """The version."""
    typer.echo(f"mops-desk {__version__}")


def main(arguments: Sequence[str] | None = None, encoder: Encoder | None = None) -> None:
    """Run one command, and leave with its exit code. An error is a plain message on stderr, never a traceback.

    ``encoder`` takes the place of the model that EMBEDDING_MODEL names.
    """
    from bot.errors import DeskError
    from escalation.errors import EscalationError
    from knowledge.errors import KnowledgeError

    gc.set_threshold(*GARBAGE)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy's threads wait for each other on a busy machine
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a character the terminal lacks is no reason to stop
            stream.reconfigure(errors="replace")
    try:
        app(args=list(arguments) if arguments is not None else None, obj=encoder)
    except (DeskError, KnowledgeError, EscalationError) as exc:
        err.print(str(exc), markup=False, soft_wrap=True)
        sys.exit(1)
    except OSError as exc:
        if exc.errno not in FULL or exc.filename is not None:
            sys.exit(_unexpected(exc))
        said = f"Cannot write the output ({exc.strerror}). Make room, or send it elsewhere."
        err.print(said, markup=False, soft_wrap=True)
        _drop_output()
        sys.exit(1)
    except Exception as exc:  # noqa: BLE001 - the last resort: no traceback ever reaches a person
        sys.exit(_unexpected(exc))


def _unexpected(exc: Exception) -> int:
    """Say in one line that something is wrong with the desk itself; LOG_LEVEL=debug adds where."""
    import traceback

    from bot.errors import SettingsInvalid
    from bot.logs import mask
    from bot.settings import load_settings

    try:
        debug = load_settings().log_level == "debug"
    except SettingsInvalid:
        debug = False
    if debug:
        err.print(mask("".join(traceback.format_exception(exc))), markup=False, soft_wrap=True)
    err.print(
        f"Something went wrong that the desk did not expect ({type(exc).__name__}). "
        "Run it again with LOG_LEVEL=debug for details.",
        markup=False,
        soft_wrap=True,
    )
    return UNEXPECTED


def _drop_output() -> None:
    """What could not be written is tried again as Python ends, with a traceback of its own: let it go nowhere."""
    with suppress(OSError, ValueError):  # a stream without a file behind it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
