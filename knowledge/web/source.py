"""Documents from web sites: pages named one by one, and those a site lists in its sitemaps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import assert_never
from urllib.parse import unquote, urlsplit

from knowledge.audience_json import audience_to_json
from knowledge.content_hash import PARSER_VERSION
from knowledge.domain import Document
from knowledge.errors import DocumentUnreadable, DocumentWithheld, SourceUnavailable
from knowledge.html_main import name_for
from knowledge.page import WEB_PAGE, Page
from knowledge.page_document import document_of
from knowledge.page_reader import PageReader
from knowledge.protocols import DocumentRef
from knowledge.web.cache import CachedPage, WebCache
from knowledge.web.client import WebClient
from knowledge.web.crawl import Crawl, Gone, Kept, LeftOut, Missed
from knowledge.web.listing import listing
from knowledge.web.settings import WebSettings

_MISSED = "missed"


class WebSource:
    """The pages of ``settings``; a document's path is its page's one address (see Crawl).

    ``list`` goes through the site, page by page with its pauses, and fetches what changed since the last time into
    ``folder``, which belongs to this source alone; ``read`` only parses what lies there. Pages that are gone are not
    listed; those that must not be shown are withheld; those nobody could fetch today are listed, and unreadable.
    """

    def __init__(
        self,
        settings: WebSettings,
        folder: Path,
        client: WebClient | None = None,
        pages: PageReader | None = None,
    ) -> None:
        self._settings = settings
        self._cache = WebCache(folder)
        self._client = client or WebClient()
        self._pages = pages or PageReader()
        self._asked: dict[str, str] = {}
        self._missed: dict[str, str] = {}
        setup = f"{PARSER_VERSION} {audience_to_json(settings.audience)}"
        self._setup = sha256(setup.encode()).hexdigest()[:8]

    @property
    def name(self) -> str:
        """As set up."""
        return self._settings.name

    def list(self) -> Iterable[DocumentRef]:
        """See Source. Takes as long as the site's pauses do."""
        found = listing(self._client, self._settings)
        crawl = Crawl(self._client, self._cache, self._settings.allowed, self._settings.delay)
        self._asked, self._missed = {}, {}
        self._cache.begin()
        refs: dict[str, DocumentRef] = {}
        for address, changed_at in found.pages.items():
            outcome = crawl.visit(address, changed_at)
            match outcome:
                case Kept(page=page):
                    self._note_kept(refs, page)
                case Missed(path=path, reason=reason):
                    self._note_missed(refs, path, reason)
                case LeftOut(path=path, reason=reason):
                    refs.setdefault(path, DocumentRef(path, "", withheld=reason))
                case Gone():
                    pass
                case _:
                    assert_never(outcome)
        if refs and len(self._missed) == len(refs):
            url, reason = next(iter(self._missed.items()))
            raise SourceUnavailable(f"No page of {self.name} could be fetched. The first one, {url}, {reason}.")
        self._cache.end([address.url for address in found.pages])
        strange = [DocumentRef(url, "", withheld=why) for url, why in found.strange.items() if url not in refs]
        return [*refs.values(), *strange]

    def read(self, ref: DocumentRef) -> Document:
        """See Source. Parses what ``list`` has fetched."""
        if ref.withheld:
            raise DocumentWithheld(ref.path, ref.withheld)
        if reason := self._missed.get(ref.path):
            raise DocumentUnreadable(ref.path, reason)
        asked = self._asked.get(ref.path)
        if asked is None:
            raise DocumentUnreadable(ref.path, "is not listed by its site any more")
        cached = self._cache.page(asked)
        if cached is None:
            raise DocumentUnreadable(ref.path, "could not be kept here: check that DATA_DIR can be written to")
        return self._document(ref, cached)

    def rest(self) -> None:
        """Forget the last round."""
        self._asked, self._missed = {}, {}

    def _note_kept(self, refs: dict[str, DocumentRef], page: CachedPage) -> None:
        """List a page under its one address. Of several that claim it, the one that is there itself has it."""
        path = page.canonical
        if path in self._asked and page.asked != path:
            refs[page.asked] = DocumentRef(page.asked, "", withheld=f"is the same page as {path}")
            return
        if path in self._asked:  # somebody else was taken for it
            other = self._asked[path]
            refs[other] = DocumentRef(other, "", withheld=f"is the same page as {path}")
        self._missed.pop(path, None)
        self._asked[path] = page.asked
        refs[path] = DocumentRef(path, f"{page.version}-{self._setup}")

    def _note_missed(self, refs: dict[str, DocumentRef], path: str, reason: str) -> None:
        if path not in self._asked:
            self._missed[path] = reason
            refs[path] = DocumentRef(path, _MISSED)

    def _document(self, ref: DocumentRef, cached: CachedPage) -> Document:
        page = self._page(ref, cached)
        return document_of(page, self.name, ref.path, cached.canonical, self._settings.audience)

    def _page(self, ref: DocumentRef, cached: CachedPage) -> Page:
        if cached.suffix == WEB_PAGE:
            name = name_for(cached.address)
        else:
            last = unquote(urlsplit(cached.address).path.rpartition("/")[2])
            name = last if last.lower().endswith(cached.suffix) else f"{last or 'page'}{cached.suffix}"
        try:
            page = self._pages.page(cached.body, name)
        except DocumentUnreadable as exc:
            raise DocumentUnreadable(ref.path, exc.reason) from exc
        return replace(page, changed_at=page.changed_at or cached.changed_at)
