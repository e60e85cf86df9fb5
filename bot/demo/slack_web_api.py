"""Slack's Web API and response URLs over HTTP: tokens, faults, the posting rate, and Slack's way of saying no."""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.demo.slack_arguments import Refused, parse_arguments
from bot.demo.slack_chat import Chat, Method
from bot.demo.slack_faults import Fault, FaultScript
from bot.demo.slack_grants import Grants, PostingRate
from bot.demo.slack_ledger import Call, Ledger
from bot.demo.slack_openid import OpenId
from bot.demo.slack_sockets import Sockets
from bot.demo.slack_state import Json, Workspace
from bot.demo.slack_tiers import MethodRates
from bot.slack.manifest import SCOPES

RESPONSE_URL = "response_url"
"""How posts to response URLs are called in the ledger and in fault scripts."""

_HANG_STEP_S = 0.05
_PAGE = "<!doctype html><title>Bad gateway</title><p>Something between you and Slack.</p>"


@dataclass(frozen=True)
class _Answer:
    body: Json
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    page: str = ""  # shown instead of the body


class WebApi:
    """The HTTP face of the stand-in towards the desk. ``stopping`` ends hanging answers early."""

    def __init__(
        self,
        *,
        workspace: Workspace,
        methods: Mapping[str, Method],
        chat: Chat,
        grants: Grants,
        rate: PostingRate,
        tiers: MethodRates,
        ledger: Ledger,
        faults: FaultScript,
        openid: OpenId,
        bot_token: str,
        app_token: str,
        sockets: Sockets,
        stopping: Callable[[], bool],
    ) -> None:
        self._workspace = workspace
        self._methods = methods
        self._chat = chat
        self._grants = grants
        self._rate = rate
        self._tiers = tiers
        self._ledger = ledger
        self._faults = faults
        self._openid = openid
        self._bot_token = bot_token
        self._app_token = app_token
        self._sockets = sockets
        self._stopping = stopping

    def routes(self) -> list[Route]:
        """``/api/METHOD`` and ``/response/TOKEN``."""
        return [
            Route("/api/{method}", self._api, methods=["GET", "POST"]),
            Route("/response/{token}", self._respond, methods=["POST"]),
        ]

    async def _api(self, request: Request) -> Response:
        method = request.path_params["method"]
        token = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        body = await request.body()

        def work(arguments: Json) -> _Answer:
            return self._run(method, token or str(arguments.pop("token", "")), arguments)

        answer = await self._with_faults(request, method, body, work)
        if answer.page:
            return HTMLResponse(answer.page, answer.status)
        return JSONResponse(answer.body, answer.status, {**answer.headers, "x-oauth-scopes": ",".join(SCOPES)})

    async def _respond(self, request: Request) -> Response:
        body = await request.body()

        def work(arguments: Json) -> _Answer:
            self._chat.respond(self._grants.respond(request.path_params["token"]), arguments)
            return _Answer({"ok": True})

        answer = await self._with_faults(request, RESPONSE_URL, body, work)
        if answer.body.get("ok"):
            return PlainTextResponse("ok")
        gone = answer.body["error"] in ("invalid_url", "expired_url", "used_url")
        return JSONResponse(answer.body, 404 if gone else max(answer.status, 400), answer.headers)

    async def _with_faults(
        self, request: Request, method: str, body: bytes, work: Callable[[Json], _Answer]
    ) -> _Answer:
        """Run a call as the fault script wants it, and note it in the ledger."""
        fault = self._faults.next(method)
        arguments: Json = {}
        try:
            content_type = request.headers.get("content-type", "")
            arguments = parse_arguments(request.url.query, content_type, body)
            with self._workspace.locked():
                answer = _faulty(fault) or work(arguments)
        except Refused as exc:
            if exc.reasons:
                self._ledger.refuse(method, exc.error, "; ".join(exc.reasons))
            answer = _refusal(exc)
        shown = {key: value for key, value in arguments.items() if key not in ("token", "client_secret")}
        cut = fault is not None and fault.kind in ("drop", "hang")
        status = 0 if cut else answer.status
        ok = bool(answer.body.get("ok"))
        self._ledger.record(Call(method, shown, self._workspace.clock(), ok, answer.body.get("error"), status))
        if fault is not None and cut:
            await self._cut(request, fault)
        return replace(answer, page=_PAGE) if fault is not None and fault.kind == "page" else answer

    async def _cut(self, request: Request, fault: Fault) -> None:
        """Be silent for as long as the fault says, then close the connection without an answer."""
        end = time.monotonic() + fault.seconds
        while time.monotonic() < end and not self._stopping():
            await asyncio.sleep(_HANG_STEP_S)
        request.state.transport.abort()
        await asyncio.sleep(_HANG_STEP_S)  # the server notices before an answer is written

    def _run(self, method: str, token: str, arguments: Json) -> _Answer:
        if method == "api.test":
            return _Answer({"ok": True, "args": arguments})
        if method == "apps.connections.open":
            return _Answer(self._connection(token))
        if method == "openid.connect.token":
            return _Answer({"ok": True, **self._openid.token(arguments)})
        if not token:
            return _Answer({"ok": False, "error": "not_authed"})
        if not hmac.compare_digest(token.encode(), self._bot_token.encode()):
            return _Answer({"ok": False, "error": "invalid_auth"})
        known = self._methods.get(method)
        if known is None:
            return _Answer({"ok": False, "error": "unknown_method", "req_method": method})
        wait = self._tiers.take(method)
        if wait is None and method == "chat.postMessage":
            wait = self._rate.take(self._chat.channel_to_post(arguments).id)
        if wait is not None:
            return _Answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(wait)})
        return _Answer({"ok": True, **known(arguments)})

    def _connection(self, token: str) -> Json:
        """apps.connections.open: takes app tokens only, of an app in Socket Mode."""
        if not self._app_token:
            return {"ok": False, "error": "not_allowed"}
        if not hmac.compare_digest(token.encode(), self._app_token.encode()):
            return {"ok": False, "error": "invalid_auth"}
        return {"ok": True, "url": self._sockets.address()}


def _refusal(refused: Refused) -> _Answer:
    body: dict[str, Any] = {"ok": False, "error": refused.error}
    if refused.reasons:
        body["response_metadata"] = {"messages": [f"[ERROR] {reason}" for reason in refused.reasons]}
    return _Answer(body)


def _faulty(fault: Fault | None) -> _Answer | None:
    """The answer a fault gives instead of the method; None when the method has its effect."""
    if fault is None or fault.effect:
        return None
    if fault.kind == "refuse":
        return _Answer({"ok": False, "error": fault.error})
    headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
    error = "ratelimited" if fault.status == 429 else "internal_error"  # noqa: PLR2004 - Too Many Requests
    return _Answer({"ok": False, "error": error}, fault.status, headers)
