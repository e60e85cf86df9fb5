"""A source as the sources file lists it, and what its builder may use besides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.database import Database
from bot.settings import Settings
from bot.sources.options import Options
from bot.sources.redacting import Redact
from escalation.protocols import Tracker
from knowledge.bounded_source import PathLimit
from knowledge.domain import Audience
from knowledge.protocols import Source


@dataclass(frozen=True)
class ListedSource:
    """One item of the sources file. ``every``: how often it is read by itself; None: only when somebody asks.

    ``audience`` is who may read what it holds, where a document does not narrow that itself. All other keys are
    ``options``, which its builder reads. ``limits`` are narrower audiences of some paths, ``redact`` what is left
    out of its texts; builders need not care.
    """

    name: str
    kind: str
    audience: Audience
    every: timedelta | None
    options: Options
    line: int
    limits: tuple[PathLimit, ...] = ()
    redact: Redact = Redact.PEOPLE


@dataclass(frozen=True)
class Outside:
    """What builders may use. ``tracker`` signs in to Jira when it is first called."""

    settings: Settings
    database: Database
    tracker: Callable[[], Tracker]
    clock: Clock


@dataclass(frozen=True)
class ScheduledSource:
    """A source ready to be read. ``kind`` is "path" for a folder or file named on the command line."""

    source: Source
    kind: str
    every: timedelta | None = None

    @property
    def name(self) -> str:
        """The source's."""
        return self.source.name
