"""HTTP mode: Slack's requests reach the Bolt app through a thread pool, size-capped, never on the event loop.

Bolt's own Starlette adapter runs the app inside the event loop, where one slow acknowledgement holds up all others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from slack_bolt import App, BoltRequest
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

MAX_BODY = 1_000_000
"""Bytes. Slack's own payloads stay far below; a larger body is refused before it is read to its end."""

Ready = Callable[[], dict[str, bool]]
"""What must be true before the desk can serve, by name."""


def web_app(app: App, ready: Ready) -> Starlette:
    """The desk's HTTP surface: Slack's endpoint and the health checks."""

    async def slack_events(request: Request) -> Response:
        body = await _read(request)
        if body is None:
            return PlainTextResponse("The request is too large.", status_code=413)
        return await run_in_threadpool(_dispatch, app, body, dict(request.headers), str(request.url.query))

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(_request: Request) -> Response:
        checks = await run_in_threadpool(ready)
        return JSONResponse(checks, status_code=200 if all(checks.values()) else 503)

    return Starlette(
        routes=[
            Route("/slack/events", slack_events, methods=["POST"]),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
        ]
    )


async def _read(request: Request) -> bytes | None:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            return None
    return body


def _dispatch(app: App, body: bytes, headers: dict[str, str | Sequence[str]], query: str) -> Response:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return PlainTextResponse("The request is not UTF-8 text.", status_code=400)
    answered = app.dispatch(BoltRequest(body=text, query=query, headers=headers))
    return Response(answered.body, answered.status, dict(answered.first_headers_without_set_cookie()))
