"""Places inside a document that is no web page: pages, slides, rows, lines and moments, as anchors and as words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

_MOMENT = re.compile(r"t=(\d{1,7})")
_MOMENT_IN_FRAGMENT = ("vimeo.com",)  # players that read `#t=83s`; the others take `?t=83`


class Places:
    """Hands out the anchors of one document; a page's second section gets `&part=2`, which viewers ignore."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def take(self, anchor: str) -> str:
        """The anchor, made unique."""
        self._taken[anchor] = count = self._taken.get(anchor, 0) + 1
        return anchor if count == 1 else f"{anchor}&part={count}"


def page_anchor(number: int) -> str:
    """A page of a PDF, from 1; browsers open a PDF at `#page=4`."""
    return f"page={number}"


def slide_anchor(number: int) -> str:
    """A slide, from 1."""
    return f"slide={number}"


def rows_anchor(first: int, last: int, sheet: str = "") -> str:
    """Rows of a table as its program numbers them."""
    return f"{f'sheet={quote(sheet)}&' if sheet else ''}rows={first}-{last}"


def lines_anchor(first: int, last: int) -> str:
    """Lines of a text, from 1."""
    return f"lines={first}-{last}"


def moment_anchor(seconds: float) -> str:
    """A moment of a recording."""
    return f"t={int(seconds)}"


def clock(seconds: int) -> str:
    """A moment as players show it: 1:23, 1:02:03."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


_Words = Callable[[re.Match[str]], str]
_WORDS: Mapping[re.Pattern[str], _Words] = MappingProxyType(
    {
        re.compile(r"page=(\d{1,7})(?:&part=\d+)?"): lambda m: f"p. {m[1]}",
        re.compile(r"slide=(\d{1,7})(?:&part=\d+)?"): lambda m: f"slide {m[1]}",
        re.compile(r"(?:sheet=[^&]*&)?rows=(\d+)-(\d+)(?:&part=\d+)?"): lambda m: _span("row", m[1], m[2]),
        re.compile(r"lines=(\d+)-(\d+)(?:&part=\d+)?"): lambda m: _span("line", m[1], m[2]),
        re.compile(r"t=(\d{1,7})(?:&part=\d+)?"): lambda m: clock(int(m[1])),
    }
)


def _span(word: str, first: str, last: str) -> str:
    return f"{word} {first}" if first == last else f"{word}s {first}\N{EN DASH}{last}"


def place(anchor: str) -> str:
    """The anchor in words for a citation ("p. 4", "slide 7", "rows 2–26", "1:23"); "" for a heading's anchor."""
    for pattern, words in _WORDS.items():
        if match := pattern.fullmatch(anchor):
            return words(match)
    return ""


def address(url: str, anchor: str) -> str:
    """The web address of a section: a moment goes into the query (`?t=83`, `&t=83`), all else behind the `#`."""
    if not anchor:
        return url
    moment = _MOMENT.match(anchor)
    if moment is None or not place(anchor):
        return f"{url}#{anchor}"
    parts = urlsplit(url)
    if (parts.hostname or "").removeprefix("www.") in _MOMENT_IN_FRAGMENT:
        return f"{url}#t={moment[1]}s"
    query = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key != "t"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("t", moment[1])])))
