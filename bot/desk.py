"""A whole desk, joined from its parts: what `run`, `demo` and the acceptance tests start and stop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from slack_bolt import App
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route

from bot.beliefs import Beliefs
from bot.bell import Bell
from bot.catching_up import PAUSE, CatchingUp
from bot.clock_ahead import ClockAhead
from bot.curation.missing_parts import MissingParts
from bot.curation_web.opening import curation_routes
from bot.dispatcher import Dispatcher, Hand
from bot.dispatcher_wiring import DispatcherWiring
from bot.following import Poll
from bot.form_desk import FormDesk
from bot.hearing import Hearing
from bot.help_desk import Judges
from bot.inbox import Inbox
from bot.jira_webhook import jira_webhook
from bot.learning import Learning, Teachable
from bot.lookups import Lookups
from bot.oncall import Oncall
from bot.operations.loops import data_keeper
from bot.parts import Knowledge as Knowledge
from bot.parts import Parts as Parts
from bot.runtime import Runtime
from bot.services import Services
from bot.slack.app import Receiver, build_app
from bot.slack.delivery import SlackDelivery
from bot.slack.http import web_app
from bot.slack.modals import Modals
from bot.slack.ops_modals import OpsModals
from bot.slack.slash import Slash
from bot.socket_health import SocketHealth
from bot.source_schedule import SourceSchedule
from bot.timetable import Timetable
from bot.watching import Watching
from bot.worker import Worker
from bot.worker_wiring import WorkerWiring

WORKERS = 2
HANDS = {Hand.SIGNS: 4, Hand.SLACK: 6, Hand.TRACKER: 3}
"""Dispatchers by what they carry out: a hanging Jira takes none of those that talk to people, and the reverse."""


RECEIVER_PATIENCE_S = 2.0
"""How long a receiver waits for the database: Slack wants an answer within three seconds, even if it is "not now"."""


class Desk:
    """The running desk. ``start`` returns at once; the index loads in the background."""

    def __init__(self, parts: Parts, runtime: Runtime | None = None) -> None:
        """``runtime`` runs the loops; one of its own, with a thread for each, when not given."""
        self._parts = parts
        self._shared = Services(parts)
        self._workers, self._dispatchers = WorkerWiring(self._shared), DispatcherWiring(self._shared)
        self._sources = SourceSchedule(parts.sources, self._shared.ops, parts.database, parts.clock)
        self._runtime = runtime or Runtime(metrics=parts.metrics)
        self._index_ready = parts.knowledge is None
        self.hearing = Hearing(self._shared)
        self._receiver = self._new_receiver()
        self.app = self._bolt_app(self._receiver)
        self.watching = Watching(parts, self._runtime.heartbeats, lambda: self._index_ready)
        further = (*self._webhooks(), *self._curation_desk(), *self.watching.routes())
        self.web: Starlette = web_app(self.app, parts.settings.slack_signing_secret, further, parts.metrics)

    def start(self) -> None:
        """Start the loops of this process's role."""
        shared = self._shared
        self._runtime.loop("heartbeat", self.watching.announcer(), Bell())
        self._runtime.loop("clock-ahead", ClockAhead(self._parts.database, self._parts.clock), Bell())
        self._runtime.loop("outlooks", shared.outlooks, Bell())
        self._runtime.loop("listening", self.hearing.listening, Bell())
        if self._parts.knowledge is None:
            return
        workers = [self.worker(self._parts.knowledge) for _ in range(WORKERS)]
        self._runtime.crew("worker", workers, shared.inbox_bell)
        for hand, count in HANDS.items():
            hands = [self.dispatcher(hand) for _ in range(count)]
            self._runtime.crew(f"dispatcher-{hand.name.lower()}", hands, shared.outbox_bells[hand])
        if self._parts.settings.jira_poll_seconds:
            self._runtime.loop("poll", self._poll(), Bell())
        self._runtime.loop("due", shared.due_rows(), Bell())
        self._runtime.loop("signs", shared.late_signs(), Bell())
        self._runtime.loop("catching-up", self.catching_up(), Bell())
        self._runtime.loop("timetable", self.timetable(), Bell())
        self._runtime.loop("learning", self._learning(self._parts.knowledge), Bell())
        for name, loop in shared.curating.loops().items():
            self._runtime.loop(name, loop, Bell())
        if self._sources.is_needed:
            self._runtime.loop("sources", self._sources, Bell())
        parts = self._parts
        self._runtime.loop("data", data_keeper(parts.settings, shared.ops, parts.database, parts.clock), Bell())
        self._runtime.keep_index(self._parts.knowledge, self._index_loaded)

    def stop(self) -> None:
        """Finish what is being worked on; what waits stays in its table."""
        self._sources.stop()
        self._runtime.stop()

    def watch_sockets(self, look: Callable[[], SocketHealth]) -> None:
        """Socket Mode connections count for readiness and figures from now on."""
        self.watching.watch_sockets(look)
        self.hearing.listening.watch(look)

    def worker(self, knowledge: Judges) -> Worker:
        """One more hand for the inbox."""
        return self._workers.worker(knowledge)

    def dispatcher(self, hand: Hand = Hand.ALL) -> Dispatcher:
        """One more hand for the outbox."""
        return self._dispatchers.dispatcher(hand)

    def slack_delivery(self) -> SlackDelivery:
        """What carries out everything that is said in Slack."""
        return self._dispatchers.slack_delivery()

    @property
    def missing(self) -> MissingParts:
        """What finds gaps, undefined abbreviations and known issues, and changes the glossary."""
        return self._shared.missing

    def catching_up(self, pause: timedelta = PAUSE) -> CatchingUp:
        """One more look for what was missed; ``pause`` between two of Slack's conversations."""
        return self.hearing.catching_up(self._receiver, pause)

    def timetable(self) -> Timetable:
        """One more look at the clock; several desks may look at the same time."""
        parts, shared = self._parts, self._shared
        inbox = Inbox(parts.database, shared.outbox, (shared.inbox_bell,), parts.clock)
        return Timetable(shared.on_duty.rotation, parts.patience, inbox, parts.database, parts.clock)

    def _index_loaded(self) -> None:
        self._index_ready = True
        for (
            name,
            loop,
        ) in self._shared.missing.loops().items():  # they need the model, and may not hold up the way to it
            self._runtime.loop(name, loop, Bell())
        forms = self._parts.forms
        self._parts.similarity.scores("warm up", [form.name for form in forms])  # starts loading its model

    def _new_receiver(self) -> Receiver:
        parts, shared = self._parts, self._shared
        database = parts.database.impatient(RECEIVER_PATIENCE_S)
        inbox = Inbox(database, shared.outbox, (shared.inbox_bell,), parts.clock, shared.signs.put)
        listen, emoji, heard = (
            parts.settings.listen_channels,
            parts.settings.save_reaction,
            self.hearing.listening.heard,
        )
        changed = Beliefs(database, shared.tiers, parts.clock).changed
        return Receiver(inbox, listen, parts.identity, emoji, heard, changed)

    def _bolt_app(self, receiver: Receiver) -> App:
        parts, shared = self._parts, self._shared
        database = parts.database.impatient(RECEIVER_PATIENCE_S)
        form_desk = FormDesk(
            parts.forms, parts.similarity, database, parts.clock, shared.outlooks, parts.settings.own_domains
        )
        modals = Modals(form_desk, parts.slack, receiver)
        ops_modals = OpsModals(parts.forms, database, shared.people, shared.directory, parts.slack, receiver)
        faq = shared.faq.listening(database, receiver, shared.missing.shown)
        return build_app(
            receiver,
            Slash(receiver, modals, Lookups(database, shared.directory), self._oncall(), faq.command),
            modals,
            parts.identity,
            ops_modals,
            listeners=(faq.desk, faq.browse, faq.wrong, shared.missing.modals(database, parts.slack, receiver)),
            on_messages=faq.shortcuts,
            token=parts.settings.slack_bot_token,
            base_url=parts.settings.slack_api_url,
            signing_secret=parts.settings.slack_signing_secret,
        )

    def _oncall(self) -> Oncall:
        shared, parts = self._shared, self._parts
        database = parts.database.impatient(RECEIVER_PATIENCE_S)
        return Oncall(shared.on_duty, shared.directory, shared.people, shared.ops, database, parts.clock)

    def _learning(self, knowledge: Teachable) -> Learning:
        parts = self._parts
        return Learning(knowledge, parts.settings.data_dir, parts.database, parts.clock)

    def _webhooks(self) -> tuple[Route, ...]:
        """Jira's endpoint, where there is a secret to check its calls with."""
        parts, shared = self._parts, self._shared
        secret = parts.settings.jira_webhook_secret
        database = parts.database.impatient(RECEIVER_PATIENCE_S)
        inbox = Inbox(database, shared.outbox, (shared.inbox_bell,), parts.clock)
        return (jira_webhook(secret, inbox.record),) if secret else ()

    def _curation_desk(self) -> list[BaseRoute]:
        """The web side of curation, under /desk."""
        parts, shared = self._parts, self._shared
        return curation_routes(
            parts.settings,
            parts.identity.team,
            shared.curating,
            shared.missing,
            parts.knowledge,
            shared.directory,
            shared.outbox,
            parts.database,
            parts.clock,
        )

    def _poll(self) -> Poll:
        parts = self._parts
        every = timedelta(seconds=parts.settings.jira_poll_seconds)
        projects = sorted(parts.projects)
        return Poll(parts.tracker, self._shared.outbox, parts.database, parts.clock, projects=projects, every=every)
