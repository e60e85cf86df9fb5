"""What the demo page calls: the pretend workspace as one person sees it, and acting as that person.

Bodies must be JSON: a foreign web page can then not post here without the browser asking first.
"""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.demo.slack_interactions import Outcome
from bot.demo.slack_payloads import without_nones
from bot.demo.slack_people import People
from bot.demo.slack_state import Channel, Json, Message, View

POLL_S = 20.0
_LOOK_EVERY_S = 0.05


class ClientApi:
    """The routes under ``/demo/api``. ``me`` is whom the page plays unless it says otherwise."""

    def __init__(self, people: People, me: str, stopping: Callable[[], bool]) -> None:
        self._people = people
        self._workspace = people.workspace
        self._me = me
        self._stopping = stopping

    def routes(self) -> list[Route]:
        """Every route of the client API."""
        actions: dict[str, Callable[[str, Json], Json]] = {
            "message": self._message,
            "command": self._command,
            "action": self._action,
            "view_submit": self._submit,
            "view_close": self._close,
            "shortcut": self._shortcut,
            "home": self._home,
            "reaction": self._reaction,
            "upload": self._upload,
            "share": self._share,
        }
        return [
            Route("/demo/api/state", self._state, methods=["GET"]),
            Route("/demo/api/changes", self._changes, methods=["GET"]),
            Route("/demo/api/file/{file_id}", self._file, methods=["GET"]),
            *(Route(f"/demo/api/{name}", self._acting(act), methods=["POST"]) for name, act in actions.items()),
        ]

    def _acting(self, act: Callable[[str, Json], Json]) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            if not request.headers.get("content-type", "").startswith("application/json"):
                return _bad("send JSON")
            try:
                body = await request.json()
                user = self._people.person(body.get("user") or self._me)
                return JSONResponse(await run_in_threadpool(act, user, body))
            except (ValueError, LookupError, AttributeError) as exc:
                return _bad(str(exc))

        return endpoint

    async def _state(self, request: Request) -> Response:
        try:
            user = self._people.person(request.query_params.get("user") or self._me)
        except LookupError as exc:
            return _bad(str(exc))
        return JSONResponse(self.state(user))

    async def _changes(self, request: Request) -> Response:
        """Answers when the version is another than ``since``, at the latest after 20 s."""
        since = request.query_params.get("since", "")
        end = time.monotonic() + POLL_S
        while str(self._workspace.version) == since and time.monotonic() < end and not self._stopping():
            if await request.is_disconnected():
                break
            await asyncio.sleep(_LOOK_EVERY_S)
        return JSONResponse({"version": self._workspace.version})

    def state(self, user: str) -> Json:
        """Everything one person sees."""
        with self._workspace.locked():
            channels = self._workspace.channels_of(user)
            modal, home = self._people.modal(user), self._workspace.home(user)
            return {
                "version": self._workspace.version,
                "me": self._user(user),
                "users": [self._user(one) for one in self._workspace.users],
                "channels": [_channel(channel) for channel in channels],
                "messages": {channel.id: self._messages(channel.id, user) for channel in channels},
                "modal": _modal(modal) if modal else None,
                "home": _content(home) if home else None,
                "notices": [{"id": n.id, "text": n.text, "at": n.at} for n in self._workspace.notices(user)],
            }

    def _user(self, user_id: str) -> Json:
        user = self._workspace.users[user_id]
        return {
            "id": user.id,
            "name": user.name,
            "real_name": user.real_name,
            "title": user.title,
            "is_bot": user.is_bot,
            "color": f"#{user.color}",
        }

    def _messages(self, channel: str, user: str) -> list[Json]:
        counts = self._workspace.reply_counts(channel)
        bot = self._workspace.team.bot_user
        seen = self._people.messages(channel, seen_by=user)
        return [_message(message, counts.get(message.ts, 0), message.user == bot) for message in seen]

    def _message(self, user: str, body: Json) -> Json:
        text = str(body.get("text", "")).strip()
        if not text:
            raise ValueError("there is no text")
        return {"ts": self._people.say(user, self._channel(user, body), text, body.get("thread_ts"))}

    def _command(self, user: str, body: Json) -> Json:
        channel = self._channel(user, body)
        text = str(body.get("text", ""))
        return _outcome(self._people.interactions.command(user, channel, str(body["command"]), text))

    def _action(self, user: str, body: Json) -> Json:
        action, values = dict(body["action"]), body.get("values")
        if body.get("view_id"):
            return _outcome(self._people.interactions.act_on_view(user, self._view(user, body), action, values))
        message = self._people.message(self._channel(user, body), str(body.get("message_ts")))
        return _outcome(self._people.interactions.act_on_message(user, message, action, values))

    def _submit(self, user: str, body: Json) -> Json:
        view = self._view(user, body)
        return _outcome(self._people.interactions.submit(user, view, body.get("values") or {}))

    def _close(self, user: str, body: Json) -> Json:
        return _outcome(self._people.interactions.close(user, self._view(user, body)))

    def _shortcut(self, user: str, body: Json) -> Json:
        stamp = str(body.get("message_ts"))
        message = self._people.message(self._channel(user, body), stamp) if body.get("message_ts") else None
        return _outcome(self._people.interactions.shortcut(user, str(body["callback_id"]), message))

    def _home(self, user: str, _body: Json) -> Json:
        self._people.open_home(user)
        return {"ok": True}

    def _reaction(self, user: str, body: Json) -> Json:
        channel = self._channel(user, body)
        self._people.react(user, channel, str(body["message_ts"]), str(body["name"]).strip(":"))
        return {"ok": True}

    def _upload(self, user: str, body: Json) -> Json:
        """A file chosen in a form, its contents as base64."""
        content = base64.b64decode(str(body.get("content", "")), validate=True)
        name, kind = str(body.get("name") or "file"), str(body.get("mimetype") or "application/octet-stream")
        return {"ok": True, "file": self._people.files.upload(user, name, content, kind)}

    def _share(self, user: str, body: Json) -> Json:
        """A file as a message, its contents as base64."""
        content = base64.b64decode(str(body.get("content", "")), validate=True)
        name, text = str(body.get("name") or "file"), str(body.get("text", "")).strip()
        return {"ts": self._people.share(user, self._channel(user, body), name, content, text)}

    async def _file(self, request: Request) -> Response:
        """A file to look at; always a download, whatever is in it."""
        try:
            name, content = self._people.files.contents(request.path_params["file_id"])
        except LookupError as exc:
            return _bad(str(exc))
        disposition = f"attachment; filename*=UTF-8''{quote(name)}"
        return Response(content, media_type="application/octet-stream", headers={"Content-Disposition": disposition})

    def _channel(self, user: str, body: Json) -> str:
        channel = self._people.place(str(body.get("channel")), user)
        if user not in self._workspace.channels[channel].members:
            raise LookupError("you are not in this channel")
        return channel

    def _view(self, user: str, body: Json) -> View:
        found = self._workspace.find_view(str(body.get("view_id")))
        if found is None or found[0] != user:
            raise LookupError("this view is closed")
        return found[1]


