"""Sitemaps: the addresses a site lists itself. XML that declares anything is refused: no entities, no bombs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from xml.parsers import expat

from knowledge.errors import WebFailed
from knowledge.web.facts import day_of
from knowledge.web.unpacking import unpacked

MAX_UNPACKED = 25_000_000
"""Bytes of one sitemap; the standard's 50,000 addresses take about ten."""

MOST_ADDRESSES = 50_000
_GZIP = b"\x1f\x8b"


@dataclass
class Sitemap:
    """``pages``: addresses with the day they changed; ``more``: addresses of further sitemaps."""

    pages: list[tuple[str, date | None]] = field(default_factory=list)
    more: list[str] = field(default_factory=list)


def parse_sitemap(data: bytes) -> Sitemap:
    """A sitemap or an index of sitemaps, packed or not. Raises WebFailed."""
    if data.startswith(_GZIP):
        data = unpacked(data, MAX_UNPACKED)
    if not data.lstrip().startswith((b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise WebFailed("is no sitemap: it is not XML")
    reading = _Reading()
    try:
        reading.parser.Parse(data, True)
    except expat.ExpatError as exc:
        raise WebFailed(f"is no sitemap: it is broken XML in line {exc.lineno}") from exc
    if not reading.is_sitemap:
        raise WebFailed("is no sitemap: it has neither a urlset nor a sitemapindex")
    return reading.sitemap


class _Reading:
    """Collects while expat goes through the file."""

    def __init__(self) -> None:
        self.sitemap = Sitemap()
        self.is_sitemap = False
        self._words: list[str] | None = None
        self._address = self._changed = ""
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = _refuse
        self.parser.EntityDeclHandler = _refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        match name.rpartition(" ")[2]:
            case "urlset" | "sitemapindex":
                self.is_sitemap = True
            case "url" | "sitemap":
                self._address = self._changed = ""
            case "loc" | "lastmod":
                self._words = []
            case _:
                pass

    def _text(self, text: str) -> None:
        if self._words is not None:
            self._words.append(text)

    def _end(self, name: str) -> None:
        place, _, name = name.rpartition(" ")
        words, self._words = "".join(self._words or ()).strip(), None
        match name:
            case "loc" if not self._address and "image" not in place and "video" not in place:
                self._address = words
            case "lastmod":
                self._changed = words
            case "url" if self._address:
                self.sitemap.pages.append((self._address, day_of(self._changed)))
            case "sitemap" if self._address:
                self.sitemap.more.append(self._address)
            case _:
                pass
        if len(self.sitemap.pages) > MOST_ADDRESSES:
            raise WebFailed(f"lists more than {MOST_ADDRESSES:,} pages, against the standard")


def _refuse(*_: object) -> None:
    raise WebFailed("declares XML entities, which no sitemap does")
