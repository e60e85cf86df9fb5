"""Where a desk can be killed: before and after every commit, and before and after every call over HTTP.

A point is named by the place in the code, found by itself: ``commit bot.worker.Worker._handle (button) after``,
``call slack chat.postMessage (post) before``. In brackets stands the kind of the row in hand. ``places`` reads the
same places out of the source, so that a new one cannot go unnoticed.
"""

from __future__ import annotations

import ast
import http.client
import os
import re
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import event

from bot.database import Database

ROOT = Path(__file__).parents[1]
MAX_STARTS = 3
"""A row of the inbox whose worker dies this often is given up, on purpose (bot.worker.MAX_ATTEMPTS)."""

_INSIDE = re.compile(r"\.<locals>.*")
_SLACK_METHOD = re.compile(r"(auth|chat|conversations|files|openid|reactions|usergroups|users|views)(\.[a-zA-Z]+)+")
_JIRA_CALLS = frozenset({"get", "ask", "post", "create", "put", "upload", "pages", "user"})
_IN_HAND = ("Worker.run_once", "Worker._handle", "Dispatcher.run_once", "Dispatcher._attempt", "Dispatcher._settle")


@dataclass(frozen=True)
class Point:
    """A moment at which a life can end. ``kind`` is that of the row in hand, "" when there is none."""

    place: str
    side: str
    kind: str = ""

    def __str__(self) -> str:
        return f"{self.place}{f' ({self.kind})' if self.kind else ''} {self.side}"

    @property
    def name(self) -> str:
        """Without the kind."""
        return f"{self.place} {self.side}"

    @classmethod
    def parse(cls, text: str) -> Point:
        """The point of its own text."""
        found = re.fullmatch(r"(.*?)(?: \((\w+)\))? (before|after)", text)
        assert found, text
        return cls(found[1], found[3], found[2] or "")


# The places, read out of the source.


@cache
def commit_places() -> dict[tuple[str, int], str]:
    """(file, line) → name of every block that holds a transaction which writes."""
    found: dict[tuple[str, int], str] = {}
    for module, file, tree in _sources("bot", "escalation", "knowledge", saying=("write",)):
        counts: Counter[str] = Counter()
        for scope, node in _with_scopes(tree):
            lines = [item.context_expr.lineno for item in node.items if _writes(item.context_expr)]
            if lines:
                counts[scope] += 1
                number = f" #{counts[scope]}" if counts[scope] > 1 else ""
                for line in {node.lineno, *lines}:
                    found[file, line] = f"commit {module}.{scope}{number}"
    return found


@cache
def call_places() -> frozenset[str]:
    """The names of all calls to Slack and Jira that the desk can make."""
    return frozenset({*_slack_calls(), *_jira_calls()})


