"""Files the desk puts into conversations: Slack's three steps (an address, the bytes, "show them")."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.demo.slack_arguments import Refused, required
from bot.demo.slack_chat import Chat, Method
from bot.demo.slack_events import Events
from bot.demo.slack_files import MAX_FILE_BYTES, Files
from bot.demo.slack_state import Json, Message, Workspace


@dataclass(frozen=True)
class _Slot:
    """An address that was handed out; ``content`` once the bytes are there."""

    file_id: str
    name: str
    length: int
    content: bytes | None = None


class Uploads:
    """files.getUploadURLExternal, the address it names, and files.completeUploadExternal."""

    def __init__(
        self, workspace: Workspace, chat: Chat, events: Events, files: Files, address: Callable[[], str]
    ) -> None:
        self._workspace = workspace
        self._chat = chat
        self._events = events
        self._files = files
        self._address = address
        self._lock = threading.Lock()
        self._slots: dict[str, _Slot] = {}

    def methods(self) -> dict[str, Method]:
        """The methods by name."""
        return {"files.getUploadURLExternal": self.address, "files.completeUploadExternal": self.complete}

    def routes(self) -> list[Route]:
        """Where the bytes go."""
        return [Route("/upload/{file_id}", self._take, methods=["POST"])]

    def address(self, arguments: Json) -> Json:
        """files.getUploadURLExternal."""
        name, length = required(arguments, "filename"), int(required(arguments, "length"))
        if not 0 < length <= MAX_FILE_BYTES:
            raise Refused("invalid_arguments", "length must be that of the file")
        file_id = self._workspace.new_id("FU")
        with self._lock:
            self._slots[file_id] = _Slot(file_id, name, length)
        return {"upload_url": f"{self._address()}/upload/{file_id}", "file_id": file_id}

    def complete(self, arguments: Json) -> Json:
        """files.completeUploadExternal: the files appear in the conversation, with the comment."""
        wanted = arguments.get("files")
        if not isinstance(wanted, list) or not wanted:
            raise Refused("invalid_arguments", "files must list what was uploaded")
        channel = self._chat.channel_to_post({"channel": arguments.get("channel_id", "")})
        shown = tuple(self._shown(str(one.get("id"))) for one in wanted)
        text = str(arguments.get("initial_comment") or "")
        bot = self._workspace.team.bot_user
        message = Message(channel.id, self._workspace.stamp(), bot, text, files=shown)
        self._events.posted(self._workspace.put(message))
        return {"files": list(shown)}

    async def _take(self, request: Request) -> Response:
        content = await request.body()
        with self._lock:
            slot = self._slots.get(request.path_params["file_id"])
            if slot is None or len(content) != slot.length:
                return PlainTextResponse("the length is another one", 400)
            self._slots[slot.file_id] = replace(slot, content=content)
        return PlainTextResponse(f"OK - {len(content)}")

    def _shown(self, file_id: str) -> Json:
        with self._lock:
            slot = self._slots.pop(file_id, None)
        if slot is None or slot.content is None:
            raise Refused("file_not_found", "its bytes never arrived")
        return self._files.upload(self._workspace.team.bot_user, slot.name, slot.content, "text/yaml")
