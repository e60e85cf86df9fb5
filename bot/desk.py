"""A whole desk, joined from its parts: what `run`, `demo` and the acceptance tests start and stop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from slack_bolt import App
from starlette.applications import Starlette

from bot.asking import Asking
from bot.bell import Bell
from bot.choices import Choices
from bot.clock import Clock, now_utc
from bot.database import Database
from bot.dispatcher import Dispatcher
from bot.form_desk import FormDesk
from bot.help_desk import HelpDesk, Judges
from bot.inbox import Inbox
from bot.lookups import Lookups
from bot.outbox import Outbox
from bot.people import Directory
from bot.requests import RequestDesk
from bot.runtime import RefreshesIndex, Runtime
from bot.settings import Settings
from bot.slack.app import Identity, Receiver, build_app
from bot.slack.cards import Cards
from bot.slack.client import SlackClient
from bot.slack.delivery import SlackDelivery
from bot.slack.http import web_app
from bot.slack.modals import Modals
from bot.slack.ops import OpsChannel
from bot.slack.pacer import Pacer
from bot.slack.slash import Slash
from bot.speaking import Speaker
from bot.tracker_delivery import TrackerDelivery
from bot.worker import Worker
from escalation.domain import Form
from escalation.protocols import Tracker
from escalation.word_similarity import WordSimilarity

WORKERS = 2
DISPATCHERS = 4

RECEIVER_PATIENCE_S = 2.0
"""How long a receiver waits for the database: Slack wants an answer within three seconds, even if it is "not now"."""


class Knowledge(Judges, RefreshesIndex, Protocol):
    """What the desk asks of knowledge: verdicts, and an index that stays current."""


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


class Desk:
    """The running desk. ``start`` returns at once; the index loads in the background."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._inbox_bell, self._outbox_bell = Bell(), Bell()
        self._outbox = Outbox(self._outbox_bell, parts.clock)
        self._similarity = WordSimilarity()
        self._directory = Directory(parts.slack, parts.clock, parts.identity.team)
        self._pacer = Pacer(parts.clock)
        self._ops = OpsChannel(self._outbox, parts.settings.ops_channel)
        self._runtime = Runtime()
        self._index_ready = parts.knowledge is None
        self.app = self._bolt_app()
        self.web: Starlette = web_app(self.app, self.readiness, parts.settings.slack_signing_secret)

    def start(self) -> None:
        """Start the loops of this process's role."""
        if self._parts.knowledge is None:
            return
        for number in range(WORKERS):
            self._runtime.loop(f"worker-{number}", self.worker(self._parts.knowledge), self._inbox_bell)
        for number in range(DISPATCHERS):
            self._runtime.loop(f"dispatcher-{number}", self.dispatcher(), self._outbox_bell)
        self._runtime.keep_index(self._parts.knowledge, self._index_loaded)

    def stop(self) -> None:
        """Finish what is being worked on; what waits stays in its table."""
        self._runtime.stop()

    def readiness(self) -> dict[str, bool]:
        """What must be true to serve, by name."""
        database = self._parts.database.impatient(RECEIVER_PATIENCE_S)
        return {"database": database.is_writable(), "index": self._index_ready}

    def _index_loaded(self) -> None:
        self._index_ready = True

    def _bolt_app(self) -> App:
        parts = self._parts
        database = parts.database.impatient(RECEIVER_PATIENCE_S)
        inbox = Inbox(database, self._outbox, (self._inbox_bell, self._outbox_bell), parts.clock)
        receiver = Receiver(inbox, parts.settings.listen_channels, parts.identity)
        form_desk = FormDesk(parts.forms, self._similarity, database, parts.clock)
        modals = Modals(form_desk, parts.slack, receiver)
        return build_app(
            receiver,
            Slash(receiver, modals, Lookups(parts.database), parts.settings.triage),
            modals,
            parts.identity,
            token=parts.settings.slack_bot_token,
            base_url=parts.settings.slack_api_url,
            signing_secret=parts.settings.slack_signing_secret,
        )

    def worker(self, knowledge: Judges) -> Worker:
        """One more hand for the inbox."""
        parts, speaker = self._parts, Speaker(self._outbox)
        requests = RequestDesk(
            parts.forms, self._similarity, self._directory, parts.slack, self._outbox, speaker, parts.clock
        )
        asking = Asking(
            HelpDesk(knowledge, parts.settings.escalation),
            self._directory,
            requests,
            speaker,
            parts.database,
            parts.clock,
            parts.identity.user,
            parts.settings.listen_channels,
            parts.settings.triage,
        )
        ops_people = parts.settings.curators | {parts.settings.triage}
        choices = Choices(
            asking, requests, speaker, self._outbox, parts.database, parts.clock, self._directory, ops_people
        )
        return Worker(asking, choices, requests, speaker, self._outbox, self._ops, parts.database, parts.clock)

    def dispatcher(self) -> Dispatcher:
        """One more hand for the outbox. All of them share the pace at which Slack takes messages."""
        parts = self._parts
        cards = Cards(parts.forms, self._directory, parts.settings.triage, parts.settings.curators, parts.database)
        tracker = TrackerDelivery(
            parts.tracker,
            parts.forms,
            self._outbox,
            self._ops,
            parts.database,
            parts.clock,
            project=parts.settings.jira_project,
        )
        slack = SlackDelivery(parts.slack, cards, self._outbox, self._ops, self._pacer, parts.clock)
        return Dispatcher(slack, tracker, self._outbox, self._ops, parts.database, parts.clock)
