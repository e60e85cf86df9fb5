"""Trackers of every kind, ready for use, and tickets to file with them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from support_database import sqlite_with
from support_servers import serve

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


@contextmanager
def jira(cloud: bool = True, **options: object) -> Iterator[Jira]:
    """A fresh Jira of either flavour, and a tracker signed in to it."""
    standin = JiraStandIn(cloud=cloud, **options)  # type: ignore[arg-type]
    with serve(standin.app) as url:
        tracker = JiraTracker(url, standin.token, standin.email if cloud else None, timeout=TIMEOUT)
        yield Jira(standin, tracker, url)


@contextmanager
def tracker_of_kind(kind: str, folder: Path) -> Iterator[Tracker]:
    """A fresh tracker: ``memory``, ``embedded``, ``cloud`` or ``server``."""
    match kind:
        case "memory":
            yield InMemoryTracker()
        case "embedded":
            database = sqlite_with(folder / "tickets.sqlite3", Base.metadata)
            yield EmbeddedTracker(database, url_for=lambda key: f"https://desk.example/tickets/{key}")
            database.close()
        case _:
            with jira(cloud=kind == "cloud") as running:
                yield running.tracker
