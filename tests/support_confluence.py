"""A wiki on a real port, and a source over it, for tests of Confluence."""

from __future__ import annotations

import atexit
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send
from support_database import database_with
from support_servers import Served

from bot.database import Database
from bot.demo.confluence_standin import ConfluenceStandIn
from knowledge.confluence.settings import ConfluenceSettings
from knowledge.confluence.site import ConfluenceSite, Patience
from knowledge.confluence.source import ConfluenceSource
from knowledge.document_store import DocumentStore
from knowledge.domain import Document
from knowledge.ingest import IngestSummary, ingest
from knowledge.protocols import DocumentRef
from knowledge.tables import Base

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SPACES = ConfluenceSettings(spaces=("MOPS",))


@dataclass
class WikiRoom:
    """A served stand-in with a source over it. ``slept`` are the pauses it was asked to make; none is made."""

    wiki: ConfluenceStandIn
    url: str
    site: ConfluenceSite
    source: ConfluenceSource
    slept: list[float] = field(default_factory=list)
    now: datetime = NOON

    def with_settings(self, settings: ConfluenceSettings) -> ConfluenceSource:
        """Another source over the same wiki."""
        return ConfluenceSource("wiki", self.site, settings)

    def refs(self, source: ConfluenceSource | None = None) -> dict[str, DocumentRef]:
        """What may be read, by the page's title."""
        titles = {page.id: page.title for page in self.wiki.state.pages.values()}
        return {titles.get(ref.id, ref.path): ref for ref in (source or self.source).list() if not ref.withheld}

    def withheld(self, source: ConfluenceSource | None = None) -> dict[str, str]:
        """What must not be shown, by the page's title, with the reason."""
        titles = {page.id: page.title for page in self.wiki.state.pages.values()}
        return {titles[ref.id]: ref.withheld for ref in (source or self.source).list() if ref.withheld}

    def read(self, title: str, source: ConfluenceSource | None = None) -> Document:
        """A page as a document."""
        return (source or self.source).read(self.refs(source)[title])

    def sync(self, database: Database, source: ConfluenceSource | None = None) -> IngestSummary:
        """One sync into a database, two minutes after the last."""
        self.now += timedelta(minutes=2)
        return ingest(source or self.source, database, lambda: self.now)


class Port:
    """Stays open from test to test, because opening and closing takes longer than a test; ``app`` changes."""

    def __init__(self) -> None:
        self.app: ASGIApp = Starlette()
        served = Served(self).start()
        self.url = served.url
        atexit.register(served.stop)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@cache
def _port(name: str) -> Port:
    return Port()


@contextmanager
def wiki_room(
    cloud: bool = True, settings: ConfluenceSettings = SPACES, patience: Patience | None = None
) -> Iterator[WikiRoom]:
    """An empty wiki on a port of this machine, one at a time."""
    wiki = ConfluenceStandIn(cloud, lambda: NOON)
    slept: list[float] = []
    port, files = _port("wiki"), _port("files")
    port.app, files.app, wiki.media = wiki.app, wiki.media_app, files.url
    site = ConfluenceSite(
        f"{port.url}/wiki" if cloud else port.url,
        wiki.token,
        wiki.email if cloud else None,
        patience=patience,
        media=frozenset({wiki.media}),
        sleep=slept.append,
    )
    try:
        yield WikiRoom(wiki, site.url, site, ConfluenceSource("wiki", site, settings), slept)
    finally:
        site.close()


def both_spaces(settings: ConfluenceSettings = SPACES) -> ConfluenceSettings:
    """The same for every space of the sample wiki."""
    return replace(settings, spaces=("MOPS", "CAMP"))


def fresh_database(folder: Path) -> Database:
    """Empty, with the tables of knowledge."""
    return database_with(folder / "desk.sqlite3", Base.metadata)


def stored(database: Database) -> dict[str, Document]:
    """What is stored, by title."""
    with database.read() as session:
        return {document.title: document for document in DocumentStore(session).documents()}
