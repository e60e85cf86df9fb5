"""What a Confluence site says of its pages, as values: the same from Cloud's and from Data Center's API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Protocol

from knowledge.confluence.site import ConfluenceRefused, ConfluenceSite, Json
from knowledge.unseen import clean

READERS = "restrictions.user,restrictions.group"
"""Data Center tells only groups unless it is asked for both."""

FILES_AT_ONCE = 100


@dataclass(frozen=True)
class WikiGroup:
    """A group of the wiki's users; either may be empty."""

    name: str
    id: str


@dataclass(frozen=True)
class Restriction:
    """Who alone may read one page, and so what is below it. Nobody named means: not restricted here."""

    people: bool = False
    groups: frozenset[WikiGroup] = frozenset()

    @property
    def is_open(self) -> bool:
        """Whether everyone who sees the space may read it."""
        return not self.people and not self.groups


@dataclass(frozen=True)
class WikiPage:
    """A page as it is listed. ``ancestors`` are ids, the outermost first; ``url`` is for people."""

    id: str
    space: str
    title: str
    version: int
    url: str
    ancestors: tuple[str, ...]
    labels: frozenset[str]
    changed_at: date | None
    creator: str | None


@dataclass(frozen=True)
class WikiFile:
    """A file attached to a page. ``address`` is below the wiki's, with its query."""

    id: str
    page: str
    name: str
    version: int
    size: int
    address: str
    changed_at: date | None


@dataclass(frozen=True)
class Listing:
    """Every current page of some spaces. ``restrictions`` are those of the pages and of everything above them, by id;
    None where they could not be read.
    """

    pages: tuple[WikiPage, ...]
    restrictions: Mapping[str, Restriction | None]
    base: str


class Wiki(Protocol):
    """One flavour of Confluence. Every method raises SourceUnavailable; ConfluenceRefused for what is not ours."""

    def listing(self, spaces: Iterable[str]) -> Listing:
        """The current pages of these spaces; a space that cannot be seen raises."""

    def body(self, page_id: str) -> str:
        """A page's storage format. Raises ConfluenceRefused (404) when it is no current page any more."""

    def bodies(self, page_ids: Sequence[str]) -> dict[str, str]:
        """The storage formats of several pages by id, in one call; some may be missing."""

    def files(self, spaces: Iterable[str]) -> list[WikiFile]:
        """What is attached to the pages of these spaces."""


def read_restriction(site: ConfluenceSite, page_id: str) -> Restriction | None:
    """Who alone may read one page, asked for it alone; None when that may not be known."""
    if not page_id.isdigit():
        return None
    try:
        found = site.get(f"rest/api/content/{page_id}/restriction/byOperation/read", {"expand": READERS})
    except ConfluenceRefused as exc:
        if exc.status in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND):
            return None
        raise
    return restriction_in(found)


def restriction_in(found: object) -> Restriction | None:
    """A restriction as the first API writes it. None unless it tells of people and of groups."""
    named = found.get("restrictions") if isinstance(found, dict) else None
    if not isinstance(named, dict):
        return None
    people, groups = _named(named.get("user")), _named(named.get("group"))
    if people is None or groups is None:
        return None
    known = frozenset(WikiGroup(text(one, "name"), text(one, "id")) for one in groups)
    return Restriction(bool(people), known)


def _named(found: object) -> list[Json] | None:
    """Who is named. A list that says it is longer than it shows still names somebody."""
    if not isinstance(found, dict) or not isinstance(found.get("results"), list):
        return None
    shown: list[Json] = [one for one in found["results"] if isinstance(one, dict)]
    counts = [found.get("size"), found.get("totalSize")]
    more = any(isinstance(count, int) and count > 0 for count in counts)
    return shown or ([{}] if more else [])


def inline_restriction(content: Json) -> Restriction | None:
    """The same, where it came along with a page. None when it did not."""
    restrictions = content.get("restrictions")
    return restriction_in(restrictions.get("read")) if isinstance(restrictions, dict) else None


