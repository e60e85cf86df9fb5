"""Files that must be whole: forced to disk when written, compared with what was noted when read."""

from __future__ import annotations

import hashlib
import os
import uuid
from pathlib import Path
from typing import Any


def sync(path: Path) -> None:
    """Force a file's bytes, or a folder's names, to disk."""
    if path.is_dir() and os.name == "nt":
        return  # Windows cannot open folders; NTFS journals names by itself
    descriptor = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def mark(path: Path) -> dict[str, Any]:
    """Size and SHA-256 of a file, as manifests keep them. Raises OSError."""
    with path.open("rb") as file:
        return {"size": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def write_whole(path: Path, text: str) -> None:
    """Write a text file, whole or not at all; its folder is made when it is missing. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}-{uuid.uuid4().hex}")
    try:
        draft.write_text(text, encoding="utf-8")
        sync(draft)
        os.replace(draft, path)
        sync(path.parent)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
