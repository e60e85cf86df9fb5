"""The command line. Each command loads only what it runs, so that `--help` and `version` are instant."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot import __version__
from bot.cli_knowledge import ask, faq, ingest
from bot.domain import Role

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
app.command()(ask)
app.command()(ingest)

errors = Console(stderr=True, highlight=False)


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Port of the demo page.")] = 8765,
    data_dir: Annotated[
        Path | None, typer.Option(help="Keep the demo's data here instead of starting fresh.")
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
def doctor() -> None:
    """Check settings, Slack, Jira, model, index and database, and say how to mend what is wrong."""
    from bot.cli_run import run_doctor

    raise typer.Exit(run_doctor())


@db.command()
def upgrade() -> None:
    """Bring the database to the tables this version needs."""
    from bot.cli_run import upgrade_database

    upgrade_database()


@app.command()
def version() -> None:
    """The version."""
    typer.echo(f"mops-desk {__version__}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; errors are one plain message on stderr and exit code 1."""
    from bot.errors import DeskError
    from escalation.errors import EscalationError
    from knowledge.errors import KnowledgeError

    try:
        app(args=list(arguments) if arguments is not None else None, standalone_mode=True)
    except (DeskError, KnowledgeError, EscalationError) as exc:
        errors.print(str(exc), markup=False, soft_wrap=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(1)


if __name__ == "__main__":
    main()
