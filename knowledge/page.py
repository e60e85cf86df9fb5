"""A page as a parser understands it, before a source makes a document of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import TypeAlias

from knowledge.domain import Audience, Section, Standing
from knowledge.errors import DocumentUnreadable

CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")

WEB_PAGE = ".webpage"
"""Ends the name under which a page of a web site is read (see ``html_main.name_for``)."""

WIKI_PAGE = ".confluence"
"""What tells the page reader that bytes are a StoredPage; no folder is searched for it."""


@dataclass(frozen=True)
class Page:
    """A parsed page. ``audience`` is None when the page does not say who may read it.

    ``url`` is its own address where it names one, else None: then its source knows. ``standing`` is None where its
    facts do not tell: its title or first line may.
    """

    title: str
    sections: tuple[Section, ...]
    owner: str | None = None
    changed_at: date | None = None
    audience: Audience | None = None
    url: str | None = None
    standing: Standing | None = None


Parser: TypeAlias = Callable[[bytes, str], Page]
"""Makes a page of a file's bytes and its path in the source. Raises DocumentUnreadable."""


def text_of(data: bytes, path: str, declared: str | None = None) -> str:
    """The text of a file, line ends as ``\\n``.

    Tries the byte order mark, the encoding the file declares, UTF-8, then Windows-1252, which would accept almost
    anything: there a single control character means "not a text". Raises DocumentUnreadable.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\x00" in data:
        raise DocumentUnreadable(path, "is not a text file: it has zero bytes in it")
    else:
        encodings = ["utf-8-sig", *([declared] if declared else []), "cp1252"]
    for encoding in encodings:
        text = _decoded(data, encoding)
        if text is not None and not CONTROL.search(text):
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise DocumentUnreadable(path, "is not readable text: save it as UTF-8")


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def readable_name(path: str) -> str:
    """A title made of a file name: ``list-import.md`` is "List import"; an index page is called after its folder."""
    pure = PurePosixPath(path)
    stem = pure.parent.name if pure.stem.strip("_").casefold() == "index" and pure.parent.name else pure.stem
    words = " ".join(re.split(r"[\s_\-]+", stem)).strip() or path
    return words[:1].upper() + words[1:]
