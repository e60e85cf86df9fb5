"""Putting a backup back: checked and brought up to date beside the data, then swapped in; what was there stays."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from bot.clock import Clock
from bot.database import open_database
from bot.errors import BackupFailed
from bot.migrate import upgrade
from bot.operations.backup import clear_leftovers
from bot.operations.backup_file import DATABASE, FORMAT, Manifest, read_manifest, unpack
from bot.operations.backup_sqlite import SIDE_FILES, alone_with, check_database, merge_side_files
from bot.restored import mark_restored
from bot.schema import newest
from knowledge.disk import sync

_SCRATCH = ".restoring-"


@dataclass(frozen=True)
class PutBack:
    """What was put back, and where what was there lies now; None when nothing was there."""

    manifest: Manifest
    aside: Path | None


class Restoring:
    """Puts backups in the place of one desk's data. ``database`` is its SQLite file, there or not."""

    def __init__(self, database: Path, data_dir: Path, clock: Clock) -> None:
        self._database = database
        self._data_dir = data_dir
        self._clock = clock

    def check(self, file: Path) -> Manifest:
        """Everything but the swap: unpacked, verified, brought up to date. Raises BackupFailed."""
        with tempfile.TemporaryDirectory(prefix="mops-desk-check-") as scratch:
            return self._prepared(file, Path(scratch))

    def put_back(self, file: Path, *, force: bool = False) -> PutBack:
        """Raises BackupFailed; then everything is as it was. ``force``: although something uses the database."""
        try:
            for folder in (self._database.parent, self._data_dir):
                folder.mkdir(parents=True, exist_ok=True)
            clear_leftovers(self._database.parent, _SCRATCH)
            with tempfile.TemporaryDirectory(dir=self._database.parent, prefix=_SCRATCH) as scratch:
                manifest = self._prepared(file, Path(scratch))
                with alone_with(self._database, force=force):
                    aside = self._set_aside(manifest)
                    self._swap(Path(scratch), manifest)
        except OSError as exc:
            raise BackupFailed(
                f"The data could not be put in place ({exc.strerror or exc}). What was there is untouched, "
                f"or in a folder before-restore-… beside {self._database}."
            ) from exc
        return PutBack(manifest, aside)

    def _prepared(self, file: Path, scratch: Path) -> Manifest:
        _require_known(read_manifest(file))
        manifest = unpack(file, scratch)
        copy = scratch / DATABASE
        check_database(copy)
        database = open_database(f"sqlite:///{copy}")
        try:
            upgrade(database)
            with database.write() as session:
                mark_restored(session, manifest.made_at, self._clock())
        finally:
            database.close()
        merge_side_files(copy)
        sync(copy)
        return manifest

    def _set_aside(self, manifest: Manifest) -> Path | None:
        """A second name for everything that is about to be replaced: a kill at any moment leaves it readable."""
        sides = [self._database.with_name(self._database.name + end) for end in SIDE_FILES]
        small = [self._data_dir / name for name in manifest.files if name != DATABASE]
        there = [path for path in (self._database, *sides, *small) if path.exists()]
        if not there:
            return None
        name = f"before-restore-{self._clock().astimezone(UTC):%Y%m%dT%H%M%SZ}-"
        aside = Path(tempfile.mkdtemp(dir=self._database.parent, prefix=name))  # for this user only
        for path in there:
            _second_name(path, aside / path.name)
        sync(aside)
        for path in sides:
            path.unlink(missing_ok=True)  # a log of the old database must not be read into the new one
        return aside

    def _swap(self, scratch: Path, manifest: Manifest) -> None:
        os.replace(scratch / DATABASE, self._database)
        for name in manifest.files:
            if name != DATABASE:
                shutil.copyfile(scratch / name, self._data_dir / f".{name}.part")
                os.replace(self._data_dir / f".{name}.part", self._data_dir / name)
        sync(self._database.parent)


def _require_known(manifest: Manifest) -> None:
    if manifest.format > FORMAT or manifest.tables > newest():
        raise BackupFailed(
            f"This backup was made by a newer version of MOPS Desk ({manifest.version}). "
            "Update the desk first; nothing was changed."
        )


def _second_name(path: Path, aside: Path) -> None:
    try:
        os.link(path, aside)
    except OSError:  # a file system without hard links
        shutil.copy2(path, aside)
