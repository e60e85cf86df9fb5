"""Sign in with Slack (OpenID Connect, authorization code): who is it that Slack sends back to us?"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlencode

from bot.curation_web import door_texts as words
from bot.curation_web.entrance import SIGNED_IN
from bot.errors import DeskError, SlackRefused

ISSUER = "https://slack.com"
_TEAM, _USER = "https://slack.com/team_id", "https://slack.com/user_id"
_PARTS = 3


class SignInFailed(DeskError):
    """Nobody is signed in; the message says what to do."""


class ExchangesCodes(Protocol):
    """Slack, as far as signing in goes. Raises DeskError."""

    def id_token(self, client_id: str, client_secret: str, code: str, redirect_uri: str) -> str:
        """The id token for a one-time code."""


@dataclass(frozen=True)
class SlackSignIn:
    """``team``: ours; people of other workspaces do not get in. ``api_url`` ends in /api/, as SLACK_API_URL does."""

    slack: ExchangesCodes
    client_id: str
    client_secret: str
    team: str
    origin: str
    api_url: str

    def address(self, state: str) -> str:
        """Where to send somebody. ``state`` comes back with them."""
        asked = {
            "response_type": "code",
            "scope": "openid",
            "client_id": self.client_id,
            "redirect_uri": self._back,
            "state": state,
            "nonce": self._nonce(state),
            "team": self.team,
        }
        site = self.api_url.rstrip("/").removesuffix("/api")
        return f"{site}/openid/connect/authorize?{urlencode(asked)}"

    def person(self, code: str, state: str, now: datetime) -> str:
        """The Slack id of who came back with this code and the state they left with.

        Raises SignInFailed, or DeskError when Slack is away.
        """
        try:
            token = self.slack.id_token(self.client_id, self.client_secret, code, self._back)
        except SlackRefused as exc:
            raise SignInFailed(words.SLACK_SAID_NO) from exc
        return self._owner(_claims(token), self._nonce(state), now)

    def _owner(self, claims: Mapping[str, Any], nonce: str, now: datetime) -> str:
        """Checked as OpenID Connect Core 3.1.3.7 asks; not its signature: it came from Slack itself, by TLS."""
        ours = claims.get("iss") == ISSUER and claims.get("aud") == self.client_id
        expires = claims.get("exp")
        fresh = isinstance(expires, int | float) and expires > now.timestamp()
        same = hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode())
        if not (ours and fresh and same):
            raise SignInFailed(words.NOT_FROM_HERE)
        if claims.get(_TEAM) != self.team:
            raise SignInFailed(words.OTHER_TEAM)
        return str(claims.get(_USER, ""))

    def _nonce(self, state: str) -> str:
        """What Slack repeats in the id token: made of the state, so that beginning to sign in writes no row."""
        return hmac.new(self.client_secret.encode(), state.encode(), hashlib.sha256).hexdigest()

    @property
    def _back(self) -> str:
        return f"{self.origin}{SIGNED_IN}"


def _claims(token: str) -> Mapping[str, Any]:
    parts = token.split(".")
    try:
        padded = parts[1] + "=" * (-len(parts[1]) % 4)
        found = json.loads(base64.urlsafe_b64decode(padded)) if len(parts) == _PARTS else None
    except (ValueError, IndexError):
        found = None
    if not isinstance(found, dict):
        raise SignInFailed(words.NOT_FROM_HERE)
    return found
