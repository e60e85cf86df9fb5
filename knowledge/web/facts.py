"""What a web page says of itself in its head: its address, when it changed, whether it wants to be found."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from html import unescape

from knowledge.web.robots import ROBOT

HEAD = 300_000
"""Characters that are searched: heads are at the beginning, and some pages have none."""

_CHANGED = (
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "last-modified",
    "dcterms.modified",
    "dc.date.modified",
    "revised",
)
"""Names of `meta` elements that say when a page changed, the most reliable first."""

_JSON_DATE = re.compile(r'"dateModified"\s*:\s*"([^"]{8,40})"')
_LINK = re.compile(r"<([^<>]{1,1000})>\s*;[^,]{0,200}?\brel\s*=\s*\"?canonical\b", re.IGNORECASE)
_BODY = re.compile(r"<body\b", re.IGNORECASE)
_TAG = re.compile(
    r"""<(meta|link)\b((?:[^<>"']++|"[^"]{0,4000}+"|'[^']{0,4000}+'){0,100}+)>""",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"""([\w:-]{1,50}+)\s{0,9}=\s{0,9}("[^"]*"|'[^']*'|[^\s"'>]++)""")
"""Patterns that never look twice at a character: the parsers of HTML do, on pages made to keep them busy."""

_NOT_FOUND_BY = ("noindex", "none")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_JUST_NOW = 120  # seconds; a page "changed" that recently was made for this answer


@dataclass
class PageFacts:
    """``canonical`` is as it was written, perhaps relative; ``hidden``: search engines must not list the page."""

    canonical: str = ""
    changed_at: date | None = None
    hidden: bool = False


@dataclass
class _Found:
    canonical: str = ""
    robots: list[str] = field(default_factory=list)
    dates: dict[str, str] = field(default_factory=dict)


def facts_of(text: str, headers: Mapping[str, str]) -> PageFacts:
    """The facts of a page, from its text (which may be none) and the headers it came with."""
    head = _BODY.split(text[:HEAD], maxsplit=1)[0]
    found = _found(head)
    if match := _JSON_DATE.search(head):
        found.dates.setdefault("datemodified", match[1])
    said = [*found.robots, *_robots_header(headers.get("x-robots-tag", ""))]
    words = {word.strip().lower() for one in said for word in one.split(",")}
    link = _LINK.search(headers.get("link", ""))
    return PageFacts(
        canonical=found.canonical or (link[1] if link else ""),
        changed_at=_changed(found.dates) or _last_modified(headers),
        hidden=any(word in words for word in _NOT_FOUND_BY),
    )


def day_of(text: str) -> date | None:
    """The day in a date as the web writes them: ISO 8601, or an HTTP date."""
    if match := _DAY.match(text.strip()):
        with suppress(ValueError):
            return date.fromisoformat(match[0])
    with suppress(ValueError, TypeError):
        return parsedate_to_datetime(text).date()
    return None


def _found(head: str) -> _Found:
    found = _Found()
    for tag, attributes in _TAG.findall(_without(_without(head, "<!--", "-->"), "<script", "</script")):
        values = {name.lower(): unescape(value.strip("\"'")) for name, value in _ATTRIBUTE.findall(attributes)}
        if tag.lower() == "link" and "canonical" in values.get("rel", "").lower().split():
            found.canonical = found.canonical or values.get("href", "").strip()
        names = (values.get(key, "").strip().lower() for key in ("name", "property", "itemprop", "http-equiv"))
        name = next(filter(None, names), "")
        if name in ("robots", ROBOT):
            found.robots.append(values.get("content", ""))
        elif name in _CHANGED:
            found.dates.setdefault(name, values.get("content", ""))
    return found


def _without(text: str, start: str, end: str) -> str:
    """The text without what stands between these marks, in any case of letters; all the rest where no end comes."""
    first, *others = re.split(re.escape(start), text, flags=re.IGNORECASE)
    ends = (re.split(re.escape(end), other, maxsplit=1, flags=re.IGNORECASE) for other in others)
    return first + "".join(parts[1] for parts in ends if len(parts) > 1)


def _robots_header(said: str) -> list[str]:
    """The rules of an X-Robots-Tag that are for everybody, or for us: `noindex`, `mops-desk: noindex`."""
    rules = []
    for part in said.split(","):
        robot, colon, rule = part.strip().partition(":")
        if not colon:
            rules.append(robot)
        elif robot.strip().lower() == ROBOT:
            rules.append(rule)
    return rules


def _changed(dates: Mapping[str, str]) -> date | None:
    days = (day_of(dates[name]) for name in _CHANGED if name in dates)
    return next((day for day in days if day is not None), None)


def _last_modified(headers: Mapping[str, str]) -> date | None:
    """The day of the header, unless the server says "now" to everybody."""
    try:
        changed = parsedate_to_datetime(headers.get("last-modified", ""))
        sent = parsedate_to_datetime(headers["date"]) if "date" in headers else datetime.now(UTC)
        fresh = abs((sent - changed).total_seconds()) < _JUST_NOW
    except (ValueError, TypeError):
        return None
    return None if fresh else changed.date()