def _slack_calls() -> Iterator[str]:
    for _, _, tree in _sources("bot/slack"):
        prefixes = {
            id(one)
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "startswith"
            for one in ast.walk(node)
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or id(node) in prefixes:
                continue
            if isinstance(node.value, str) and _SLACK_METHOD.fullmatch(node.value):
                yield f"call slack {node.value}"
    yield from ("call slack response_url", "call slack upload", "call slack download")


def _jira_calls() -> Iterator[str]:
    for module, _, tree in _sources("escalation", saying=("calls",)):
        if module == "escalation.jira_site":
            continue
        for scope, node in _scoped(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                there = node.func.value
                if node.func.attr in _JIRA_CALLS and isinstance(there, ast.Name) and there.id == "calls":
                    yield f"call jira {module}.{_INSIDE.sub('', scope)}"


def doors() -> frozenset[str]:
    """The modules of bot and escalation that import something that can open a connection."""
    wanted = ("urllib.request", "http.client", "requests", "httpx", "aiohttp", "socket", "slack_sdk", "jira")
    found = set()
    for module, _, tree in _sources("bot", "escalation", saying=wanted):
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name == one or name.startswith(f"{one}.") for name in names for one in wanted):
                found.add(module)
    return frozenset(one for one in found if not one.startswith("bot.demo"))


def _writes(expression: ast.expr) -> bool:
    return (
        isinstance(expression, ast.Call)
        and isinstance(expression.func, ast.Attribute)
        and expression.func.attr == "write"
        and not expression.args
    )


def _with_scopes(tree: ast.Module) -> Iterator[tuple[str, ast.With]]:
    return ((scope, node) for scope, node in _scoped(tree) if isinstance(node, ast.With))


def _scoped(tree: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Every node with the qualified name of the function around it, in the order of the source."""
    left = [("", child) for child in ast.iter_child_nodes(tree)][::-1]
    while left:
        scope, node = left.pop()
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            scope = f"{scope}.{node.name}".lstrip(".")
        yield scope, node
        left += [(scope, child) for child in ast.iter_child_nodes(node)][::-1]


def _sources(*packages: str, saying: Sequence[str] = ("",)) -> Iterator[tuple[str, str, ast.Module]]:
    """The modules in which one of these words stands: parsing all takes seconds."""
    for package in packages:
        for file in sorted((ROOT / package).rglob("*.py")):
            relative, text = file.relative_to(ROOT), file.read_text()
            unseen = relative.parts[:2] in (("bot", "demo"), ("bot", "migrations"))
            if not unseen and any(word in text for word in saying):
                yield ".".join(relative.with_suffix("").parts), str(file), ast.parse(text)


# The same places while the desk runs.


def _frames() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        yield frame
        frame = frame.f_back


def _in_hand() -> tuple[str, int]:
    """(kind, how often it was started) of the row this thread works on."""
    for frame in _frames():
        name = frame.f_code.co_qualname
        claim = frame.f_locals.get("claim") if name.endswith(_IN_HAND) else None
        if claim is not None:
            starts = claim.attempts if "Worker." in name else 0
            return str(claim.kind), starts
        if name == "Inbox.record":
            return str(frame.f_locals["item"].kind), 0
    return "", 0


def _commit_name() -> str:
    known = commit_places()
    for frame in _frames():
        name = known.get((frame.f_code.co_filename, frame.f_lineno))
        if name:
            return name
    return "commit somewhere unknown"


def _call_name(connection: Any) -> str:
    path = urlsplit(str(connection.crash_path)).path
    if path.startswith("/api/"):
        return f"call slack {path.removeprefix('/api/')}"
    if path.startswith("/response/"):
        return "call slack response_url"
    if path.startswith("/rest/"):
        return f"call jira {_jira_caller()}"
    return "call slack upload" if connection.crash_method == "POST" else "call slack download"


def _jira_caller() -> str:
    for frame in _frames():
        module = str(frame.f_globals.get("__name__", ""))
        if module.startswith("escalation.") and module not in ("escalation.jira_site", "escalation.jira_answers"):
            return f"{module}.{_INSIDE.sub('', frame.f_code.co_qualname)}"
    return "somebody unknown"


@dataclass
class Fate:
    """Counts the points a life passes, and ends the life at the one it is armed for."""

    farewell: Callable[[Point], None] = lambda _point: None
    armed: Point | None = None
    nth: int = 1
    passed: Counter[str] = field(default_factory=Counter)
    most_starts: int = MAX_STARTS

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def arm(self, point: Point | None, nth: int) -> None:
        """End at the n-th time this point is passed from now on; a point without a kind stands for all kinds."""
        with self._lock:
            self.armed, self.nth = point, nth

    def take(self) -> dict[str, int]:
        """How often each point was passed since the last time."""
        with self._lock:
            passed, self.passed = dict(self.passed), Counter()
            return passed

    def reach(self, place: str, side: str) -> None:
        """One such point."""
        kind, starts = _in_hand()
        point = Point(place, side, kind)
        with self._lock:
            self.passed[str(point)] += 1
            armed = self.armed
            if armed is None or point not in (armed, Point(armed.place, armed.side, armed.kind or kind)):
                return
            self.nth -= 1
            if self.nth > 0 or starts >= self.most_starts:  # once more would be its third death: it would be given up
                return
            self.farewell(point)
            os.kill(os.getpid(), signal.SIGKILL)


class MortalDatabase(Database):
    """Passes a point before and after each commit that changes something."""

    def __init__(self, engine: Any, fate: Fate, patience_s: float | None = None, turn: Any = None) -> None:
        super().__init__(engine, patience_s, turn)
        self._fate = fate

    @contextmanager
    def write(self) -> Iterator[Any]:
        """As Database, but mortal."""
        changed, name = False, ""
        with super().write() as session:
            yield session
            session.flush()
            changed = has_changed(session.connection())
            if changed:
                name = _commit_name()
                self._fate.reach(name, "before")
        if changed:
            self._fate.reach(name, "after")

    def impatient(self, patience_s: float) -> MortalDatabase:
        """Stays mortal."""
        return MortalDatabase(self.engine, self._fate, patience_s, self._turn)


def watch_changes(engine: Any) -> None:
    """Have connections of this engine remember whether a transaction changed anything."""

    def begun(connection: Any) -> None:
        connection.info.update(crash_changes=_changes(connection), crash_changed=False)

    def executed(connection: Any, cursor: Any, _statement: str, _values: Any, context: Any, _many: bool) -> None:
        writes = context is not None and (context.isinsert or context.isupdate or context.isdelete)
        if writes and cursor.rowcount > 0:
            connection.info["crash_changed"] = True

    event.listen(engine, "begin", begun)
    event.listen(engine, "after_cursor_execute", executed)


def _changes(connection: Any) -> int:
    """SQLite counts changed rows itself; where rows are returned, it is the only one that does."""
    return int(getattr(connection.connection.driver_connection, "total_changes", 0))


def has_changed(connection: Any) -> bool:
    """Whether the transaction of a connection that is watched has changed anything."""
    return bool(connection.info.get("crash_changed")) or _changes(connection) > connection.info["crash_changes"]


def watch_calls(fate: Callable[[], Fate | None]) -> None:
    """Pass a point before each HTTP request leaves this process and after its answer came, whoever makes it.

    Here, below every library, no call can be forgotten.
    """
    connection_type: Any = http.client.HTTPConnection
    put, end, answer = connection_type.putrequest, connection_type.endheaders, connection_type.getresponse

    def putrequest(self: Any, method: str, url: str, *args: Any, **kwargs: Any) -> None:
        self.crash_method, self.crash_path = method, url
        put(self, method, url, *args, **kwargs)

    def endheaders(self: Any, *args: Any, **kwargs: Any) -> None:
        if (current := fate()) is not None:
            current.reach(_call_name(self), "before")
        end(self, *args, **kwargs)

    def getresponse(self: Any, *args: Any, **kwargs: Any) -> Any:
        response = answer(self, *args, **kwargs)
        if (current := fate()) is not None:
            current.reach(_call_name(self), "after")
        return response

    connection_type.putrequest = putrequest
    connection_type.endheaders = endheaders
    connection_type.getresponse = getresponse
