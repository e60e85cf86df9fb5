"""What stands before every page: where a request comes from, who sends it, and whether they meant it."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.clock import Clock
from bot.curation.refusals import CurationRefused, Refusal
from bot.curation_web import door_texts as words
from bot.curation_web.entrance import BASE, Entrance, Way
from bot.curation_web.keys import KeyKind, WebKeys, form_token
from bot.curation_web.shown import SEE_OTHER, Shown
from bot.curation_web.visit import Page, Visit
from bot.database import Database
from bot.errors import DeskError
from bot.logs import get_logger
from bot.ops_people import OpsPeople
from bot.redaction import without_secrets
from bot.request_body import read_body
from knowledge.errors import KnowledgeError

log = get_logger(__name__)

FIELDS = 5_000
"""Fields in a form: a page of the table with every box ticked, and room to spare."""

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",  # `no-referrer` would have browsers send no Origin with our own forms
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

Endpoint = Callable[[Request], Awaitable[Response]]


class Headers:
    """Puts the headers on everything the desk answers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                more = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message = {**message, "headers": [*message.get("headers", []), *more]}
            await send(message)

        await self._app(scope, receive, with_headers)


class Guard:
    """Turns pages into endpoints. Who is no curator any more is turned away at the next request."""

    def __init__(self, entrance: Entrance, people: OpsPeople, database: Database, shown: Shown, clock: Clock) -> None:
        self.entrance = entrance
        self._people = people
        self._database = database
        self._shown = shown
        self._clock = clock

    @property
    def cookie(self) -> str:
        """The session cookie's name; with this prefix browsers take it from this host over https only."""
        return "__Host-mops_desk" if self.entrance.is_secure else "mops_desk"

    def endpoint(self, page: Page) -> Endpoint:
        """The page, for curators only."""

        async def answer(request: Request) -> Response:
            turned_away = self.at_the_door(request)
            if turned_away is not None:
                return turned_away
            return await self._guarded(lambda: self._visited(request, page))

        return answer

    def at_the_door(self, request: Request) -> Response | None:
        """What to say to a request that must not be looked at; None for others."""
        if self.entrance.way is Way.CLOSED:
            return self._shown.plain(words.CLOSED, words.HOW_TO_OPEN, 403)
        if not self.entrance.welcomes(request):
            return self._shown.plain(words.ELSEWHERE, words.HOW_TO_COME, 403)
        return None

    async def typed(self, request: Request, limit: int) -> FormData | Response:
        """The form of a request that was sent from our own pages, or what to say instead."""
        if not self.entrance.is_own(request):
            return self._shown.plain(words.FOREIGN, words.GO_BACK, 403)
        body = await read_body(request, limit)
        if body is None:
            return self._shown.plain(words.TOO_LARGE, words.too_large(limit), 413)
        try:
            return await _form(request, body)
        except (HTTPException, MultiPartException, ValueError):
            return self._shown.plain(words.UNREADABLE, words.GO_BACK, 400)

    async def guarded(self, work: Callable[[], Awaitable[Response]]) -> Response:
        """The same for endpoints on the way in."""
        return await self._guarded(work)

    def may_enter(self, person: str) -> bool:
        """Whether this person is a curator now."""
        return bool(person) and self._people.may_publish(person)

    def not_a_curator(self) -> Response:
        """What everybody else is told."""
        return self._shown.plain(words.NOT_A_CURATOR, words.ASK_A_CURATOR, 403)

    async def _visited(self, request: Request, page: Page) -> Response:
        key = request.cookies.get(self.cookie, "")
        person = await run_in_threadpool(self._owner, key) if key else None
        if person is None:
            if page.method == "POST":
                return self._shown.plain(words.SESSION_OVER, words.COME_BACK, 401)
            return RedirectResponse(f"{BASE}/enter", SEE_OTHER)
        if not await run_in_threadpool(self.may_enter, person):
            return self.not_a_curator()
        if page.method == "GET":
            return await self._answered(request, page, Visit(person, form_token(key), key))
        typed = await self.typed(request, page.limit)
        if isinstance(typed, Response):
            return typed
        try:
            return await self._sent(request, page, Visit(person, form_token(key), key, form=typed))
        finally:
            await typed.close()

    async def _sent(self, request: Request, page: Page, visit: Visit) -> Response:
        said = str(visit.form.get("form_token", "")).encode()
        if not hmac.compare_digest(said, visit.form_token.encode()):
            return self._shown.plain(words.FOREIGN, words.GO_BACK, 403)
        return await self._answered(request, page, visit)

    async def _answered(self, request: Request, page: Page, visit: Visit) -> Response:
        visit = replace(visit, query=request.query_params, path=request.path_params)
        try:
            return await run_in_threadpool(page.answer, visit)
        except CurationRefused as exc:
            status = 403 if exc.refusal is Refusal.NOT_A_CURATOR else 409
            return self._shown.plain(words.NOT_DONE, tuple(str(exc).splitlines()), status)

    def _owner(self, key: str) -> str | None:
        with self._database.read() as session:
            return WebKeys(session).owner(KeyKind.SESSION, key, self._clock())

    async def _guarded(self, work: Callable[[], Awaitable[Response]]) -> Response:
        try:
            return await work()
        except (DeskError, KnowledgeError) as exc:
            log.warning("curation_desk_failed", error=type(exc).__name__, why=str(exc))
            return self._shown.plain(words.NOT_NOW, tuple(str(exc).splitlines()), 503)
        except HTTPException:
            raise
        except Exception as exc:
            reference = uuid4().hex[:6].upper()
            log.error("curation_desk_broke", error=type(exc).__name__, reference=reference)
            log.debug("curation_desk_broke_trace", exc_info=exc)
            return self._shown.plain(words.BROKE, words.TRY_AGAIN, 500, reference)


async def _form(request: Request, body: bytes) -> FormData:
    """The fields of a body that was read within its limit already, without secrets that somebody pasted."""

    async def replay() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    whole = Request(request.scope, replay)
    typed = await whole.form(max_files=1, max_fields=FIELDS, max_part_size=len(body) + 1)
    clean = [
        (name, without_secrets(text).text if isinstance(text, str) else text) for name, text in typed.multi_items()
    ]
    return FormData(clean)
