"""What the desk says about the data it keeps: to ops in Slack, and on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from bot.texts import figure

_UNITS = ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB"))


def backup_failed(why: str) -> str:
    """For the ops channel."""
    return f"I couldn't make last night's backup: {why} I'll try again every hour. By hand: `mops-desk backup`."


def backup_works_again() -> str:
    """For the ops channel."""
    return "Backups work again: one was just made."


def backup_made(path: Path, size: int, questions: int, requests: int) -> str:
    """On the command line."""
    return (
        f"Backup: {path} ({_size(size)}, {figure(questions, 'question', 'questions')}, "
        f"{figure(requests, 'request', 'requests')}), checked.\n"
        "It holds what people asked: keep it where only you can read it, and on another machine too. Settings (.env) "
        f"and the files they name are not in it.\nTo put it back: mops-desk restore {path}"
    )


def backup_is_good(path: Path, made_at: datetime, version: str) -> str:
    """On the command line, after looking at one."""
    return f"{path} is whole: made {_moment(made_at)} by version {version}. Nothing was changed."


def restored(path: Path, made_at: datetime, aside: Path | None) -> str:
    """On the command line."""
    kept = f"What was there before lies in {aside}; remove it when you no longer need it.\n" if aside else ""
    return (
        f"Restored from {path}: the desk is as it was on {_moment(made_at)}.\n{kept}"
        "Next: start the desk. It builds its index first, tells whom it may have left waiting, and looks in Slack "
        "and Jira before it repeats anything that it may have done since then."
    )


def postgres_backup(dump: Sequence[str], data_dir: Path) -> str:
    """On the command line: not ours to do."""
    return (
        "The records are in PostgreSQL, which makes its own backups, while everything runs:\n"
        f"  {' '.join(dump)}\n"
        f"Besides, keep the small files of the data folder: {data_dir}/*.json\n"
        "After putting one back with pg_restore, and before the desk starts: mops-desk db restored MOMENT, with the "
        "moment the dump was made."
    )


def postgres_restore() -> str:
    """On the command line."""
    return (
        "The records are in PostgreSQL: stop the desk, put them back with pg_restore --clean, then run "
        "mops-desk db restored MOMENT (when the dump was made), then start the desk."
    )


def marked_restored(made_at: datetime) -> str:
    """On the command line, after pg_restore."""
    return f"The desk knows now that it is as of {_moment(made_at)}. Start it."


def would_erase(person: str, counts: Sequence[tuple[str, int]]) -> str:
    """On the command line: the dry run."""
    return (
        f"This would erase what the desk keeps of {person}: {_counted(counts)}. Nothing was changed.\n"
        f"To do it: mops-desk erase {person} --yes"
    )


def erased(person: str, counts: Sequence[tuple[str, int]]) -> str:
    """On the command line."""
    return (
        f"Erased what the desk kept of {person}: {_counted(counts)}.\n"
        "Not the desk's to erase: tickets in the tracker, messages in Slack. What they wrote as a curator stays in "
        "the FAQ and its log. Older backups hold it until they are replaced: delete them, or wait until they are."
    )


def nothing_to_erase(person: str) -> str:
    """On the command line."""
    return f"The desk keeps nothing of {person}. Check the id: it is the member id from their Slack profile (U…)."


def _counted(counts: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{count} {what}" for what, count in counts if count)


def _moment(at: datetime) -> str:
    return f"{at:%d %b %Y %H:%M} UTC"


def _size(size: int) -> str:
    return next((f"{size / least:.1f} {unit}" for least, unit in _UNITS if size >= least), f"{size} bytes")
