"""The curation desk on the desk's own server: its pages behind the guard, its files, and the way in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.clock import Clock
from bot.curation_web import door_texts as words
from bot.curation_web.checklists_page import ChecklistsPage
from bot.curation_web.door import Door
from bot.curation_web.edit_page import EditPage
from bot.curation_web.entrance import BASE, Entrance
from bot.curation_web.entries_page import EntriesPage
from bot.curation_web.entry_page import EntryPage
from bot.curation_web.files_page import FilesPage
from bot.curation_web.guard import Guard, Headers
from bot.curation_web.log_page import LogPage
from bot.curation_web.missing_page import MissingPage
from bot.curation_web.proposals_page import ProposalsPage
from bot.curation_web.shown import STATIC, Shown
from bot.curation_web.sign_in import SlackSignIn
from bot.curation_web.tools import Services, Tools
from bot.curation_web.try_page import TryPage
from bot.database import Database
from bot.domain import Place
from bot.ops_people import OpsPeople


@dataclass(frozen=True)
class Around:
    """What the curation desk stands on. ``names`` gives the name of a person's id; ``zone`` is for times."""

    database: Database
    people: OpsPeople
    clock: Clock
    names: Callable[[str], str]
    is_private: Callable[[Place], bool]
    zone: str = "UTC"


def curation_desk(
    entrance: Entrance, around: Around, services: Services | None, sign_in: SlackSignIn | None
) -> list[BaseRoute]:
    """The routes under /desk. ``services`` are None in a process that only receives: it says where the desk is."""
    shown = Shown(around.names, around.zone)
    guard = Guard(entrance, around.people, around.database, shown, around.clock)
    door = Door(guard, shown, around.database, around.clock, sign_in)
    pages = _pages(guard, shown, around, services) if services is not None else [_elsewhere(shown)]

    async def not_found(_request: Request, _exc: Exception) -> Response:
        return shown.plain(words.NO_PAGE, words.LOOK_AROUND, 404)

    async def other_trouble(_request: Request, exc: Exception) -> Response:
        status = exc.status_code if isinstance(exc, HTTPException) else 500
        return shown.plain(words.NO_PAGE, words.LOOK_AROUND, status)

    app = Starlette(
        routes=[Mount("/static", StaticFiles(directory=STATIC)), *door.routes(), *pages],
        middleware=[Middleware(Headers)],
        exception_handlers={404: not_found, HTTPException: other_trouble},
    )
    return [Route(BASE, _to_the_desk), Mount(BASE, app)]


def _pages(guard: Guard, shown: Shown, around: Around, services: Services) -> list[BaseRoute]:
    tools = Tools(services, around.database, shown, around.clock)
    parts = (
        EntriesPage(tools),
        EntryPage(tools),
        EditPage(tools),
        ProposalsPage(tools),
        FilesPage(tools),
        TryPage(tools, around.is_private),
        MissingPage(tools),
        ChecklistsPage(tools),
        LogPage(tools),
    )
    return [Route(page.path, guard.endpoint(page), methods=[page.method]) for part in parts for page in part.pages()]


async def _to_the_desk(_request: Request) -> Response:
    return RedirectResponse(f"{BASE}/")


def _elsewhere(shown: Shown) -> Route:
    async def elsewhere(_request: Request) -> Response:
        return shown.plain(words.NOT_THIS_PROCESS, words.WHERE_IT_IS, 404)

    return Route("/{anything:path}", elsewhere)
