"""Files people gave the desk in Slack: looked up, and fetched with the bot's token from Slack's own hosts only."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import Message as Headers
from http.client import HTTPException
from typing import IO, Any, Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from bot.errors import SlackOutcomeUnknown, SlackRefused, SlackUnavailable
from escalation.domain import Attachment

MAX_BYTES = 25_000_000
"""Largest file that is carried; Slack's file input takes 10 MB."""

_TOO_MANY, _SERVER_ERROR = 429, 500
_SLACK_HOST = "slack.com"


class KnowsFiles(Protocol):
    """Slack's record of a file. Raises DeskError."""

    def file(self, file_id: str) -> Mapping[str, Any]:
        """files.info's file object."""


class SlackFiles:
    """Fetches files by id. Raises SlackRefused (for good), SlackUnavailable or SlackOutcomeUnknown (try again)."""

    def __init__(self, slack: KnowsFiles, token: str, base_url: str, timeout_s: float = 20.0) -> None:
        self._slack = slack
        self._token = token
        self._base = urlsplit(base_url)
        self._timeout_s = timeout_s
        self._opener = build_opener(_NoRedirects)

    def fetch(self, file_id: str) -> Attachment:
        """A file with its contents, at most MAX_BYTES."""
        found = self._slack.file(file_id)
        name = " ".join(str(found.get("name") or found.get("title") or file_id).split())[:200]
        if int(found.get("size") or 0) > MAX_BYTES:
            raise SlackRefused("file_too_large", f"{name} is larger than {MAX_BYTES // 1_000_000} MB.")
        url = str(found.get("url_private_download") or found.get("url_private") or "")
        kind = str(found.get("mimetype") or "application/octet-stream")
        return Attachment(name, self._download(name, url, kind), kind)

    def _download(self, name: str, url: str, kind: str) -> bytes:
        if not self._is_slack(url):
            raise SlackRefused("file_elsewhere", f"{name} does not lie with Slack, so it was not fetched.")
        request = Request(url, headers={"Authorization": f"Bearer {self._token}"})  # noqa: S310 - checked above
        try:
            with self._opener.open(request, timeout=self._timeout_s) as response:
                content: bytes = response.read(MAX_BYTES + 1)
                sent = str(response.headers.get_content_type())
        except HTTPError as exc:
            raise _refusal(name, exc) from exc
        except (URLError, OSError, HTTPException) as exc:
            raise SlackUnavailable("Slack's files cannot be reached.") from exc
        if len(content) > MAX_BYTES:
            raise SlackRefused("file_too_large", f"{name} is larger than {MAX_BYTES // 1_000_000} MB.")
        if sent == "text/html" and kind != "text/html":  # Slack's login page: that is how it says no
            raise SlackRefused("file_denied", f"Slack does not hand out {name}. Does the app have files:read?")
        return content

    def _is_slack(self, url: str) -> bool:
        """The token goes to Slack alone: over https to its hosts, or to the very host that SLACK_API_URL names."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            return False
        if (parts.scheme, host, port) == (self._base.scheme, self._base.hostname, self._base.port):
            return True
        return parts.scheme == "https" and (host == _SLACK_HOST or host.endswith(f".{_SLACK_HOST}"))


class _NoRedirects(HTTPRedirectHandler):
    """A redirect would carry the token to wherever it leads."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Headers, newurl: str
    ) -> Request | None:
        """None: the redirect is an error."""
        return None


def _refusal(name: str, exc: HTTPError) -> SlackRefused | SlackUnavailable | SlackOutcomeUnknown:
    if exc.code == _TOO_MANY:
        return SlackUnavailable("Slack asked us to slow down (files).", 30.0)
    if exc.code >= _SERVER_ERROR:
        return SlackOutcomeUnknown(f"Slack failed while it sent a file ({exc.code}).")
    return SlackRefused("file_denied", f"Slack does not hand out {name} ({exc.code}).")
