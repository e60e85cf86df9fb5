"""Pages of Confluence, as the wiki hands them over, with the anchors it gives their headings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from urllib.parse import quote

from knowledge.confluence_markup import TooDeep, WikiPlace, storage_as_html
from knowledge.domain import Section
from knowledge.errors import DocumentUnreadable
from knowledge.html_pages import page_in
from knowledge.page import Page
from knowledge.unseen import clean

_IN_FRAGMENT = "-._~!$&*+,;=:@/?"


@dataclass(frozen=True)
class StoredPage:
    """A page's storage format and what of its surroundings is needed to read it."""

    title: str
    body: str
    base: str
    space: str
    cloud: bool

    def to_bytes(self) -> bytes:
        """For the page reader, which hands large pages to a process of their own."""
        return json.dumps(asdict(self)).encode()


def parse_confluence(data: bytes, path: str) -> Page:
    """The page in a StoredPage's bytes. Raises DocumentUnreadable."""
    stored = StoredPage(**json.loads(data))
    try:
        title = clean(stored.title)
        soup = storage_as_html(clean(stored.body), WikiPlace(stored.base, stored.space))
        page = page_in(soup, path, lambda whole: whole, lambda _: title)
    except (TooDeep, RecursionError) as exc:
        raise DocumentUnreadable(path, "nests its macros and lists too deeply: flatten the page") from exc
    anchors = heading_anchors((section.heading for section in page.sections if section.level), title, stored.cloud)
    return replace(page, sections=tuple(_anchored(page.sections, anchors)))


def _anchored(sections: tuple[Section, ...], anchors: Iterator[str]) -> Iterator[Section]:
    for section in sections:
        yield replace(section, anchor=next(anchors) if section.level else "")


def heading_anchors(headings: Iterator[str], title: str, cloud: bool) -> Iterator[str]:
    """The fragments of headings as Confluence makes them.

    Cloud joins a heading's words with hyphens; Data Center takes the spaces out and puts the page's title in front.
    A repeated one gets `.1`, `.2` and so on.
    """
    taken: dict[str, int] = {}
    front = "" if cloud else re.sub(r"\s", "", title) + "-"
    for heading in headings:
        anchor = front + re.sub(r"\s+", "-" if cloud else "", heading.strip())
        times = taken[anchor] = taken.get(anchor, -1) + 1
        yield quote(f"{anchor}.{times}" if times else anchor, safe=_IN_FRAGMENT)
