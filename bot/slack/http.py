"""HTTP mode: Slack's requests reach the Bolt app through a thread pool, size-capped, never on the event loop.

Bolt's own Starlette adapter runs the app inside the event loop, where one slow acknowledgement holds up all others.
What Slack has not signed is never parsed, and what cannot be read is refused before Bolt sees it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from urllib.parse import parse_qsl

from slack_bolt import App, BoltRequest
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.logs import get_logger
from bot.metrics import NO_METRICS, Metrics
from bot.request_body import read_body
from bot.slack.signature import is_slacks

log = get_logger(__name__)

MAX_BODY = 1_000_000
"""Bytes. Slack's own payloads stay far below; a larger body is refused before it is read to its end."""

EVENTS_AT_ONCE = 24
"""Events being recorded at a time. Slack delivers again what is refused; if all waited, none would be in time, nor
buttons and commands, which nobody delivers again."""

_CERTIFICATE_CHECK = b"ssl_check=1"
_FORM = "application/x-www-form-urlencoded"

_REFUSED, _FAILED = 400, 500


def web_app(
    app: App, signing_secret: str, further: Sequence[BaseRoute] = (), metrics: Metrics = NO_METRICS
) -> Starlette:
    """The desk's HTTP surface: Slack's endpoint, where there is a secret to check it with.

    ``further`` are endpoints that are not Slack's.
    """

    events = _Events()

    async def slack_events(request: Request) -> Response:
        begun, outcome = time.monotonic(), "failed"
        try:
            answer = await _answer(app, signing_secret, request, events)
            outcome = _outcome(answer.status_code)
            return answer
        finally:
            metrics.acked("http", outcome, time.monotonic() - begun)

    endpoint = [Route("/slack/events", slack_events, methods=["POST"])] if signing_secret else []
    return Starlette(routes=[*endpoint, *further])


class _Events:
    """How many events are being recorded just now; used from the event loop only."""

    def __init__(self) -> None:
        self.inside = 0

    @property
    def is_full(self) -> bool:
        return self.inside >= EVENTS_AT_ONCE

    @contextmanager
    def one_more(self) -> Iterator[None]:
        self.inside += 1
        try:
            yield
        finally:
            self.inside -= 1


async def _answer(app: App, signing_secret: str, request: Request, events: _Events) -> Response:
    is_event = not request.headers.get("content-type", "").startswith(_FORM)
    if is_event and events.is_full:
        return PlainTextResponse("Too much at once. Deliver it again.", status_code=503)
    body = await read_body(request, MAX_BODY)
    if body is None:
        return PlainTextResponse("The request is too large.", status_code=413)
    if body.startswith(_CERTIFICATE_CHECK):
        return Response()  # Slack looks at our certificate; nothing is asked
    if not is_slacks(signing_secret, body, request.headers, time.time()):
        return PlainTextResponse("The request is not signed by Slack.", status_code=401)
    text = _readable(body, request.headers.get("content-type", ""))
    if text is None:
        return PlainTextResponse("The request cannot be read.", status_code=400)
    with events.one_more() if is_event else nullcontext():
        return await run_in_threadpool(_dispatch, app, text, dict(request.headers), str(request.url.query))


def _outcome(status: int) -> str:
    if status < _REFUSED:
        return "ok"
    return "refused" if status < _FAILED else "failed"


def _readable(body: bytes, content_type: str) -> str | None:
    """The body as text if it is what Slack sends: a JSON object, or a form, whose payload is a JSON object."""
    try:
        text = body.decode("utf-8")
        if text.startswith("{") or content_type.partition(";")[0].strip() != _FORM:
            return text if _is_payload(text) else None
        fields = dict(parse_qsl(text, keep_blank_values=True))
        return text if _is_payload(fields.get("payload", "{}")) else None
    except (ValueError, RecursionError):
        return None


def _is_payload(text: str) -> bool:
    payload = json.loads(text)
    return isinstance(payload, dict) and isinstance(payload.get("event", {}), dict)


def _dispatch(app: App, body: str, headers: dict[str, str | Sequence[str]], query: str) -> Response:
    try:
        answered = app.dispatch(BoltRequest(body=body, query=query, headers=headers))
    except (AttributeError, LookupError, TypeError, ValueError) as exc:  # Bolt itself stumbled over its shape
        log.warning("request_not_understood", error=type(exc).__name__)
        return PlainTextResponse("The request cannot be read.", status_code=400)
    return Response(answered.body, answered.status, dict(answered.first_headers_without_set_cookie()))
