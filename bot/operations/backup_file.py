"""A backup as one file: an archive (.tar.gz) with a manifest first, then the database and the desk's own small files.

The manifest names each file with its size and SHA-256: what is cut off, altered or unknown is refused.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from bot.errors import BackupFailed
from knowledge.disk import mark, sync

FORMAT = 1
"""Raised when older versions of the desk could not read the file."""

DATABASE = "desk.sqlite3"
_MANIFEST = "manifest.json"
_MANIFEST_LIMIT = 1_000_000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_PIECE = 1 << 20
_DAMAGED = (tarfile.TarError, EOFError, OSError, zlib.error, ValueError, KeyError, TypeError)


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. ``tables``: up to which migration; ``rows`` by table; ``files``: size and hash by name."""

    made_at: datetime
    version: str
    tables: str
    rows: Mapping[str, int]
    files: Mapping[str, Mapping[str, Any]]
    format: int = FORMAT


def write_archive(target: Path, folder: Path, manifest: Manifest) -> None:
    """Pack the manifest's files out of a folder, whole or not at all, readable by this user only. Raises OSError."""
    draft = target.with_name(f".{target.name}.part")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with (
            os.fdopen(descriptor, "wb") as raw,
            tarfile.open(fileobj=raw, mode="w:gz", compresslevel=1) as archive,
        ):
            _add(archive, _MANIFEST, io.BytesIO(_to_json(manifest)), len(_to_json(manifest)), manifest)
            for name, known in manifest.files.items():
                with (folder / name).open("rb") as file:
                    _add(archive, name, file, known["size"], manifest)
        sync(draft)
        os.replace(draft, target)
        sync(target.parent)
    finally:
        draft.unlink(missing_ok=True)


def marks(folder: Path, names: list[str]) -> dict[str, dict[str, Any]]:
    """Size and SHA-256 of files, as a manifest keeps them."""
    return {name: mark(folder / name) for name in names}


def read_manifest(path: Path) -> Manifest:
    """What a backup says of itself; its files are not looked at. Raises BackupFailed."""
    with _opened(path) as archive:
        return _manifest_of(archive)


def unpack(path: Path, folder: Path) -> Manifest:
    """Put the files of a backup into a folder, each as its manifest describes it. Raises BackupFailed."""
    with _opened(path) as archive:
        manifest = _manifest_of(archive)
        for name, known in manifest.files.items():
            _extract(archive, name, known, folder)
        return manifest


def verify(path: Path) -> Manifest:
    """Read a backup to its end. Raises BackupFailed when anything differs from its manifest."""
    with _opened(path) as archive:
        manifest = _manifest_of(archive)
        for name, known in manifest.files.items():
            _compare(_pieces(archive, name, known), known, name)
        return manifest


def can_be_kept(name: str) -> bool:
    """Whether a file of this name can be in a backup."""
    return _NAME.fullmatch(name) is not None and name != _MANIFEST


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path, "r:gz") as archive:
            yield archive
    except FileNotFoundError as exc:
        raise BackupFailed(f"There is no file {path}. Check the path; nothing was changed.") from exc
    except PermissionError as exc:
        raise BackupFailed(f"{path} cannot be read ({exc.strerror}). Nothing was changed.") from exc
    except _DAMAGED as exc:
        raise BackupFailed(
            f"{path} is damaged, or no backup of MOPS Desk ({exc}). Take another one; nothing was changed."
        ) from exc


def _manifest_of(archive: tarfile.TarFile) -> Manifest:
    first = archive.next()
    if first is None or first.name != _MANIFEST or first.size > _MANIFEST_LIMIT:
        raise ValueError("it does not begin with a manifest")
    body = json.loads(_stream(archive, _MANIFEST).read())
    manifest = Manifest(**{**body, "made_at": datetime.fromisoformat(body["made_at"])})
    if DATABASE not in manifest.files or not all(map(can_be_kept, manifest.files)):
        raise ValueError("its manifest names other files than a desk's")
    return manifest


def _to_json(manifest: Manifest) -> bytes:
    body = {**asdict(manifest), "made_at": manifest.made_at.isoformat()}
    return json.dumps(body, indent=1).encode()


def _add(archive: tarfile.TarFile, name: str, content: IO[bytes], size: int, manifest: Manifest) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, int(manifest.made_at.timestamp())
    archive.addfile(member, content)


def _stream(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    member = archive.getmember(name)
    stream = archive.extractfile(member) if member.isfile() else None
    if stream is None:
        raise ValueError(f"{name} is no file")
    return stream


def _pieces(archive: tarfile.TarFile, name: str, known: Mapping[str, Any]) -> Iterator[bytes]:
    """A file's bytes, and never more than its manifest says."""
    if archive.getmember(name).size != known["size"]:
        raise ValueError(f"{name} has another size than it had")
    stream = _stream(archive, name)
    while piece := stream.read(_PIECE):
        yield piece


def _extract(archive: tarfile.TarFile, name: str, known: Mapping[str, Any], folder: Path) -> None:
    with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:

        def written() -> Iterator[bytes]:
            for piece in _pieces(archive, name, known):
                file.write(piece)
                yield piece

        _compare(written(), known, name)
        file.flush()
        os.fsync(file.fileno())


def _compare(pieces: Iterator[bytes], known: Mapping[str, Any], name: str) -> None:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    if digest.hexdigest() != known["sha256"]:
        raise ValueError(f"{name} is not what it was")
