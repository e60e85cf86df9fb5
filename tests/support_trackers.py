"""Trackers of every kind, ready for use, and tickets to file with them."""

from __future__ import annotations

import atexit
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

from starlette.types import ASGIApp, Receive, Scope, Send
from support_database import database_with
from support_servers import Served

from bot.demo.jira_standin import JiraStandIn
from escalation.domain import NewTicket
from escalation.embedded_tracker import EmbeddedTracker
from escalation.jira_tracker import JiraTracker
from escalation.protocols import Tracker
from escalation.tables import Base
from escalation.testing import InMemoryTracker

TIMEOUT = (1.0, 1.5)
"""Seconds to connect and to answer: the stand-in is on this machine."""


@dataclass
class Jira:
    """A stand-in being served, and a tracker that talks to it."""

    standin: JiraStandIn
    tracker: JiraTracker
    url: str


def new_ticket_for(
    marker: str = "mops-desk-0123456789ab", summary: str = "Where are my MQLs?", **more: object
) -> NewTicket:
    """A ticket as the desk files it."""
    values: dict[str, object] = {
        "project": "OPS",
        "issue_type": "Task",
        "summary": summary,
        "description": "{noformat}\nWhere are my MQLs?\n{noformat}",
        "marker": marker,
        "labels": ("mops-desk", marker),
        **more,
    }
    return NewTicket(**values)  # type: ignore[arg-type]


class _Place:
    """A server kept for the next test: stopping one takes longer than most tests."""

    idle: ClassVar[list[_Place]] = []

    def __init__(self) -> None:
        self.app: ASGIApp | None = None
        self.served = Served(self).start()
        atexit.register(self.served.stop)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.app is not None:
            await self.app(scope, receive, send)


@contextmanager
def _served(app: ASGIApp) -> Iterator[str]:
    place = _Place.idle.pop() if _Place.idle else _Place()
    place.app = app
    try:
        yield place.served.url
    finally:
        _Place.idle.append(place)


@contextmanager
def jira(cloud: bool = True, timeout: tuple[float, float] = TIMEOUT, **options: object) -> Iterator[Jira]:
    """A fresh Jira of either flavour, and a tracker signed in to it."""
    standin = JiraStandIn(cloud=cloud, **options)  # type: ignore[arg-type]
    with _served(standin.app) as url:
        email = standin.email if cloud else None
        tracker = JiraTracker(url, standin.token, email, timeout=timeout, clock=standin.state.clock)
        yield Jira(standin, tracker, url)


@dataclass
class Staffed:
    """A tracker, and what people do in it behind the desk's back. ``now`` is its clock."""

    tracker: Tracker
    say: Callable[[str, str, str, bool], object]
    employ: Callable[[str, str], object]
    files: Callable[[str], list[str]]
    now: list[datetime]

    def wait(self, **span: float) -> datetime:
        """Let time pass; the moment it is then."""
        self.now[0] += timedelta(**span)
        return self.now[0]


KINDS = ("memory", "embedded", "cloud", "server", "cloud desk", "server desk")
"""Every kind of tracker; the "desks" are service desks, where customers see public comments."""


@contextmanager
def tracker_of_kind(kind: str, folder: Path) -> Iterator[Tracker]:
    """A fresh tracker, one of KINDS."""
    with staffed(kind, folder) as made:
        yield made.tracker


@contextmanager
def staffed(kind: str, folder: Path) -> Iterator[Staffed]:
    """A fresh tracker with people, one of KINDS."""
    now = [datetime(2026, 11, 23, 10, tzinfo=UTC)]
    match kind:
        case "memory":
            memory = InMemoryTracker(clock=lambda: now[0])
            names = lambda key: [one.name for stored in memory.tickets for one in stored.files]  # noqa: E731
            yield Staffed(memory, memory.say, lambda *_: None, names, now)
        case "embedded":
            database = database_with(folder / "tickets.sqlite3", Base.metadata)
            embedded = EmbeddedTracker(
                database, url_for=lambda key: f"https://desk.example/tickets/{key}", clock=lambda: now[0]
            )
            yield Staffed(embedded, embedded.say, lambda *_: None, embedded.file_names, now)
            database.close()
        case _:
            options = {"service_desk": "desk" in kind, "clock": lambda: now[0]}
            with jira(cloud="cloud" in kind, **options) as running:
                issues = running.standin.state.find
                files = lambda key: [file.name for file in issues(key).files]  # noqa: E731
                yield Staffed(running.tracker, running.standin.say, running.standin.add_user, files, now)
