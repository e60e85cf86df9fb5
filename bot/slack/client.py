"""Slack's Web API (the one module of slack_sdk's WebClient): one call, no hidden repeats, our own errors.

slack_sdk posts again on its own when a connection drops, which makes two messages of one: its retry handlers
are off, and the outbox decides. Unfurling is off everywhere.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse
from slack_sdk.webhook import WebhookClient, WebhookResponse

from bot.calls import counted
from bot.errors import SlackOutcomeUnknown, SlackRefused, SlackUnavailable
from bot.metrics import NO_METRICS, Metrics
from bot.redaction import without_secrets

TIMEOUT_S = 10.0
"""How long a call may go without a byte from Slack."""

METADATA_EVENT = "mops_desk"
"""The metadata type of our messages; its payload carries the outbox key, by which a message is found again."""

PAGE = 999
"""People or members of one answer; Slack takes less than 1,000."""

CHANNELS = "public_channel,private_channel,mpim"
"""Kinds of conversations with more than two people."""

_TRANSIENT = {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
_SLOW_DOWN = {"ratelimited", "rate_limited"}
_CODE = re.compile(r"[a-z0-9_]+")  # Slack's own error words; the library puts a page's text in their place
_OK = 200
_REFUSALS = range(400, 500)
_TOO_MANY = 429
_SERVER_ERROR = 500


@dataclass(frozen=True)
class ThreadMessage:
    """A message a person wrote in a thread, as Slack keeps it."""

    user: str
    ts: str
    text: str
    thread: str | None = None


class SlackClient:
    """The calls the desk makes. Raises SlackRefused, SlackUnavailable or SlackOutcomeUnknown.

    ``timeout_s``: how long a call may go without a byte from Slack.
    """

    def __init__(
        self, token: str, base_url: str, timeout_s: float = TIMEOUT_S, metrics: Metrics = NO_METRICS
    ) -> None:
        self._metrics = metrics
        self._web = web_client(token, base_url, timeout_s)
        self._timeout_s = timeout_s
        self._dms: dict[str, str] = {}

    def identity(self) -> tuple[str, str, str]:
        """(team id, our user id, our bot id). The message of a SlackRefused says which setting to mend."""
        try:
            found = self._call("auth.test")
        except SlackRefused as exc:
            words = f"Slack does not accept SLACK_BOT_TOKEN ({exc.code}). Copy it again from OAuth & Permissions."
            raise SlackRefused(exc.code, words) from exc
        return str(found.get("team_id", "")), str(found["user_id"]), str(found.get("bot_id", ""))

    def scopes(self) -> frozenset[str] | None:
        """What our bot token may do; None when Slack does not say."""
        headers = {name.lower(): str(value) for name, value in self._response("auth.test").headers.items()}
        listed = headers.get("x-oauth-scopes")
        return None if listed is None else frozenset(part.strip() for part in listed.split(","))

    def id_token(self, client_id: str, client_secret: str, code: str, redirect_uri: str) -> str:
        """What Slack says about who just signed in (a JWT), for the one-time code they came back with."""
        found = self._call(
            "openid.connect.token",
            client_id=client_id,
            client_secret=client_secret,
            code=code,
            redirect_uri=redirect_uri,
            grant_type="authorization_code",
        )
        return str(found.get("id_token", ""))

    def check_app_token(self, app_token: str) -> None:
        """Ask for a Socket Mode connection without making one. Errors as ``app_token_in_use``."""
        with app_token_in_use():
            self._web.apps_connections_open(app_token=app_token)

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
        said = [m for m in page.get("messages", []) if m.get("user") and not m.get("bot_id")]
        words = (without_secrets(str(m.get("text", ""))).text for m in said)
        return tuple(
            ThreadMessage(str(m["user"]), str(m["ts"]), text, m.get("thread_ts"))
            for m, text in zip(said, words, strict=True)
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
        """The channel id of the DM between a person and the desk; it never changes, and is asked for once."""
        if person not in self._dms:
            self._dms[person] = str(self._call("conversations.open", users=person)["channel"]["id"])
        return self._dms[person]

    def permalink(self, channel: str, ts: str) -> str:
        """A link to a message."""
        return str(self._call("chat.getPermalink", channel=channel, message_ts=ts)["permalink"])

    def person(self, person: str) -> Mapping[str, Any]:
        """users.info's user object."""
        found: Mapping[str, Any] = self._look_up("users.info", user=person)["user"]
        return found

    def channel(self, channel: str) -> Mapping[str, Any]:
        """conversations.info's channel object."""
        found: Mapping[str, Any] = self._look_up("conversations.info", channel=channel)["channel"]
        return found

    def people(self) -> Iterator[Mapping[str, Any]]:
        """users.list's user objects: everyone of the workspace, page by page."""
        return self.pages("users.list", "members")

    def conversations(self, kinds: str = CHANNELS) -> Iterator[Mapping[str, Any]]:
        """users.conversations' channel objects: where the desk is a member, page by page."""
        return self.pages("users.conversations", "channels", types=kinds, exclude_archived="true")

    def members(self, channel: str) -> Iterator[str]:
        """The ids of a channel's members, page by page."""
        return self.pages("conversations.members", "members", channel=channel)

    def group_members(self, group: str) -> tuple[str, ...]:
        """The ids of a user group's members."""
        return tuple(self._look_up("usergroups.users.list", usergroup=group)["users"])

    def file(self, file_id: str) -> Mapping[str, Any]:
        """files.info's file object."""
        found: Mapping[str, Any] = self._call("files.info", file=file_id)["file"]
        return found

    def upload(self, channel: str, name: str, content: bytes, comment: str = "") -> None:
        """Put a file into a channel or DM: Slack gives an address, takes the bytes there, then shows them."""
        place = self._call("files.getUploadURLExternal", filename=name, length=len(content))
        self._put_bytes(str(place["upload_url"]), content)
        self._call(
            "files.completeUploadExternal",
            files=[{"id": place["file_id"], "title": name}],
            channel_id=channel,
            initial_comment=comment,
        )

    def _put_bytes(self, url: str, content: bytes) -> None:
        if not url.startswith(("https://", "http://")):
            raise SlackRefused("upload_failed", "Slack named no address for the file.")
        request = Request(url, data=content, method="POST")  # noqa: S310 - checked above
        request.add_header("Content-Type", "application/octet-stream")
        try:
            with urlopen(request, timeout=self._timeout_s):  # noqa: S310 - the same
                return
        except HTTPError as exc:
            raise SlackRefused("upload_failed", f"Slack did not take the file ({exc.code}).") from exc
        except (URLError, OSError, HTTPException) as exc:
            raise SlackUnavailable("Slack did not take the file.") from exc

    def publish_home(self, person: str, view: Mapping[str, Any]) -> None:
        """Show a person's App Home."""
        self._call("views.publish", user_id=person, view=dict(view))

    def open_view(self, trigger_id: str, view: Mapping[str, Any]) -> str:
        """Open a modal; the trigger lives three seconds and works once. Returns the view's id."""
        return str(self._call("views.open", trigger_id=trigger_id, view=dict(view))["view"]["id"])

    def push_view(self, trigger_id: str, view: Mapping[str, Any]) -> None:
        """Put a modal on top of the one the trigger came from; three are the most."""
        self._call("views.push", trigger_id=trigger_id, view=dict(view))

    def update_view(self, view_id: str, view_hash: str, view: Mapping[str, Any]) -> None:
        """Change an open modal, unless it has changed since ``view_hash`` ("": whatever it shows now)."""
        self._call("views.update", view_id=view_id, hash=view_hash, view=dict(view))

    def respond(
        self,
        response_url: str,
        text: str,
        blocks: Sequence[Mapping[str, Any]],
        replace: bool,
        thread: str | None = None,
    ) -> None:
        """Reply where only the person sees it, in the thread if there is one."""
        hook = WebhookClient(
            response_url,
            timeout=self._timeout_s,  # type: ignore[arg-type]
            ssl=_trusted(response_url),
            retry_handlers=[],
        )
        body = {
            "text": text,
            "blocks": [dict(block) for block in blocks],
            "response_type": "ephemeral",
            "replace_original": replace,
            "unfurl_links": False,
            "unfurl_media": False,
            **({"thread_ts": thread} if thread else {}),
        }
        with self._counted("response_url"):
            try:
                answered = hook.send_dict(body)
            except _NETWORK as exc:
                raise _network_error("response_url", exc) from exc
            _check_response(answered)

    def _counted(self, method: str) -> AbstractContextManager[None]:
        return counted(lambda outcome, seconds: self._metrics.slack_call(method, outcome, seconds))

    def pages(self, method: str, items: str, **arguments: str) -> Iterator[Any]:
        """What a method with pages lists under ``items``, page by page."""
        cursor = ""
        while True:
            page = self._look_up(method, limit=PAGE, cursor=cursor, **arguments)
            yield from page[items]
            cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return

    def _look_up(self, method: str, **arguments: str | int) -> Mapping[str, Any]:
        """Changes nothing, so a lost answer is asked for once more: it would make a colleague a stranger."""
        try:
            return self._call(method, **arguments)
        except SlackOutcomeUnknown:
            return self._call(method, **arguments)

    def _call(self, method: str, **arguments: Any) -> Mapping[str, Any]:  # noqa: ANN401 - Slack's own arguments
        data = self._response(method, **arguments).data
        if not isinstance(data, dict):
            raise SlackOutcomeUnknown(f"Slack's answer to {method} could not be read.")
        return data

    def _response(self, method: str, **arguments: Any) -> SlackResponse:  # noqa: ANN401 - the same
        given = {name: value for name, value in arguments.items() if value is not None and value != ""}
        with self._counted(method), _translated(method):
            if _takes_json(method):
                return self._web.api_call(method, json=given)
            return self._web.api_call(method, params=given)


