"""A stand-in for Confluence, Cloud (both APIs) or Data Center, as far as the desk uses it, for tests and demo.

standin = ConfluenceStandIn(cloud=True)
standin.fill()                                   # more than 300 pages of a marketing-operations team
page = standin.page("Webinars: Lead times")
standin.restrict(page, groups=[("webinar-crew", "g-7")])
standin.faults.next("pages", too_many("3"))      # from jira_standin_faults
with serve(standin.app) as url: ...
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.demo.confluence_standin_api import WikiApi
from bot.demo.confluence_standin_content import wiki
from bot.demo.confluence_standin_state import StandInFile, StandInPage, WikiState
from bot.demo.jira_standin_faults import Faults


class ConfluenceStandIn:
    """One wiki. ``calls`` lists the names of all calls made, in order; ``media`` is where Cloud sends for files."""

    def __init__(
        self,
        cloud: bool = True,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        email: str = "desk@example.com",
        token: str = "stand-in-wiki-token",  # noqa: S107 - the stand-in's own, made up
    ) -> None:
        self.state = WikiState(cloud, clock)
        self.faults = Faults()
        self.calls: list[str] = []
        self.email, self.token = email, token
        self.media = ""
        self.media_headers: list[dict[str, str]] = []
        self.app = Starlette(routes=WikiApi(self.state, self, self.faults, self.calls).routes())
        self.media_app = Starlette(routes=[Route("/file/{file}", self._send_file)])

    def fill(self) -> None:
        """Write the sample wiki."""
        ids: dict[str, str] = {}
        for page in wiki():
            added = self.add(page.space, page.title, page.body, ids.get(page.parent), page.labels)
            ids[page.title] = added.id

    def add(
        self,
        space: str,
        title: str,
        body: str,
        parent: str | None = None,
        labels: Sequence[str] = (),
        kind: str = "page",
    ) -> StandInPage:
        """Somebody writes a page, below ``parent`` (an id); ``kind`` may be a folder of Cloud's."""
        self.state.space_id(space)
        page_id = self.state.new_id()
        page = StandInPage(page_id, space, title, body, parent, self.state.clock(), kind=kind, labels=list(labels))
        self.state.pages[page_id] = page
        return page

    def page(self, title: str) -> StandInPage:
        """The page with this title."""
        return next(page for page in self.state.pages.values() if page.title == title)

    def edit(self, page: StandInPage, body: str | None = None, title: str | None = None) -> None:
        """Somebody changes a page, which makes a version."""
        page.body = page.body if body is None else body
        page.title = title or page.title
        page.version += 1
        page.changed_at = self.state.clock()

    def move(self, page: StandInPage, parent: StandInPage | None, space: str | None = None) -> None:
        """Somebody moves a page, with all below it; its version stays."""
        for one in (page, *self.state.below(page.id)):
            one.space = space or (parent.space if parent else one.space)
            self.state.space_id(one.space)
        page.parent = parent.id if parent else None

    def set_status(self, page: StandInPage, status: str) -> None:
        """``trashed``, ``archived``, or ``current`` again."""
        page.status = status

    def restrict(self, page: StandInPage, people: Sequence[str] = (), groups: Sequence[tuple[str, str]] = ()) -> None:
        """Only these may read the page and what is below it; nobody named lifts that. No version is made."""
        page.people, page.groups = list(people), list(groups)

    def hide(self, page: StandInPage) -> None:
        """Our account loses sight of a page, and of what is below it."""
        self.state.hidden.add(page.id)

    def attach(self, page: StandInPage, name: str, data: bytes) -> StandInFile:
        """Somebody attaches a file."""
        file = StandInFile(f"att{self.state.new_id()}", name, data)
        page.files.append(file)
        return file

    def _send_file(self, request: Request) -> Response:
        """Cloud's host of files. It wants no login, and a login sent to it is one that leaked."""
        self.media_headers.append(dict(request.headers))
        files = (file for page in self.state.pages.values() for file in page.files)
        found = next((file for file in files if file.id == request.path_params["file"]), None)
        return Response(found.data) if found else Response("", 404)
