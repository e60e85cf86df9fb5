"""What a desk is made of: everything that differs between production, demo and tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.clock import Clock, now_utc
from bot.curation.checks import Checks, NoChecks
from bot.database import Database
from bot.domain import Role
from bot.help_desk import Judges
from bot.learning import Teachable
from bot.metrics import NO_METRICS, Metrics
from bot.runtime import RefreshesIndex
from bot.settings import Settings
from bot.slack.app import Identity
from bot.slack.client import SlackClient
from bot.sources.listed import ScheduledSource
from escalation.domain import DEFAULT_PROJECT, Form
from escalation.patience import Patience
from escalation.protocols import Similarity, Tracker
from escalation.rotation import Rotation
from escalation.word_similarity import WordSimilarity
from knowledge.domain import IndexState
from knowledge.glossary import NO_GLOSSARY, Glossary
from knowledge.protocols import Encoder
from knowledge.topics import NO_TOPICS, Topics


class Knowledge(Judges, RefreshesIndex, Teachable, Protocol):
    """What the desk asks of knowledge: verdicts, an index that stays current, and to learn from outcomes."""

    def state(self) -> IndexState | None:
        """The index that answers now; None before the first is loaded. Raises DatabaseUnavailable."""


@dataclass(frozen=True)
class Parts:
    """What a desk is made of; everything that differs between production, demo and tests."""

    settings: Settings
    database: Database
    slack: SlackClient
    identity: Identity
    forms: Sequence[Form]
    tracker: Tracker
    knowledge: Knowledge | None  # None for a receiver, which answers nothing itself
    clock: Clock = now_utc
    similarity: Similarity = field(default_factory=WordSimilarity)
    rotation: Rotation | None = None  # without one it is always TRIAGE, and there is no digest
    patience: Patience = Patience()
    sources: Sequence[ScheduledSource] = ()  # read when they are due
    checks: Checks = field(default_factory=NoChecks)
    encoder: Encoder | None = None  # without one, nobody looks for gaps and spikes
    topics: Callable[[], Topics] = lambda: NO_TOPICS  # who may read which topic, as the file has it
    glossary: Callable[[], Glossary] = lambda: NO_GLOSSARY  # as the file has it
    role: Role = Role.ALL
    metrics: Metrics = NO_METRICS

    @property
    def projects(self) -> frozenset[str]:
        """Where tickets go: JIRA_PROJECT, or what the forms say."""
        if self.settings.jira_project:
            return frozenset({self.settings.jira_project})
        return frozenset({form.project or DEFAULT_PROJECT for form in self.forms} | {DEFAULT_PROJECT})