def inline_labels(content: Json) -> frozenset[str] | None:
    """A page's labels where they came along. None when they did not."""
    metadata = content.get("metadata")
    labels = metadata.get("labels") if isinstance(metadata, dict) else None
    return label_names(labels.get("results")) if isinstance(labels, dict) else None


def label_names(found: object) -> frozenset[str]:
    """Labels in small letters."""
    rows = found if isinstance(found, list) else []
    return frozenset(text(row, "name").casefold() for row in rows if isinstance(row, dict) and text(row, "name"))


def creator_in(content: Json) -> str | None:
    """The name of who made a page, where it came along and is still somebody's."""
    history = content.get("history")
    person = history.get("createdBy") if isinstance(history, dict) else None
    name = text(person, "displayName") if isinstance(person, dict) else ""
    is_gone = not name or name.casefold() in ("anonymous", "unknown user") or "(deactivated)" in name.casefold()
    return None if is_gone else name


def attached(site: ConfluenceSite, spaces: Iterable[str]) -> list[WikiFile]:
    """The files of whole spaces, found by the wiki's search; it may lag, so that reading one can fail."""
    keys = ", ".join(f'"{key}"' for key in spaces)
    found = site.paged(
        "rest/api/content/search",
        {"cql": f"type = attachment and space in ({keys})", "limit": FILES_AT_ONCE, "expand": "container,version"},
    )
    return [file for row in found if (file := _file(row)) is not None]


def _file(row: Json) -> WikiFile | None:
    container, extensions = row.get("container"), row.get("extensions")
    links = row.get("_links")
    address = text(links, "download") if isinstance(links, dict) else ""
    if not isinstance(container, dict) or not address.startswith("/") or address.startswith("//"):
        return None
    size = extensions.get("fileSize") if isinstance(extensions, dict) else 0
    number, changed = version_in(row, "when")
    return WikiFile(
        text(row, "id"),
        text(container, "id"),
        " ".join(clean(text(row, "title")).replace("/", "_").split()),
        number,
        size if isinstance(size, int) else 0,
        address.removeprefix("/"),
        changed,
    )


def version_in(content: Json, moment: str) -> tuple[int, date | None]:
    """A version's number and its day; ``moment`` is what the API calls its time."""
    version = content.get("version")
    if not isinstance(version, dict):
        return 0, None
    number = version.get("number")
    return number if isinstance(number, int) else 0, day(text(version, moment))


def day(stamp: str) -> date | None:
    """The day of an ISO timestamp."""
    try:
        return date.fromisoformat(stamp[:10])
    except ValueError:
        return None


def text(found: Mapping[str, object], name: str) -> str:
    """A text or number of an object as text; "" for anything else."""
    value = found.get(name)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def web_address(base: str, webui: str, site: str) -> str:
    """Where people see a page: the site's own idea of its address, unless it is none."""
    start = base.rstrip("/") if base.startswith(("https://", "http://")) else site
    return f"{start}{webui}" if webui.startswith("/") and not webui.startswith("//") else start


def storage_in(found: Json) -> str:
    """The storage format in a page that was asked for with its body. Raises ConfluenceRefused (404) without one."""
    body = found.get("body")
    storage = body.get("storage") if isinstance(body, dict) else None
    value = storage.get("value") if isinstance(storage, dict) else None
    if found.get("status") != "current" or not isinstance(value, str):
        raise ConfluenceRefused("The page is no current page any more.", HTTPStatus.NOT_FOUND)
    return value


def storages_in(rows: Iterable[Json]) -> dict[str, str]:
    """The storage formats of those pages that are current and came with one, by id."""
    found = {}
    for row in rows:
        with suppress(ConfluenceRefused):
            found[text(row, "id")] = storage_in(row)
    return found


def unseen_spaces(keys: Iterable[str]) -> str:
    """What to do about spaces that are not shown to us."""
    return (
        f"Confluence shows our account no space {', '.join(keys)}. Check the key, and that the account may see "
        "the space; nothing was removed."
    )
