"""Sign in with Slack, as the stand-in does it: a page to choose who one is, and the code that is exchanged once."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.demo.slack_arguments import Refused, required
from bot.demo.slack_state import Json, Workspace

ISSUER = "https://slack.com"
CODE_LASTS_S = 600
TOKEN_LASTS_S = 300
CLIENT_ID, CLIENT_SECRET = "123.456", "stand-in-client-secret"


@dataclass(frozen=True)
class _Grant:
    user: str
    client_id: str
    redirect_uri: str
    nonce: str
    until: float


class OpenId:
    """The app's registration and the codes given out. ``changes`` alter the next id tokens, for tests."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._codes: dict[str, _Grant] = {}
        self.redirect_uris: set[str] = set()
        self.changes: dict[str, Any] = {}

    def routes(self) -> list[Route]:
        """The page people see at Slack."""
        return [
            Route("/openid/connect/authorize", self._ask, methods=["GET"]),
            Route("/openid/connect/allow", self._allow, methods=["GET"]),
        ]

    def token(self, arguments: Json) -> Json:
        """openid.connect.token: a code is good once, for who asked for it."""
        client, secret = required(arguments, "client_id"), required(arguments, "client_secret")
        if client != CLIENT_ID:
            raise Refused("invalid_client_id")
        if not hmac.compare_digest(secret.encode(), CLIENT_SECRET.encode()):
            raise Refused("bad_client_secret")
        grant = self._codes.pop(required(arguments, "code"), None)
        if grant is None or grant.until < self._workspace.clock():
            raise Refused("invalid_code")
        if arguments.get("redirect_uri") != grant.redirect_uri:
            raise Refused("bad_redirect_uri")
        return {"access_token": "xoxp-stand-in", "token_type": "Bearer", "id_token": self._id_token(grant)}

    def _id_token(self, grant: _Grant) -> str:
        now = int(self._workspace.clock())
        claims = {
            "iss": ISSUER,
            "sub": grant.user,
            "aud": grant.client_id,
            "exp": now + TOKEN_LASTS_S,
            "iat": now,
            "nonce": grant.nonce,
            "https://slack.com/team_id": self._workspace.team.id,
            "https://slack.com/user_id": grant.user,
            **self.changes,
        }
        return ".".join((_part({"alg": "RS256", "typ": "JWT"}), _part(claims), "c2lnbmF0dXJl"))

    async def _ask(self, request: Request) -> Response:
        asked = dict(request.query_params)
        if asked.get("client_id") != CLIENT_ID or "openid" not in asked.get("scope", "").split():
            return PlainTextResponse("Invalid client_id or scope", 400)
        if asked.get("redirect_uri") not in self.redirect_uris or asked.get("response_type") != "code":
            return PlainTextResponse("redirect_uri did not match any configured URIs", 400)
        people = (user for user in self._workspace.users.values() if not user.is_bot)
        links = "".join(
            f'<p><a href="/openid/connect/allow?{escape(urlencode({**asked, "user": user.id}))}">'
            f"{escape(user.real_name)}</a></p>"
            for user in people
        )
        return HTMLResponse(f'<!doctype html><html lang="en"><title>Slack</title><h1>Sign in as</h1>{links}</html>')

    async def _allow(self, request: Request) -> Response:
        asked = request.query_params
        redirect = asked.get("redirect_uri", "")
        user = asked.get("user", "")
        if redirect not in self.redirect_uris or user not in self._workspace.users:
            return PlainTextResponse("Something is missing", 400)
        code = secrets.token_urlsafe(16)
        until = self._workspace.clock() + CODE_LASTS_S
        self._codes[code] = _Grant(user, asked.get("client_id", ""), redirect, asked.get("nonce", ""), until)
        return RedirectResponse(f"{redirect}?{urlencode({'code': code, 'state': asked.get('state', '')})}", 302)


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
