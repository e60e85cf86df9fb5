"""Slack's Web API (the one module of slack_sdk's WebClient): one call, no hidden repeats, our own errors.

slack_sdk posts again on its own when a connection drops, which makes two messages of one: its retry handlers
are off, and the outbox decides. Unfurling is off everywhere.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import RemoteDisconnected
from typing import Any
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.webhook import WebhookClient, WebhookResponse

from bot.errors import SlackOutcomeUnknown, SlackRefused, SlackUnavailable

TIMEOUT_S = 10
METADATA_EVENT = "mops_desk"
"""The metadata type of our messages; its payload carries the outbox key, by which a message is found again."""

_TRANSIENT = {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
_TOO_MANY = 429
_SERVER_ERROR = 500


@dataclass(frozen=True)
class ThreadMessage:
    """A message a person wrote in a thread, as Slack keeps it."""

    user: str
    ts: str
    text: str


class SlackClient:
    """The calls the desk makes. Raises SlackRefused, SlackUnavailable or SlackOutcomeUnknown."""

    def __init__(self, token: str, base_url: str) -> None:
        self._web = web_client(token, base_url)

    def identity(self) -> tuple[str, str, str]:
        """(team id, our user id, our bot id)."""
        found = self._call("auth.test")
        return str(found.get("team_id", "")), str(found["user_id"]), str(found.get("bot_id", ""))

    def post(self, channel: str, text: str, blocks: Sequence[Mapping[str, Any]], thread: str | None, key: str) -> str:
        """Post a message that carries ``key``. Returns its ts."""
        posted = self._call(
            "chat.postMessage",
            channel=channel,
            text=text,
            blocks=list(blocks),
            thread_ts=thread,
            unfurl_links=False,
            unfurl_media=False,
            metadata={"event_type": METADATA_EVENT, "event_payload": {"key": key}},
        )
        return str(posted["ts"])

    def find_posted(self, channel: str, thread: str | None, key: str, since: float) -> str | None:
        """The ts of our message with ``key``, looking at messages since a Unix time; None when there is none."""
        method = "conversations.replies" if thread else "conversations.history"
        cursor = ""
        while True:
            arguments = {"channel": channel, "include_all_metadata": True, "limit": 200, "oldest": f"{since:.6f}"}
            if thread:
                arguments["ts"] = thread
            page = self._call(method, **arguments, cursor=cursor)
            for message in page.get("messages", []):
                if message.get("metadata", {}).get("event_payload", {}).get("key") == key:
                    return str(message["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return None

    def thread(self, channel: str, ts: str, limit: int = 30) -> tuple[ThreadMessage, ...]:
        """What people said in a thread, oldest first: its first message and up to ``limit`` replies."""
        page = self._call("conversations.replies", channel=channel, ts=ts, limit=limit)
        return tuple(
            ThreadMessage(str(m["user"]), str(m["ts"]), str(m.get("text", "")))
            for m in page.get("messages", [])
            if m.get("user") and not m.get("bot_id")
        )

    def update(self, channel: str, ts: str, text: str, blocks: Sequence[Mapping[str, Any]]) -> None:
        """Replace the contents of one of our messages."""
        self._call("chat.update", channel=channel, ts=ts, text=text, blocks=list(blocks))

    def react(self, channel: str, ts: str, name: str) -> None:
        """Put an emoji on a message; it may be there already."""
        try:
            self._call("reactions.add", channel=channel, timestamp=ts, name=name)
        except SlackRefused as exc:
            if exc.code != "already_reacted":
                raise

    def open_dm(self, person: str) -> str:
        """The channel id of the DM between a person and the desk."""
        return str(self._call("conversations.open", users=person)["channel"]["id"])

    def permalink(self, channel: str, ts: str) -> str:
        """A link to a message."""
        return str(self._call("chat.getPermalink", channel=channel, message_ts=ts)["permalink"])

    def person(self, person: str) -> Mapping[str, Any]:
        """users.info's user object."""
        found: Mapping[str, Any] = self._call("users.info", user=person)["user"]
        return found

    def channel(self, channel: str) -> Mapping[str, Any]:
        """conversations.info's channel object."""
        found: Mapping[str, Any] = self._call("conversations.info", channel=channel)["channel"]
        return found

    def publish_home(self, person: str, view: Mapping[str, Any]) -> None:
        """Show a person's App Home."""
        self._call("views.publish", user_id=person, view=dict(view))

    def open_view(self, trigger_id: str, view: Mapping[str, Any]) -> None:
        """Open a modal; the trigger lives three seconds and works once."""
        self._call("views.open", trigger_id=trigger_id, view=dict(view))

    def update_view(self, view_id: str, view_hash: str, view: Mapping[str, Any]) -> None:
        """Change an open modal, unless it has changed since ``view_hash``."""
        self._call("views.update", view_id=view_id, hash=view_hash, view=dict(view))

    def respond(self, response_url: str, text: str, blocks: Sequence[Mapping[str, Any]], replace: bool) -> None:
        """Reply where only the person sees it."""
        hook = WebhookClient(response_url, timeout=TIMEOUT_S, retry_handlers=[])
        try:
            answered = hook.send(
                text=text,
                blocks=[dict(block) for block in blocks],
                response_type="ephemeral",
                replace_original=replace,
                unfurl_links=False,
                unfurl_media=False,
            )
        except _NETWORK as exc:
            raise _network_error("response_url", exc) from exc
        _check_response(answered)

    def _call(self, method: str, **arguments: Any) -> Mapping[str, Any]:  # noqa: ANN401 - Slack's own arguments
        given = {name: value for name, value in arguments.items() if value is not None and value != ""}
        try:
            response = (
                self._web.api_call(method, json=given)
                if _takes_json(method)
                else self._web.api_call(method, params=given)
            )
        except SlackApiError as exc:
            raise _refusal(method, exc) from exc
        except _NETWORK as exc:
            raise _network_error(method, exc) from exc
        data = response.data
        if not isinstance(data, dict):
            raise SlackOutcomeUnknown(f"Slack's answer to {method} could not be read.")
        return data