_NETWORK = (SlackClientError, URLError, OSError, HTTPException)


@contextmanager
def _translated(method: str) -> Iterator[None]:
    try:
        yield
    except SlackApiError as exc:
        raise _refusal(method, exc) from exc
    except _NETWORK as exc:
        raise _network_error(method, exc) from exc


@contextmanager
def app_token_in_use() -> Iterator[None]:
    """Around what needs SLACK_APP_TOKEN: raises our errors, and says which setting to mend when it is refused."""
    try:
        with _translated("apps.connections.open"):
            yield
    except SlackRefused as exc:
        words = (
            f"Slack does not accept SLACK_APP_TOKEN ({exc.code}). Make one with the scope connections:write, "
            "in Basic Information under App-Level Tokens."
        )
        raise SlackRefused(exc.code, words) from exc


def web_client(token: str | None, base_url: str, timeout_s: float = TIMEOUT_S) -> WebClient:
    """A WebClient that never repeats a call on its own. Neither Bolt nor slack_sdk reads SLACK_API_URL."""
    url = base_url.rstrip("/") + "/"
    return WebClient(token=token, base_url=url, timeout=timeout_s, ssl=_trusted(url), retry_handlers=[])  # type: ignore[arg-type]


def _trusted(url: str) -> ssl.SSLContext | None:
    """What an HTTPS connection is checked with, made once: each takes 20 ms of reading certificates."""
    return _certificates() if url.startswith("https:") else None


