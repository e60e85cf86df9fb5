"""What the stand-in for Confluence holds: spaces, pages, folders, files, and who may read what."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class StandInFile:
    """A file attached to a page."""

    id: str
    name: str
    data: bytes
    version: int = 1


@dataclass
class StandInPage:
    """A page, or a folder of Cloud's. ``people`` and ``groups`` (name and id) alone may read it, if there are any."""

    id: str
    space: str
    title: str
    body: str
    parent: str | None
    changed_at: datetime
    creator: str = "Priya Nair"
    kind: str = "page"
    status: str = "current"
    version: int = 1
    labels: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    groups: list[tuple[str, str]] = field(default_factory=list)
    files: list[StandInFile] = field(default_factory=list)


class WikiState:
    """``hidden``: pages our account does not see, nor what is below. ``unindexed``: what search does not find yet."""

    def __init__(self, cloud: bool, clock: Callable[[], datetime]) -> None:
        self.cloud = cloud
        self.clock = clock
        self.spaces: dict[str, str] = {}
        self.pages: dict[str, StandInPage] = {}
        self.hidden: set[str] = set()
        self.unindexed: set[str] = set()
        self._next_id = 65_537

    def new_id(self) -> str:
        """An id nothing has."""
        self._next_id += 37
        return str(self._next_id)

    def space_id(self, key: str) -> str:
        """The number of a space; made with its first page."""
        return self.spaces.setdefault(key, str(98_305 + len(self.spaces)))

    def above(self, page: StandInPage) -> list[StandInPage]:
        """The page's ancestors, the outermost first."""
        chain: list[StandInPage] = []
        while page.parent is not None and (parent := self.pages.get(page.parent)) is not None:
            chain.insert(0, parent)
            page = parent
        return chain

    def below(self, page_id: str) -> Iterator[StandInPage]:
        """Everything below a page."""
        for page in list(self.pages.values()):
            if any(one.id == page_id for one in self.above(page)):
                yield page

    def is_seen(self, page: StandInPage) -> bool:
        """Whether our account may see it."""
        return not any(one.id in self.hidden for one in (page, *self.above(page)))

    def seen(self, page_id: str) -> StandInPage | None:
        """A page our account may see."""
        page = self.pages.get(page_id)
        return page if page is not None and self.is_seen(page) else None

    def current(self, space: str) -> list[StandInPage]:
        """The current pages of a space that we may see, by id."""
        found = (page for page in self.pages.values() if page.space == space and page.kind == "page")
        return [page for page in found if page.status == "current" and self.is_seen(page)]
