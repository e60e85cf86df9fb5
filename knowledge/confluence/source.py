"""Documents from the spaces of a Confluence site."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from urllib.parse import quote

from knowledge.audience_json import audience_to_json
from knowledge.confluence.bodies import Bodies
from knowledge.confluence.cloud import CloudWiki
from knowledge.confluence.data_center import DataCenterWiki
from knowledge.confluence.readers import audience_of
from knowledge.confluence.settings import ConfluenceSettings
from knowledge.confluence.site import ConfluenceRefused, ConfluenceSite
from knowledge.confluence.wiki import Listing, Wiki, WikiFile, WikiPage
from knowledge.confluence_pages import StoredPage
from knowledge.content_hash import PARSER_VERSION
from knowledge.domain import Audience, Document, Standing
from knowledge.errors import DocumentUnreadable, DocumentWithheld
from knowledge.page import WIKI_PAGE, Page
from knowledge.page_document import document_of
from knowledge.page_kinds import GUARDED, TEXTS, suffix_of
from knowledge.page_reader import PageReader
from knowledge.protocols import DocumentRef
from knowledge.unseen import clean

MARKUP_VERSION = "1"
"""Raise it when the same storage format is read as something else, so that stored pages are read again."""

MAX_FILE = 20_000_000  # bytes of an attachment, as of any file
OWNER_LABEL = "owner-"
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN, HTTPStatus.GONE})
_OLD = frozenset({"deprecated", "archived", "archive", "obsolete", "outdated", "superseded", "retired"})
_NEW = frozenset({"wip", "work-in-progress", "draft", "in-progress", "unfinished"})


@dataclass(frozen=True)
class _Listed:
    """What the last listing said of a document. ``file`` is None for the page itself."""

    page: WikiPage
    audience: Audience
    file: WikiFile | None = None
    withheld: str = ""

    @property
    def path(self) -> str:
        """By ids; the name of a file is there for people and for its suffix."""
        page = f"{self.page.space}/{self.page.id}"
        return f"{page}/{self.file.id}/{self.file.name}" if self.file else page


class ConfluenceSource:
    """The current pages of some spaces, each under `SPACE/id`, which outlives new titles and places in the tree.

    A listing reads versions, labels and restrictions of pages and everything above them, not the pages. What not
    everyone in the source's audience may read is bound to mapped groups or listed as withheld. Attached files are
    their own documents, with the readers of their page.
    """

    def __init__(
        self, name: str, site: ConfluenceSite, settings: ConfluenceSettings, pages: PageReader | None = None
    ) -> None:
        self._name = name
        self._site = site
        self._settings = settings
        self._pages = pages or PageReader()
        self._wiki: Wiki | None = None
        self._listed: dict[str, _Listed] = {}
        self._bodies: Bodies | None = None
        self._base = site.url

    @property
    def name(self) -> str:
        """As given."""
        return self._name

    def list(self) -> Iterable[DocumentRef]:
        """See Source. A version is the wiki's own with a mark of everything else a document says."""
        wiki = self._opened()
        listing = wiki.listing(self._settings.spaces)
        files: dict[str, list[WikiFile]] = defaultdict(list)
        for file in wiki.files(self._settings.spaces) if self._settings.attachments else ():
            files[file.page].append(file)
        self._base = listing.base or self._site.url
        found = (one for page in self._chosen(listing) for one in self._documents(page, listing, files[page.id]))
        self._listed = {one.path: one for one in sorted(found, key=lambda one: one.path)}
        self._bodies = Bodies(wiki, [one.page.id for one in self._listed.values() if not (one.file or one.withheld)])
        return [self._ref(one) for one in self._listed.values()]

    def read(self, ref: DocumentRef) -> Document:
        """See Source. Only what the last listing named can be read."""
        known = self._listed.get(ref.path)
        if known is None:
            raise DocumentUnreadable(ref.path, "was not among the pages Confluence listed: look again")
        if known.withheld:
            raise DocumentWithheld(ref.path, known.withheld)
        try:
            page = self._page(known)
        except ConfluenceRefused as exc:
            if exc.status in _GONE:
                raise DocumentWithheld(ref.path, "was taken away, or from us, while the wiki was read") from exc
            if exc.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
                raise DocumentUnreadable(ref.path, "is larger than is read: split it or leave it out") from exc
            raise
        return self._document(known, page)

    def rest(self) -> None:
        """See Rests."""
        self._bodies = None
        self._site.close()

    def _opened(self) -> Wiki:
        if self._wiki is None:
            self._wiki = CloudWiki(self._site) if self._site.is_cloud else DataCenterWiki(self._site)
        return self._wiki

    def _chosen(self, listing: Listing) -> Iterator[WikiPage]:
        """The pages the settings want."""
        wanted = self._settings
        for page in listing.pages:
            below = not wanted.below or not {page.id, *page.ancestors}.isdisjoint(wanted.below)
            if below and (not wanted.labels or not page.labels.isdisjoint(wanted.labels)):
                yield page

    def _documents(self, page: WikiPage, listing: Listing, files: Sequence[WikiFile]) -> Iterator[_Listed]:
        """A page and what is attached to it; withheld together, too."""
        audience, reason = self._readers(page, listing)
        yield _Listed(page, audience, None, reason)
        for file in files:
            if _is_readable(file):
                yield _Listed(page, audience, file, reason)

    def _readers(self, page: WikiPage, listing: Listing) -> tuple[Audience, str]:
        """Who may read a page, and why it is withheld, or ""."""
        if unwanted := sorted(page.labels & self._settings.without_labels):
            return Audience.nobody(), f"carries the label {unwanted[0]}"
        chain = (*page.ancestors, page.id)
        found = audience_of(chain, listing.restrictions, self._settings.audience, self._settings.groups)
        return (Audience.nobody(), found) if isinstance(found, str) else (found, "")

    def _ref(self, one: _Listed) -> DocumentRef:
        page, file = one.page, one.file
        said = [PARSER_VERSION, MARKUP_VERSION, self._base, page.title, page.url, sorted(page.labels), page.version]
        readers = audience_to_json(one.audience)
        mark = sha256(json.dumps([*said, self._owner(page), readers]).encode()).hexdigest()[:12]
        version = f"{file.version}-{file.size}-{mark}" if file else f"{page.version}-{mark}"
        return DocumentRef(one.path, version, file.id if file else page.id, one.withheld)

    def _page(self, one: _Listed) -> Page:
        if one.file is not None:
            data = self._site.file(one.file.address, MAX_FILE)
            return self._pages.page(data, one.file.name)
        bodies = self._bodies or Bodies(self._opened(), [])
        body = bodies.body(one.page.id)
        stored = StoredPage(one.page.title, body, self._base, one.page.space, self._site.is_cloud)
        return self._pages.page(stored.to_bytes(), one.path + WIKI_PAGE)

    def _document(self, one: _Listed, page: Page) -> Document:
        told = Page(
            title=page.title if one.file is None else clean(f"{page.title} ({one.page.title})"),
            sections=page.sections,
            owner=self._owner(one.page),
            changed_at=one.file.changed_at if one.file else one.page.changed_at,
            standing=_labelled_standing(one.page.labels),
        )
        url = one.page.url if one.file is None else f"{self._base}/{quote(one.file.address, safe='/?=&%')}"
        return document_of(told, self._name, one.path, url, one.audience)

    def _owner(self, page: WikiPage) -> str | None:
        named = sorted(label for label in page.labels if label.startswith(OWNER_LABEL))
        if named:
            return named[0].removeprefix(OWNER_LABEL)
        return self._settings.owner or (clean(page.creator) if page.creator else None)


def _labelled_standing(labels: frozenset[str]) -> Standing | None:
    if not labels.isdisjoint(_OLD):
        return Standing.OUTDATED
    return None if labels.isdisjoint(_NEW) else Standing.UNFINISHED


def _is_readable(file: WikiFile) -> bool:
    """Programs' files and tables; what else hangs on a page are pictures and drawings."""
    suffix = suffix_of(file.name)
    return (suffix in GUARDED or suffix in TEXTS) and file.size <= MAX_FILE and file.id.removeprefix("att").isdigit()
