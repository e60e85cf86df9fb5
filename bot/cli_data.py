"""The commands about the data itself: `backup`, `restore`, `erase`, and `db restored`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli_terminal import err, out, path, progress, typed

if TYPE_CHECKING:
    from bot.settings import Settings

NOT_HERE = 2
"""The exit code where the records are in PostgreSQL: something else has to be run."""


def backup(
    target: Annotated[
        str | None,
        typer.Argument(parser=typed, help="A file to write; a folder if there is one, or with a slash at the end."),
    ] = None,
    keep: Annotated[int | None, typer.Option(help="How many backups stay in the folder.", min=1)] = None,
) -> None:
    """One file with everything that cannot be made again, while the desk runs. Without TARGET: into BACKUP_DIR.

    In a folder the newest --keep backups stay (BACKUP_KEEP), each under the moment it was made.
    """
    to_file = target is not None and not target.endswith("/") and not Path(target).is_dir()
    if to_file and keep is not None:
        raise typer.BadParameter(f"--keep is for folders, and {target} would be a file. If it is a folder: {target}/")
    from bot.clock import now_utc
    from bot.operations import data_texts
    from bot.operations.backup import Backups
    from bot.settings import load_settings

    settings = load_settings()
    backups = Backups(_sqlite_file(settings), settings.data_dir, now_utc)
    folder = settings.backup_dir or settings.data_dir / "backups"
    with progress() as bar:
        task = bar.add_task("Copying the database", total=None)

        def report(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        if target is not None and to_file:
            made = backups.to(Path(target), report)
        else:
            into = Path(target) if target else folder
            made = backups.into(into, keep or settings.backup_keep, report)
    rows = made.manifest.rows
    counts = rows.get("desk_questions", 0), rows.get("escalation_requests", 0)
    out.print(data_texts.backup_made(made.path, made.size, *counts), markup=False, soft_wrap=True)


def restore(
    file: Annotated[Path, typer.Argument(parser=path, help="A backup, as `mops-desk backup` made it.")],
    check: Annotated[bool, typer.Option("--check", help="Only see whether it could be put back.")] = False,
    force: Annotated[
        bool,
        typer.Option("--force", help="Although something has the database open; stop that before the desk starts."),
    ] = False,
) -> None:
    """Put a backup in the place of the desk's data; what was there is moved aside. Stop the desk first."""
    from bot.clock import now_utc
    from bot.operations import data_texts
    from bot.operations.backup_restore import Restoring
    from bot.settings import load_settings

    settings = load_settings()
    restoring = Restoring(_sqlite_file(settings, restoring=True), settings.data_dir, now_utc)
    if check:
        good = restoring.check(file)
        out.print(data_texts.backup_is_good(file, good.made_at, good.version), markup=False, soft_wrap=True)
        return
    done = restoring.put_back(file, force=force)
    out.print(data_texts.restored(file, done.manifest.made_at, done.aside), markup=False, soft_wrap=True)


def restored(
    moment: Annotated[datetime, typer.Argument(help="When the dump was made, in UTC: 2026-11-22T03:00:00")],
) -> None:
    """After pg_restore: have the desk look before it repeats what it may have done since the dump was made."""
    from datetime import UTC

    from bot import wiring
    from bot.clock import now_utc
    from bot.operations import data_texts
    from bot.restored import mark_restored
    from bot.settings import load_settings

    made_at = moment.replace(tzinfo=moment.tzinfo or UTC)
    database = wiring.open_desk_database(load_settings())
    try:
        with database.write() as session:
            mark_restored(session, made_at, now_utc())
    finally:
        database.close()
    out.print(data_texts.marked_restored(made_at), markup=False, soft_wrap=True)


def erase(
    person: Annotated[str, typer.Argument(help="The member id from their Slack profile, e.g. U0123ABCD.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do it. Without, it is only said what would be erased.")] = False,
) -> None:
    """Erase what the desk keeps of a person, as `/mops forget me` does. Without --yes: only say what."""
    from bot import wiring
    from bot.clock import now_utc
    from bot.erasing import Erasing
    from bot.errors import NotAPerson
    from bot.forgetting import require_person
    from bot.operations import data_texts
    from bot.settings import load_settings

    try:
        require_person(person)
    except NotAPerson as exc:
        raise typer.BadParameter(str(exc)) from exc
    database = wiring.open_desk_database(load_settings())
    try:
        found = Erasing(database, now_utc).erase(person, really=yes)
    finally:
        database.close()
    if not found.anything:
        said = data_texts.nothing_to_erase(person)
    else:
        said = (data_texts.erased if yes else data_texts.would_erase)(person, found.counts)
    out.print(said, markup=False, soft_wrap=True)


def _sqlite_file(settings: Settings, *, restoring: bool = False) -> Path:
    """The database file; where there is none of ours, say what to run instead and end with NOT_HERE."""
    from bot.operations import data_texts
    from bot.operations.backup import sqlite_file

    file = sqlite_file(settings.database)
    if file is None:
        said = data_texts.postgres_restore() if restoring else _pg_dump(settings)
        err.print(said, markup=False, soft_wrap=True)
        raise typer.Exit(NOT_HERE)
    return file


def _pg_dump(settings: Settings) -> str:
    """The command that makes a backup of this database, without its password."""
    from sqlalchemy import make_url

    from bot.operations import data_texts

    url = make_url(settings.database)
    named = (("--host", url.host), ("--port", url.port), ("--username", url.username), ("--dbname", url.database))
    dump = ["pg_dump", "--format=custom", "--file=desk.dump", *(f"{name}={value}" for name, value in named if value)]
    return data_texts.postgres_backup(dump, settings.data_dir)
