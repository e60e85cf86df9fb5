"""Confluence Cloud: pages by the second API; labels and readers, which it does not list, by the first one's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice

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
    label_names,
    read_restriction,
    storage_in,
    storages_in,
    text,
    unseen_spaces,
    version_in,
    web_address,
)
from knowledge.errors import SourceUnavailable

PAGES_AT_ONCE = 250
FACTS_AT_ONCE = 100
EXPAND = "history,metadata.labels,restrictions.read.restrictions.user,restrictions.read.restrictions.group"


@dataclass(frozen=True)
class _Facts:
    """What the second API does not list."""

    restriction: Restriction | None
    labels: frozenset[str] | None = None
    creator: str | None = None


_NOTHING = _Facts(None)


class CloudWiki:
    """A Wiki over a Cloud site."""

    def __init__(self, site: ConfluenceSite) -> None:
        self._site = site

    def listing(self, spaces: Iterable[str]) -> Listing:
        """See Wiki.

        Restrictions come a hundred at a time from the search, with the pages it finds; it may lag behind, so what it
        does not find is asked for one by one. What is above a page is not expanded there: one ancestor that is
        hidden from us fails the whole call (CONFCLOUD-77618).
        """
        keys, base = self._spaces(list(spaces))
        rows = {text(row, "id"): row for row in self._rows(keys)}
        above = self._ancestors(rows)
        needed = sorted({one for page, chain in above.items() for one in (page, *chain)})
        facts = self._facts(needed)
        pages = (self._page(row, keys, above, self._with_labels(one, facts), base) for one, row in rows.items())
        restrictions = {one: facts.get(one, _NOTHING).restriction for one in needed}
        for one in (one for one in needed if restrictions[one] is None):
            restrictions[one] = read_restriction(self._site, one)
        return Listing(tuple(pages), restrictions, base)

    def body(self, page_id: str) -> str:
        """See Wiki."""
        return storage_in(self._site.get(f"api/v2/pages/{page_id}", {"body-format": "storage"}))

    def bodies(self, page_ids: Sequence[str]) -> dict[str, str]:
        """See Wiki."""
        wanted: Params = {"id": ",".join(page_ids), "body-format": "storage", "limit": PAGES_AT_ONCE}
        return storages_in(self._site.paged("api/v2/pages", wanted))

    def files(self, spaces: Iterable[str]) -> list[WikiFile]:
        """See Wiki."""
        return attached(self._site, spaces)

    def _spaces(self, wanted: Sequence[str]) -> tuple[dict[str, str], str]:
        """The spaces' keys by their ids, and the wiki's address for people."""
        found = self._site.get("api/v2/spaces", {"keys": ",".join(wanted), "limit": PAGES_AT_ONCE})
        rows, links = found.get("results"), found.get("_links")
        keys = {text(row, "id"): text(row, "key") for row in rows} if isinstance(rows, list) else {}
        keys = {one: key for one, key in keys.items() if key in wanted}
        if missing := [key for key in wanted if key not in keys.values()]:
            raise SourceUnavailable(unseen_spaces(missing))
        return keys, text(links, "base") if isinstance(links, dict) else ""

    def _rows(self, keys: Mapping[str, str]) -> Iterator[Json]:
        wanted: Params = {"space-id": ",".join(keys), "status": "current", "limit": PAGES_AT_ONCE}
        for row in self._site.paged("api/v2/pages", wanted):
            if row.get("status") == "current" and text(row, "id").isdigit() and text(row, "spaceId") in keys:
                yield row

    def _ancestors(self, rows: Mapping[str, Json]) -> dict[str, tuple[str, ...]]:
        """What is above each page, the outermost first: by the pages' own parents, asked for where one is no page."""
        chains: dict[str, tuple[str, ...]] = {}
        foreign: dict[str, tuple[str, ...]] = {}
        for page in rows:
            pending = [page]
            while pending[-1] not in chains and (parent := text(rows[pending[-1]], "parentId")) in rows:
                if parent in pending:
                    raise SourceUnavailable(
                        f"{self._site.url} lists pages above themselves. The next sync looks again."
                    )
                pending.append(parent)
            for one in reversed(pending):
                if one not in chains:
                    chains[one] = self._chain(one, text(rows[one], "parentId"), chains, foreign)
        return chains

    def _chain(
        self,
        page: str,
        parent: str,
        chains: Mapping[str, tuple[str, ...]],
        foreign: dict[str, tuple[str, ...]],
    ) -> tuple[str, ...]:
        if not parent:
            return ()
        if parent in chains:
            return (*chains[parent], parent)
        if parent not in foreign:  # a folder, a whiteboard, an archived page
            found = self._site.get(f"api/v2/pages/{page}/ancestors", {"limit": PAGES_AT_ONCE}).get("results")
            chain = tuple(text(one, "id") for one in found) if isinstance(found, list) else ()
            foreign[parent] = chain if parent in chain else (*chain, parent)
        return foreign[parent]

    def _facts(self, ids: Iterable[str]) -> dict[str, _Facts]:
        remaining, facts = (one for one in ids if one.isdigit()), dict[str, _Facts]()
        while batch := list(islice(remaining, FACTS_AT_ONCE)):
            wanted: Params = {"cql": f"id in ({','.join(batch)})", "limit": FACTS_AT_ONCE, "expand": EXPAND}
            for row in self._found(wanted):
                facts[text(row, "id")] = _Facts(inline_restriction(row), inline_labels(row), creator_in(row))
        return facts

    def _found(self, wanted: Params) -> Iterator[Json]:
        """What the search finds; one that refuses a question finds nothing, and each page is asked for alone."""
        try:
            yield from self._site.paged("rest/api/content/search", wanted)
        except ConfluenceRefused as exc:
            if exc.status not in (HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST):
                raise

    def _with_labels(self, page: str, facts: Mapping[str, _Facts]) -> _Facts:
        known = facts.get(page, _NOTHING)
        if known.labels is not None:
            return known
        found = self._site.get(f"api/v2/pages/{page}/labels", {"limit": PAGES_AT_ONCE})
        return _Facts(known.restriction, label_names(found.get("results")), known.creator)

    def _page(
        self, row: Json, keys: Mapping[str, str], above: Mapping[str, tuple[str, ...]], facts: _Facts, base: str
    ) -> WikiPage:
        links = row.get("_links")
        number, changed = version_in(row, "createdAt")
        return WikiPage(
            id=text(row, "id"),
            space=keys[text(row, "spaceId")],
            title=text(row, "title"),
            version=number,
            url=web_address(base, text(links, "webui") if isinstance(links, dict) else "", self._site.url),
            ancestors=above[text(row, "id")],
            labels=facts.labels or frozenset(),
            changed_at=changed,
            creator=facts.creator,
        )