def _bad(why: str) -> Response:
    return JSONResponse({"ok": False, "error": why}, 400)


def _channel(channel: Channel) -> Json:
    kind = "im" if channel.kind == "im" else "channel"
    return {"id": channel.id, "name": channel.name, "kind": kind, "topic": channel.topic}


def _message(message: Message, replies: int, is_bot: bool) -> Json:
    return {
        "ts": message.ts,
        "user": message.user,
        "text": message.text,
        "blocks": list(message.blocks),
        "thread_ts": message.thread_ts,
        "reactions": [{"name": name, "users": list(users)} for name, users in message.reactions],
        "edited": message.edited,
        "ephemeral_for": message.ephemeral_for,
        "reply_count": replies,
        "pinned": message.pinned,
        "is_bot": is_bot,
        "pending_status": message.pending_status,
        "files": [{"id": file["id"], "name": file["name"], "size": file["size"]} for file in message.files],
    }


def _content(view: View) -> Json:
    return {**view.content, "id": view.id, "hash": view.hash}


def _modal(view: View) -> Json:
    return {
        "view_id": view.id,
        "view": _content(view),
        "hash": view.hash,
        "errors": dict(view.errors),
        "values": view.values,
    }


def _outcome(outcome: Outcome) -> Json:
    """``error`` is Slack's word, ``message`` the same text as the notice in the state."""
    said = {"error": outcome.error, "message": outcome.message, "ack_text": outcome.ack_text}
    errors = dict(outcome.errors) or None
    return {"ok": outcome.ok, **without_nones({**said, "errors": errors})}
