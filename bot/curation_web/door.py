"""The way in and out: links from the command line, Sign in with Slack, signing out."""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.clock import Clock
from bot.curation_web import door_texts as words
from bot.curation_web.entrance import Way
from bot.curation_web.guard import Guard
from bot.curation_web.keys import LASTS, KeyKind, WebKeys
from bot.curation_web.shown import SEE_OTHER, Shown, to
from bot.curation_web.sign_in import SignInFailed, SlackSignIn
from bot.curation_web.visit import FORM_LIMIT, Page, Visit
from bot.database import Database
from bot.logs import get_logger

log = get_logger(__name__)

SIGN_IN_LASTS = timedelta(minutes=10)
"""How long somebody may take at Slack's page; the code they come back with does not live longer either."""

_LONGEST = 1_000  # characters of what Slack sends back


class Door:
    """``sign_in`` is there when people come in by Slack."""

    def __init__(
        self, guard: Guard, shown: Shown, database: Database, clock: Clock, sign_in: SlackSignIn | None
    ) -> None:
        self._guard = guard
        self._shown = shown
        self._database = database
        self._clock = clock
        self._sign_in = sign_in

    def routes(self) -> list[Route]:
        """What can be reached without a session, and the way out."""
        out = self._guard.endpoint(Page("/sign-out", self._leave, "POST"))
        return [
            Route("/enter", self._enter, methods=["GET"]),
            Route("/enter", self._enter_by_link, methods=["POST"]),
            Route("/sign-in", self._begin, methods=["GET"]),
            Route("/signed-in", self._came_back, methods=["GET"]),
            Route("/sign-out", out, methods=["POST"]),
        ]

    async def _enter(self, request: Request) -> Response:
        away = self._guard.at_the_door(request)
        if away is not None:
            return away
        by_slack = self._guard.entrance.way is Way.SLACK
        key = "" if by_slack else request.query_params.get("key", "")
        return self._shown.door("enter.html", by_slack=by_slack, key=key, words=words)

    async def _enter_by_link(self, request: Request) -> Response:
        async def work() -> Response:
            typed = await self._guard.typed(request, FORM_LIMIT)
            if isinstance(typed, Response):
                return typed
            return await run_in_threadpool(self._let_in_by_link, str(typed.get("key", "")))

        away = self._guard.at_the_door(request)
        if away is not None or self._guard.entrance.way is not Way.LINK:
            return away or self._shown.plain(words.NO_PAGE, words.LOOK_AROUND, 404)
        return await self._guard.guarded(work)

    async def _begin(self, _request: Request) -> Response:
        sign_in = self._sign_in
        if sign_in is None:
            return self._shown.plain(words.NO_PAGE, words.LOOK_AROUND, 404)
        state = secrets.token_urlsafe(32)
        answer = RedirectResponse(sign_in.address(state), SEE_OTHER)
        self._set(answer, self._state_cookie, state, SIGN_IN_LASTS)
        return answer

    async def _came_back(self, request: Request) -> Response:
        """The state must be the one this very browser left with: nobody can be signed in as somebody else."""
        sign_in = self._sign_in
        if sign_in is None:
            return self._shown.plain(words.NO_PAGE, words.LOOK_AROUND, 404)
        code, state = (request.query_params.get(name, "")[:_LONGEST] for name in ("code", "state"))
        mine = request.cookies.get(self._state_cookie, "")

        async def work() -> Response:
            if not (code and state and hmac.compare_digest(state.encode(), mine.encode())):
                return self._failed(words.NOT_FROM_HERE)
            return await run_in_threadpool(self._let_in_by_slack, sign_in, code, state)

        answer = await self._guard.guarded(work)
        self._clear(answer, self._state_cookie)
        return answer

    def _leave(self, visit: Visit) -> Response:
        with self._database.write() as session:
            WebKeys(session).take(KeyKind.SESSION, visit.key, self._clock())
        answer = to("/enter")
        self._clear(answer, self._guard.cookie)
        return answer

    def _let_in_by_link(self, key: str) -> Response:
        with self._database.write() as session:
            person = WebKeys(session).take(KeyKind.LINK, key, self._clock())
        if person is None:
            return self._shown.plain(words.LINK_USED, words.ANOTHER_LINK, 403)
        return self._let_in(person)

    def _let_in_by_slack(self, sign_in: SlackSignIn, code: str, state: str) -> Response:
        try:
            return self._let_in(sign_in.person(code, state, self._clock()))
        except SignInFailed as exc:
            return self._failed(str(exc))

    def _let_in(self, person: str) -> Response:
        if not self._guard.may_enter(person):
            log.warning("curation_desk_refused", person=person)
            return self._guard.not_a_curator()
        with self._database.write() as session:
            key = WebKeys(session).issue(KeyKind.SESSION, self._clock(), person)
        log.info("curation_desk_entered", person=person)
        answer = to("/")
        self._set(answer, self._guard.cookie, key, LASTS[KeyKind.SESSION])
        return answer

    def _failed(self, why: str) -> Response:
        return self._shown.plain(words.SIGN_IN_FAILED, (why,), 403)

    @property
    def _state_cookie(self) -> str:
        return f"{self._guard.cookie}_state"

    def _set(self, answer: Response, name: str, key: str, lasts: timedelta) -> None:
        seconds = int(lasts.total_seconds())
        secure = self._guard.entrance.is_secure
        answer.set_cookie(name, key, max_age=seconds, path="/", secure=secure, httponly=True, samesite="lax")

    def _clear(self, answer: Response, name: str) -> None:
        secure = self._guard.entrance.is_secure
        answer.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="lax")