@cache
def _certificates() -> ssl.SSLContext:
    return ssl.create_default_context()


def _takes_json(method: str) -> bool:
    """Reads take form arguments only; everything with blocks or views goes as JSON."""
    return method.startswith(
        ("chat.post", "chat.update", "views.", "reactions.add", "conversations.open", "files.completeUploadExternal")
    )


def _refusal(method: str, exc: SlackApiError) -> SlackRefused | SlackUnavailable | SlackOutcomeUnknown:
    response = exc.response
    status = getattr(response, "status_code", _OK)
    data = response.data if isinstance(response.data, dict) else {}
    code = str(data.get("error", ""))
    if status == _TOO_MANY or code in _SLOW_DOWN:
        return SlackUnavailable(f"Slack asked us to slow down ({method}).", _retry_after(response.headers))
    if status >= _SERVER_ERROR or code in _TRANSIENT:
        return SlackOutcomeUnknown(f"Slack failed while it handled {method} ({status}).")
    if not _CODE.fullmatch(code):
        return _not_from_slack(method, status)
    details = "; ".join((data.get("response_metadata") or {}).get("messages", []))
    return SlackRefused(code, f"Slack refused {method}: {code}. {details}".strip())


def _not_from_slack(method: str, status: int) -> SlackUnavailable | SlackOutcomeUnknown:
    """A page instead of JSON: something between us and Slack answered. A refusal never reached Slack."""
    if status in _REFUSALS:
        return SlackUnavailable(f"Something between us and Slack refused {method} ({status}).")
    return SlackOutcomeUnknown(f"Slack's answer to {method} could not be read ({status}).")


def _retry_after(headers: Mapping[str, str]) -> float:
    """Seconds Slack wants us to wait; one when it does not say so in a way that can be read."""
    said = next((str(value) for name, value in headers.items() if name.lower() == "retry-after"), "")
    return max(1.0, float(said)) if said.isascii() and said.isdigit() else 1.0


def _network_error(method: str, exc: BaseException) -> SlackUnavailable | SlackOutcomeUnknown:
    reason = getattr(exc, "reason", exc)
    if isinstance(reason, ConnectionRefusedError | socket.gaierror):
        return SlackUnavailable(f"Slack cannot be reached ({method}). Check the network, and SLACK_API_URL.")
    return SlackOutcomeUnknown(f"The connection to Slack broke during {method}.")


def _check_response(answered: WebhookResponse) -> None:
    if answered.status_code == _TOO_MANY:
        raise SlackUnavailable("Slack asked us to slow down (response_url).", _retry_after(answered.headers))
    if answered.status_code >= _SERVER_ERROR:
        raise SlackOutcomeUnknown("Slack failed while it handled a response_url.")
    if answered.status_code != _OK:
        raise SlackRefused(
            "response_url_gone", "This reply can no longer be shown in place (response_url has expired)."
        )
