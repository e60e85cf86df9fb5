"""Characters nobody sees: zero-width ones that would split a word for search, and what a database refuses."""

from __future__ import annotations

import re
from dataclasses import replace

from knowledge.page import Page

_ZERO_WIDTH = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\U000e0000-\U000e007f]"
)
"""Soft hyphen, zero-width space, direction marks, invisible operators, tag characters. Not the joiners: see below."""

_JOINER = re.compile("(?<=[\u0000-\u024f])[\u200c\u200d]|[\u200c\u200d](?=[\u0000-\u024f])")
"""Joiners next to a Latin letter do nothing; between Persian letters or emoji they are spelling."""

_BROKEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def without_zero_width(text: str) -> str:
    """The text as a reader sees it: hidden characters neither split a word nor hide it from search."""
    if text.isascii():
        return text
    return _JOINER.sub("", _ZERO_WIDTH.sub("", text))


def clean(text: str) -> str:
    """The same, also without control characters and half surrogates."""
    return without_zero_width(_BROKEN.sub("", text))


def printable(name: str) -> str:
    """A file's name as it can be shown and stored; bytes that are not UTF-8 are written out (``caf\\xe9.md``)."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def cleaned(page: Page) -> Page:
    """A page whose every text is clean."""
    sections = tuple(
        replace(
            section,
            heading=clean(section.heading),
            parents=tuple(clean(parent) for parent in section.parents),
            text=clean(section.text),
            anchor=clean(section.anchor),
        )
        for section in page.sections
    )
    return replace(page, title=clean(page.title), owner=clean(page.owner) if page.owner else None, sections=sections)
