"""Files people choose in a form, as the stand-in for Slack keeps them: ``files.info`` and the private download."""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.demo.slack_arguments import Refused, required
from bot.demo.slack_chat import Method
from bot.demo.slack_state import Json

MAX_FILE_BYTES = 10_000_000
"""Largest file Slack's file input takes."""

_LOGIN_PAGE = "<html><body>Sign in to see this file.</body></html>"


@dataclass(frozen=True)
class StoredFile:
    """One uploaded file."""

    id: str
    user: str
    name: str
    content: bytes
    mimetype: str


class Files:
    """What people uploaded. ``address`` is where the stand-in is reached; who lacks the bot's token has to log in."""

    def __init__(self, address: Callable[[], str], bot_token: str) -> None:
        self._address = address
        self._token = bot_token
        self._lock = threading.Lock()
        self._files: dict[str, StoredFile] = {}

    def methods(self) -> dict[str, Method]:
        """The methods by name."""
        return {"files.info": self.info}

    def routes(self) -> list[Route]:
        """Where files are downloaded from."""
        return [Route("/files-pri/{file_id}/download/{name}", self._download, methods=["GET"])]

    def upload(self, user: str, name: str, content: bytes, mimetype: str = "application/octet-stream") -> Json:
        """Keep a file; returns it as Slack puts it into ``state.values``. Raises ValueError when it is too large."""
        if len(content) > MAX_FILE_BYTES:
            raise ValueError(f"{name} is larger than {MAX_FILE_BYTES // 1_000_000} MB")
        with self._lock:
            file = StoredFile(f"F{len(self._files) + 1:07d}", user, name, content, mimetype)
            self._files[file.id] = file
        return self.shown(file.id)

    def delete(self, file_id: str) -> None:
        """The person deletes a file."""
        with self._lock:
            self._files.pop(file_id, None)

    def shown(self, file_id: str) -> Json:
        """A file object. Raises LookupError."""
        with self._lock:
            file = self._files.get(file_id)
        if file is None:
            raise LookupError(f"no file {file_id}")
        url = f"{self._address()}/files-pri/{file.id}/download/file"
        return {
            "id": file.id,
            "user": file.user,
            "name": file.name,
            "title": file.name,
            "mimetype": file.mimetype,
            "filetype": file.name.rpartition(".")[2].lower(),
            "size": len(file.content),
            "mode": "hosted",
            "url_private": url,
            "url_private_download": url,
        }

    def contents(self, file_id: str) -> tuple[str, bytes]:
        """A file's name and what is in it. Raises LookupError."""
        with self._lock:
            file = self._files.get(file_id)
        if file is None:
            raise LookupError(f"no file {file_id}")
        return file.name, file.content

    def info(self, arguments: Json) -> Json:
        """files.info."""
        try:
            return {"file": self.shown(required(arguments, "file"))}
        except LookupError as exc:
            raise Refused("file_not_found") from exc

    async def _download(self, request: Request) -> Response:
        token = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        with self._lock:
            file = self._files.get(request.path_params["file_id"])
        if file is None:
            return HTMLResponse("gone", 404)
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            return HTMLResponse(_LOGIN_PAGE)
        return Response(file.content, media_type=file.mimetype)
