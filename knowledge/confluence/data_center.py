"""Confluence Data Center and Server: everything comes with the listing, by the first API."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from urllib.parse import quote

from knowledge.confluence.site import ConfluenceRefused, ConfluenceSite, Json, Params
from knowledge.confluence.wiki import (
    Listing,
    Restriction,
    WikiFile,
    WikiPage,
    attached,
    creator_in,
    inline_labels,
    inline_restriction,
    read_restriction,
    storage_in,
    storages_in,
    text,
    unseen_spaces,
    version_in,
    web_address,
)
from knowledge.errors import SourceUnavailable

PAGES_AT_ONCE = 100
EXPAND = (
    "version,history,ancestors,metadata.labels,"
    "restrictions.read.restrictions.user,restrictions.read.restrictions.group"
)


class DataCenterWiki:
    """A Wiki over a Data Center or Server site."""

    def __init__(self, site: ConfluenceSite) -> None:
        self._site = site

    def listing(self, spaces: Iterable[str]) -> Listing:
        """See Wiki."""
        pages: dict[str, WikiPage] = {}
        known: dict[str, Restriction | None] = {}
        base = self._site.url
        for key in spaces:
            base = self._base_of(key)
            for content in self._contents(key):
                page = self._page(content, key, base)
                pages[page.id] = page
                known[page.id] = inline_restriction(content)
        needed = {one for page in pages.values() for one in (page.id, *page.ancestors)}
        for one in sorted(one for one in needed if known.get(one) is None):
            known[one] = read_restriction(self._site, one)
        return Listing(tuple(pages.values()), known, base)

    def body(self, page_id: str) -> str:
        """See Wiki."""
        found = self._site.get(f"rest/api/content/{page_id}", {"expand": "body.storage"})
        return storage_in(found)

    def bodies(self, page_ids: Sequence[str]) -> dict[str, str]:
        """See Wiki."""
        wanted: Params = {"cql": f"id in ({','.join(page_ids)})", "limit": len(page_ids), "expand": "body.storage"}
        return storages_in(self._site.paged("rest/api/content/search", wanted))

    def files(self, spaces: Iterable[str]) -> list[WikiFile]:
        """See Wiki."""
        return attached(self._site, spaces)

    def _base_of(self, key: str) -> str:
        """The wiki's address for people; asking for the space shows whether we see it at all."""
        try:
            space = self._site.get(f"rest/api/space/{quote(key, safe='')}")
        except ConfluenceRefused as exc:
            if exc.status == HTTPStatus.NOT_FOUND:
                raise SourceUnavailable(unseen_spaces([key])) from exc
            raise
        links = space.get("_links")
        return text(links, "base") if isinstance(links, dict) else ""

    def _contents(self, key: str) -> Iterable[Json]:
        wanted: Params = {
            "type": "page",
            "spaceKey": key,
            "status": "current",
            "limit": PAGES_AT_ONCE,
            "expand": EXPAND,
        }
        found = self._site.paged("rest/api/content", wanted)
        return (content for content in found if content.get("status") == "current" and text(content, "id").isdigit())

    def _page(self, content: Json, space: str, base: str) -> WikiPage:
        links, above = content.get("_links"), content.get("ancestors")
        if not isinstance(above, list):
            raise SourceUnavailable(f"{self._site.url} does not say what is above its pages. Is it Confluence?")
        number, changed = version_in(content, "when")
        return WikiPage(
            id=text(content, "id"),
            space=space,
            title=text(content, "title"),
            version=number,
            url=web_address(base, text(links, "webui") if isinstance(links, dict) else "", self._site.url),
            ancestors=tuple(text(one, "id") for one in above if isinstance(one, dict)),
            labels=inline_labels(content) or frozenset(),
            changed_at=changed,
            creator=creator_in(content),
        )
