"""`POST /jira/webhook`: Jira says that an issue changed. A hint to read it again, so nothing in it is believed.

Signed with HMAC-SHA256 of the body under JIRA_WEBHOOK_SECRET, in X-Hub-Signature ("sha256=…"; Atlassian's own page on
webhooks, "Secure admin webhooks"). Jira repeats what is not answered with 2xx; the identifier then stays the same.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.errors import DatabaseUnavailable
from bot.incoming import TicketChanged
from bot.logs import get_logger
from bot.request_body import read_body

log = get_logger(__name__)

MAX_BODY = 1_000_000
"""Bytes. An issue with all its fields may be large; a larger one is found by polling."""

_KEY = re.compile(r"[A-Z][A-Z0-9_]{1,39}-[0-9]{1,12}")
_ID_LIMIT = 100

Records = Callable[[TicketChanged], object]
"""Where a hint is recorded. Raises DatabaseUnavailable."""


def jira_webhook(secret: str, record: Records) -> Route:
    """The endpoint. It knows no secret-less mode: leave the route out instead."""

    async def received(request: Request) -> Response:
        body = await read_body(request, MAX_BODY)
        if body is None:
            return PlainTextResponse("The request is too large.", status_code=413)
        if not is_jiras(secret, body, request.headers):
            return PlainTextResponse("The request is not signed with our secret.", status_code=401)
        try:
            hint = _hint(body, request.headers)
        except (ValueError, RecursionError):
            return PlainTextResponse("The request cannot be read.", status_code=400)
        return await run_in_threadpool(_recorded, record, hint) if hint else Response(status_code=204)

    return Route("/jira/webhook", received, methods=["POST"])


def is_jiras(secret: str, body: bytes, headers: Mapping[str, str]) -> bool:
    """Whether ``body`` was signed with ``secret``; headers are asked for by their names in lower case."""
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return bool(secret) and hmac.compare_digest(expected.encode(), headers.get("x-hub-signature", "").encode())


def _recorded(record: Records, hint: TicketChanged) -> Response:
    try:
        record(hint)
    except DatabaseUnavailable:
        log.warning("webhook_not_recorded", ticket=hint.ticket_key)
        return PlainTextResponse("Not now; please send it again.", status_code=503)
    return Response(status_code=204)


def _hint(body: bytes, headers: Mapping[str, str]) -> TicketChanged | None:
    """Which issue it is about; None when about none (a version, a sprint). Raises ValueError for what is no JSON."""
    payload = json.loads(body.decode("utf-8"))
    issue = payload.get("issue") if isinstance(payload, dict) else None
    key = issue.get("key") if isinstance(issue, dict) else None
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        return None
    delivery = headers.get("x-atlassian-webhook-identifier", "")[:_ID_LIMIT] or hashlib.sha256(body).hexdigest()
    return TicketChanged(key, f"jira:{key}:{delivery}")
