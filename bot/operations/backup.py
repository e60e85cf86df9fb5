"""Backups of a desk on SQLite: one file with everything that cannot be made again, taken while the desk runs.

In it: the database, and the small files of DATA_DIR (thresholds, lessons). Not in it: the search index and the
exported model, which are made again, and the settings, which hold secrets.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import make_url

from bot import __version__
from bot.clock import Clock
from bot.errors import BackupFailed
from bot.operations.backup_file import DATABASE, Manifest, can_be_kept, marks, verify, write_archive
from bot.operations.backup_sqlite import Progress, check_database, copy_database, jumps, row_counts, tables_version
from bot.restored import GAP

KEEP = 14
"""How many backups stay in a folder when nobody says otherwise."""

SMALL_FILES = "*.json"
SMALL = 16_000_000
"""Bytes. Nothing the desk keeps beside its database comes near; what does was put there by somebody else."""

_WITH_GAPS = ("desk_questions", "escalation_requests")
_SCRATCH = ".mops-desk-"
_PREFIX, _SUFFIX, _STAMP = "mops-desk-", ".tar.gz", "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Backup:
    """One that was made, and read again to its end."""

    path: Path
    size: int
    manifest: Manifest


class Backups:
    """Makes backups of one desk's data. ``database`` is its SQLite file."""

    def __init__(self, database: Path, data_dir: Path, clock: Clock) -> None:
        self._database = database
        self._data_dir = data_dir
        self._clock = clock

    def into(self, folder: Path, keep: int = KEEP, progress: Progress = lambda _done, _total: None) -> Backup:
        """A new one in a folder; of those in it the newest ``keep`` stay. Raises BackupFailed."""
        made = self.to(folder / f"{_PREFIX}{self._clock().astimezone(UTC):{_STAMP}}{_SUFFIX}", progress)
        for old in backups_in(folder)[: -max(keep, 1)]:
            old.unlink(missing_ok=True)
        return made

    def to(self, target: Path, progress: Progress = lambda _done, _total: None) -> Backup:
        """A new one under this name, which must be free. Raises BackupFailed; then there is no such file."""
        if not self._database.exists():
            raise BackupFailed(f"There is no database at {self._database} yet. Check DATA_DIR and DATABASE_URL.")
        if target.exists():
            raise BackupFailed(f"{target} is there already. Name another file; nothing was changed.")
        try:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            clear_leftovers(target.parent, _SCRATCH)
            with tempfile.TemporaryDirectory(dir=target.parent, prefix=_SCRATCH) as scratch:
                manifest = self._collect(Path(scratch), progress)
                write_archive(target, Path(scratch), manifest)
            return Backup(target, target.stat().st_size, verify(target))
        except OSError as exc:
            raise BackupFailed(
                f"{target} cannot be written ({exc.strerror or exc}). Make room, or name another folder; "
                "no backup was made."
            ) from exc

    def _collect(self, scratch: Path, progress: Progress) -> Manifest:
        made_at = self._clock().astimezone(UTC)
        copy_database(self._database, scratch / DATABASE, progress)
        check_database(scratch / DATABASE)
        kept = [file for file in sorted(self._data_dir.glob(SMALL_FILES)) if _belongs(file)]
        for file in kept:
            shutil.copyfile(file, scratch / file.name)
        files = marks(scratch, [DATABASE, *(file.name for file in kept)])
        return Manifest(made_at, __version__, tables_version(scratch / DATABASE), _rows(scratch / DATABASE), files)


def clear_leftovers(folder: Path, prefix: str) -> None:
    """Remove what a process left that was killed at it, at least a day ago. Raises OSError."""
    for path in folder.glob(f"{prefix}*"):
        if path.stat().st_mtime < time.time() - 86_400:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def backups_in(folder: Path) -> list[Path]:
    """The backups of a folder, oldest first, as far as they have their own names."""
    return sorted(path for path in folder.glob(f"{_PREFIX}*{_SUFFIX}") if _made_at(path) is not None)


def newest_backup(folder: Path) -> datetime | None:
    """When the newest backup of a folder was made, by its name; None when there is none."""
    found = backups_in(folder)
    return _made_at(found[-1]) if found else None


def sqlite_file(url: str) -> Path | None:
    """The file behind a database URL; None for PostgreSQL, and for a database in memory."""
    parsed = make_url(url)
    name = parsed.database if parsed.drivername.startswith("sqlite") else None
    return Path(name) if name and name != ":memory:" else None


def _rows(database: Path) -> dict[str, int]:
    """Rows by table, without those that only keep numbers free after a restore."""
    rows = row_counts(database)
    return rows | {table: rows[table] - jumps(database, table, GAP) for table in _WITH_GAPS if table in rows}


def _belongs(file: Path) -> bool:
    return file.is_file() and not file.is_symlink() and can_be_kept(file.name) and file.stat().st_size <= SMALL


def _made_at(path: Path) -> datetime | None:
    try:
        return datetime.strptime(path.name[len(_PREFIX) : -len(_SUFFIX)], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
