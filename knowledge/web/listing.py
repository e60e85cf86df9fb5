"""Which pages a web source consists of: those that are named, and those that sitemaps list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from http import HTTPStatus

from knowledge.errors import SourceUnavailable, WebFailed, WebLeftOut, WebRefused
from knowledge.web.address import WebAddress, parse_address
from knowledge.web.client import WebClient
from knowledge.web.exchange import WebLimits
from knowledge.web.settings import WebSettings
from knowledge.web.sitemap import Sitemap, parse_sitemap

SITEMAP_LIMITS = WebLimits(size=12_000_000, seconds=120.0)
MOST_SITEMAPS = 200


@dataclass
class Listing:
    """Addresses with the day their sitemap says they changed, in order; ``strange`` ones with what is wrong."""

    pages: dict[WebAddress, date | None] = field(default_factory=dict)
    strange: dict[str, str] = field(default_factory=dict)


def listing(client: WebClient, settings: WebSettings) -> Listing:
    """All pages there are. Raises SourceUnavailable when a single sitemap is missing: its pages would seem gone."""
    try:
        found = Listing({parse_address(page): None for page in settings.pages})
        hosts = settings.allowed
    except WebRefused as exc:
        raise SourceUnavailable(f"{settings.name} has a page that {exc}. Mend its address.") from exc
    for sitemap in _sitemaps(client, settings):
        for url, changed_at in sitemap.pages:
            _note(found, settings, url, changed_at)
    if not found.pages:
        where = ", ".join(sorted(hosts))
        raise SourceUnavailable(f"{settings.name} lists no page of {where}. Check its pages, sitemaps and hosts.")
    if len(found.pages) > settings.limit:
        raise SourceUnavailable(
            f"{settings.name} lists {len(found.pages):,} pages; up to {settings.limit:,} are read. "
            "Name a smaller sitemap, say `below:` which part is meant, or raise `limit:`."
        )
    return found


def _note(found: Listing, settings: WebSettings, url: str, changed_at: date | None) -> None:
    try:
        address = parse_address(url)
    except WebRefused as exc:
        found.strange[url[:200]] = str(exc)
        return
    if settings.below and not any(_is_below(address.url, place) for place in settings.below):
        return
    if address.host in settings.allowed:
        found.pages[address] = found.pages.get(address) or changed_at
    else:
        found.strange[address.url] = f"is on {address.host}, which is not among the hosts of this source"


def _is_below(url: str, place: str) -> bool:
    return url.startswith(place) and (place.endswith("/") or url[len(place) : len(place) + 1] in ("", "/", "?"))


def _sitemaps(client: WebClient, settings: WebSettings) -> Iterator[Sitemap]:
    waiting, seen = list(dict.fromkeys(settings.sitemaps)), set(settings.sitemaps)
    while waiting:
        if len(seen) > MOST_SITEMAPS:
            raise SourceUnavailable(
                f"{settings.name} has more than {MOST_SITEMAPS} sitemaps. Name the ones you mean."
            )
        sitemap = _sitemap(client, settings, waiting.pop(0))
        waiting += [url for url in dict.fromkeys(sitemap.more) if url not in seen]
        seen.update(sitemap.more)
        yield sitemap


def _sitemap(client: WebClient, settings: WebSettings, url: str) -> Sitemap:
    try:
        address = parse_address(url)
        answer = client.fetch(address, settings.allowed, settings.delay, limits=SITEMAP_LIMITS).answer
        if answer.status == HTTPStatus.OK:
            return parse_sitemap(answer.body)
    except (WebFailed, WebLeftOut) as exc:
        raise SourceUnavailable(f"The sitemap {url[:200]} {exc}. Nothing was changed.") from exc
    raise SourceUnavailable(f"The sitemap {url[:200]} could not be fetched ({answer.status}). Nothing was changed.")
