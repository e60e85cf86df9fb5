"""A tiny stand-in for the demo's client API, to show the page any state and to see what it sends."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

import bot.demo
from bot.serving import serve

PAGE = Path(bot.demo.__file__).parent / "page"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
MAYA, PRIYA, DESK, CHANNEL, DM = "U0MAYA", "U0PRIYA", "U0DESK", "C0ASK", "D0MAYA"

USERS = [
    {"id": MAYA, "name": "maya", "real_name": "Maya Lindqvist", "is_bot": False, "color": "c0476d"},
    {"id": PRIYA, "name": "priya", "real_name": "Priya Raman", "is_bot": False, "color": "b8741a"},
    {"id": DESK, "name": "mops_desk", "real_name": "MOPS Desk", "is_bot": True, "color": "3b5bdb"},
]
CONFIG = {
    "people": [{"id": u["id"], "name": u["real_name"], "title": "Marketing"} for u in USERS if not u["is_bot"]],
    "me": MAYA,
    "bot_user": DESK,
    "examples": ["where are my MQLs?", "How do I name UTM campaigns?", "Can you import my event list?"],
    "shortcuts": [
        {"callback_id": "ask_the_desk", "name": "Ask the desk"},
        {"callback_id": "open_a_ticket", "name": "Open a ticket"},
    ],
    "commands": [
        {"command": "/mops", "hint": "[question]", "description": "Ask privately"},
        {"command": "/ticket", "hint": "[summary]", "description": "Open a ticket"},
    ],
    "tracker": "embedded",
}


def message(ts: str, text: str = "", user: str = MAYA, **more: Any) -> dict[str, Any]:
    """One message as the client API gives it; ``ts`` in seconds."""
    return {
        "ts": ts, "user": user, "text": text, "blocks": [], "thread_ts": None, "reactions": [], "edited": False,
        "ephemeral_for": None, "reply_count": 0, "is_bot": user == DESK, **more,
    }  # fmt: skip


def modal(*blocks: Mapping[str, Any], view_id: str = "V1", version: str = "1", **view: Any) -> dict[str, Any]:
    """The top of a person's stack of modals."""
    shown = {"type": "modal", "title": _plain("A form"), "submit": _plain("Send"), "close": _plain("Cancel")}
    return {"view_id": view_id, "hash": version, "errors": {}, "view": {**shown, **view, "blocks": list(blocks)}}


def input_block(block_id: str, element: Mapping[str, Any], label: str = "Label", **more: Any) -> dict[str, Any]:
    """An input block whose action id is ``value`` unless the element says otherwise."""
    filled = {"action_id": "value", **element}
    return {"type": "input", "block_id": block_id, "label": _plain(label), "element": filled, **more}


def option(value: str) -> dict[str, Any]:
    """An option whose text is its value, capitalised."""
    return {"text": _plain(value.capitalize()), "value": value}


def _plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


@dataclass
class FakeDesk:
    """The state the page is shown, and everything it posted as (path, body). ``answers`` are bodies by path."""

    url: str = ""
    messages: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    modal: dict[str, Any] | None = None
    home: dict[str, Any] | None = None
    notices: list[dict[str, Any]] = field(default_factory=list)
    tickets: list[dict[str, Any]] = field(default_factory=list)
    posts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    version: int = 1
    changed: threading.Condition = field(default_factory=threading.Condition)

    def reset(self) -> None:
        """Nothing said, nothing open, nothing posted; the version goes on counting."""
        self.messages, self.notices, self.tickets, self.posts, self.answers = {}, [], [], [], {}
        self.modal = self.home = None
        self.touch()

    def say(self, *messages: dict[str, Any], channel: str = CHANNEL) -> None:
        """Add messages, or replace those with the same ts."""
        fresh = {m["ts"] for m in messages}
        kept = [m for m in self.messages.get(channel, []) if m["ts"] not in fresh]
        self.messages[channel] = sorted([*kept, *messages], key=lambda m: m["ts"])
        self.touch()

    def show(self, view: dict[str, Any] | None) -> None:
        """Put a modal on top, or take it away."""
        self.modal = view
        self.touch()

    def touch(self) -> None:
        """Say that something changed."""
        with self.changed:
            self.version += 1
            self.changed.notify_all()

    def posted(self, path: str) -> list[dict[str, Any]]:
        """The bodies posted to one path, oldest first."""
        return [body for where, body in self.posts if where == path]

    def state(self) -> dict[str, Any]:
        """What the page reads."""
        return {
            "version": self.version,
            "me": USERS[0],
            "users": USERS,
            "channels": [
                {"id": CHANNEL, "name": "ask-mops", "kind": "channel", "topic": "Questions for marketing operations"},
                {"id": "C0CAMP", "name": "campaigns", "kind": "channel", "topic": "What we are launching, and when"},
                {"id": DM, "name": "MOPS Desk", "kind": "im", "topic": ""},
            ],
            "messages": self.messages,
            "modal": self.modal,
            "home": self.home,
            "notices": self.notices,
        }


@contextmanager
def fake_desk() -> Iterator[FakeDesk]:
    """The page and its fake API on a free port while the block runs."""
    desk = FakeDesk()
    with serve(_app(desk)) as url:
        desk.url = url
        yield desk
        desk.touch()


def _app(desk: FakeDesk) -> Starlette:
    def index(_: Request) -> Response:
        return FileResponse(PAGE / "index.html", headers={"Content-Security-Policy": CSP})

    def read(request: Request) -> Response:
        known = {"config": CONFIG, "state": desk.state(), "tickets": {"tickets": desk.tickets}}
        return JSONResponse(known[request.path_params["what"]])

    def changes(request: Request) -> Response:
        with desk.changed:
            if desk.version == int(request.query_params["since"]):
                desk.changed.wait(1.0)
        return JSONResponse({"version": desk.version})

    async def write(request: Request) -> Response:
        what = request.path_params["what"]
        desk.posts.append((what, await request.json()))
        return JSONResponse(desk.answers.get(what, {"ok": True}))

    return Starlette(
        routes=[
            Route("/", index),
            Route("/demo/api/changes", changes),
            Route("/demo/api/{what}", read, methods=["GET"]),
            Route("/demo/api/{what}", write, methods=["POST"]),
            Mount("/demo/page", StaticFiles(directory=PAGE)),
        ]
    )
