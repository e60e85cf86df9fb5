"""HTML pages as headings and Markdown text. With ``html_markdown``, ``html_main`` and ``confluence_markup`` the only
module of BeautifulSoup in knowledge.

What a reader of the page does not see (scripts, navigation, hidden parts) is not read either.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, Tag, XMLParsedAsHTMLWarning
from bs4.dammit import EncodingDetector

from knowledge.domain import Section
from knowledge.errors import DocumentUnreadable
from knowledge.html_markdown import Block, HeadingBlock, blocks_of
from knowledge.page import Page, readable_name, text_of

UNREAD = re.compile(
    "script|style|title|nav|footer|noscript|template|iframe|object|svg|canvas|button|input|select|textarea"
)


def parse_html(data: bytes, path: str) -> Page:
    """An HTML page. Raises DocumentUnreadable when the bytes are no text or nest beyond reason.

    The title is the page's, else its first top heading, else made of the file name. Anchors are ids found in the
    page; a heading without one has an empty anchor.
    """
    return read_html(data, path, lambda soup: soup.body or soup, lambda soup: _title(soup) or readable_name(path))


def read_html(
    data: bytes, path: str, part: Callable[[BeautifulSoup], Tag], title_of: Callable[[BeautifulSoup], str]
) -> Page:
    """The same for one ``part`` of a page, which is chosen after everything that is not read was taken out."""
    declared = EncodingDetector.find_declared_encoding(data, is_html=True)
    return page_in(_soup(text_of(data, path, declared)), path, part, title_of)


def page_in(
    soup: BeautifulSoup, path: str, part: Callable[[BeautifulSoup], Tag], title_of: Callable[[BeautifulSoup], str]
) -> Page:
    """The same for a page that was parsed already."""
    try:
        title = title_of(soup)
        for tag in [tag for tag in soup.find_all(True) if _is_unread(tag)]:
            if not tag.decomposed:
                tag.decompose()
        return Page(title, tuple(_sections(blocks_of(part(soup)), title)))
    except RecursionError as exc:
        raise DocumentUnreadable(path, "nests its elements too deeply") from exc


def _soup(text: str) -> BeautifulSoup:
    with warnings.catch_warnings():  # advice to programmers; XHTML and one-word pages are fine here
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        return BeautifulSoup(text, "html.parser")


def _title(soup: BeautifulSoup) -> str:
    for tag in (soup.title, soup.h1):
        words = " ".join(tag.get_text().split()) if tag is not None else ""
        if words:
            return words
    return ""


def _is_unread(tag: Tag) -> bool:
    style = str(tag.get("style") or "").replace(" ", "").casefold()
    return (
        UNREAD.fullmatch(tag.name) is not None
        or tag.has_attr("hidden")
        or str(tag.get("aria-hidden")).casefold() == "true"
        or "display:none" in style
        or "visibility:hidden" in style
    )


@dataclass
class _Open:
    """The section that is being filled."""

    heading: str
    parents: tuple[str, ...]
    level: int
    anchor: str
    line: int
    texts: list[str]

    def close(self) -> Iterator[Section]:
        text = "\n\n".join(self.texts)
        if self.level or text:
            yield Section(self.heading, self.parents, self.level, text, self.anchor, self.line)


def _sections(blocks: Iterable[Block], title: str) -> Iterator[Section]:
    section = _Open(title, (), 0, "", 1, [])
    above: list[HeadingBlock] = []
    for block in blocks:
        if isinstance(block, str):
            section.texts.append(block)
            continue
        yield from section.close()
        above = [parent for parent in above if parent.level < block.level]
        parents = tuple(parent.text for parent in above)
        section = _Open(block.text, parents, block.level, block.anchor, block.line, [])
        above.append(block)
    yield from section.close()
