"""What every Office file must pass before a library opens it: it is a ZIP archive, and no bomb."""

from __future__ import annotations

import io
import zipfile

from knowledge.errors import DocumentUnreadable

MAX_PARTS = 10_000
MAX_UNPACKED = 250_000_000
"""Bytes of all parts together: twelve times the largest file we take, pictures hardly shrink, texts do by five."""

MAX_PART = 120_000_000
_PROLOG = 65_536
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = 0x1
_XML = (".xml", ".rels")
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")


def looks_like(data: bytes) -> str:
    """What a file's first bytes say it is, for a reader who trusts its name."""
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        return "empty"
    for mark, name in (
        (b"%PDF", "a PDF"),
        (b"PK", "a ZIP archive"),
        (_OLE, "an old Office file"),
        (b"<", "a web page"),
    ):
        if start.startswith(mark):
            return name
    return "something else"


def open_archive(data: bytes, path: str, what: str, suffix: str) -> zipfile.ZipFile:
    """The file as an archive whose unpacked size is bearable and whose XML declares nothing.

    Nothing is unpacked to the disk, here or later. Raises DocumentUnreadable.
    """
    if data.startswith(_OLE):
        raise DocumentUnreadable(
            path, f"is protected by a password or in an old format: save it as {suffix} without one"
        )
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        _check(archive, path)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, OSError, ValueError) as exc:
        raise DocumentUnreadable(
            path, f"is no readable {what} (it looks like {looks_like(data)}): open it and save it anew"
        ) from exc
    return archive


def _check(archive: zipfile.ZipFile, path: str) -> None:
    parts = archive.infolist()
    sizes = [part.file_size for part in parts]
    if len(parts) > MAX_PARTS or sum(sizes) > MAX_UNPACKED or max(sizes, default=0) > MAX_PART:
        unpacked = sum(sizes) / 1e6
        raise DocumentUnreadable(
            path,
            f"unpacks into {unpacked:,.0f} MB in {len(parts):,} parts, like a ZIP bomb: save it anew or leave it out",
        )
    for part in parts:
        if part.flag_bits & _ENCRYPTED:
            raise DocumentUnreadable(path, "is protected by a password: save a copy without one")
        if part.filename.casefold().endswith(_XML) and _declares(archive, part):
            raise DocumentUnreadable(path, "declares XML entities, which no Office program does: save it anew")


def _declares(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    with archive.open(part) as opened:
        prolog = opened.read(_PROLOG).replace(b"\x00", b"")  # so that UTF-16 hides nothing
    return any(mark in prolog for mark in _DECLARATIONS)