_NETWORK = (SlackClientError, URLError, OSError, RemoteDisconnected)


def web_client(token: str | None, base_url: str) -> WebClient:
    """A WebClient that never repeats a call on its own. Neither Bolt nor slack_sdk reads SLACK_API_URL."""
    return WebClient(token=token, base_url=base_url.rstrip("/") + "/", timeout=TIMEOUT_S, retry_handlers=[])


def _takes_json(method: str) -> bool:
    """Reads take form arguments only; everything with blocks or views goes as JSON."""
    return method.startswith(("chat.post", "chat.update", "views.", "reactions.add", "conversations.open"))


def _refusal(method: str, exc: SlackApiError) -> SlackRefused | SlackUnavailable | SlackOutcomeUnknown:
    response = exc.response
    status = getattr(response, "status_code", 200)
    if status == _TOO_MANY:
        seconds = str(response.headers.get("Retry-After", ""))
        return SlackUnavailable(
            f"Slack asked us to slow down ({method}).", float(seconds) if seconds.isdigit() else 1.0
        )
    data = response.data if isinstance(response.data, dict) else {}
    code = str(data.get("error", f"http_{status}"))
    if status >= _SERVER_ERROR or code in _TRANSIENT:
        return SlackOutcomeUnknown(f"Slack failed while it handled {method} ({code}).")
    details = "; ".join((data.get("response_metadata") or {}).get("messages", []))
    return SlackRefused(code, f"Slack refused {method}: {code}. {details}".strip())


def _network_error(method: str, exc: BaseException) -> SlackUnavailable | SlackOutcomeUnknown:
    reason = getattr(exc, "reason", exc)
    if isinstance(reason, ConnectionRefusedError | socket.gaierror):
        return SlackUnavailable(f"Slack cannot be reached ({method}).")
    return SlackOutcomeUnknown(f"The connection to Slack broke during {method}.")


def _check_response(answered: WebhookResponse) -> None:
    if answered.status_code == _TOO_MANY:
        raise SlackUnavailable("Slack asked us to slow down (response_url).", 1.0)
    if answered.status_code >= _SERVER_ERROR:
        raise SlackOutcomeUnknown("Slack failed while it handled a response_url.")
    if answered.status_code != 200:  # noqa: PLR2004 - HTTP OK
        raise SlackRefused(
            "response_url_gone", "This reply can no longer be shown in place (response_url has expired)."
        )
