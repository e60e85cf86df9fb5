"""A whole desk, joined from its parts: what `run`, `demo` and the acceptance tests start and stop."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from slack_bolt import App
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route

from bot.answer_variables import AnswerVariables
from bot.asking import Asking
from bot.attachments import Attachments
from bot.audiences import Audiences
from bot.bell import Bell
from bot.checklist_desk import ChecklistDesk
from bot.choices import Choices
from bot.curating import Curating
from bot.curation.faq_parts import FaqParts
from bot.curation.faq_readers import Readers
from bot.curation.missing_parts import MissingParts
from bot.curation_web.opening import curation_routes
from bot.dispatcher import Dispatcher, Hand
from bot.domain import Escalation
from bot.following import Hints, Poll
from bot.form_desk import FormDesk
from bot.help_desk import HelpDesk, Judges
from bot.inbox import Inbox
from bot.jira_webhook import jira_webhook
from bot.join_choices import JoinChoices
from bot.joining import Joining
from bot.learning import Learning, Teachable
from bot.link_check import LinkCheck
from bot.lookups import Lookups
from bot.on_duty import OnDuty
from bot.oncall import Oncall
from bot.ops_desk import OpsDesk
from bot.ops_people import OpsPeople
from bot.outbox import Outbox
from bot.outlooks import Outlooks
from bot.parts import Knowledge as Knowledge
from bot.parts import Parts as Parts
from bot.people import Directory
from bot.requests import RequestDesk
from bot.rereading import Rereading
from bot.runtime import Runtime
from bot.slack.app import Receiver, build_app
from bot.slack.cards import Cards
from bot.slack.delivery import SlackDelivery
from bot.slack.files import SlackFiles
from bot.slack.http import web_app
from bot.slack.last_look import LastLook
from bot.slack.modals import Modals
from bot.slack.ops import OpsChannel
from bot.slack.ops_lines import OpsLines
from bot.slack.ops_modals import OpsModals
from bot.slack.pacer import Pacer
from bot.slack.slash import Slash
from bot.solved import Solved
from bot.source_schedule import SourceSchedule
from bot.speaking import Speaker
from bot.ticket_delivery import TicketDelivery
from bot.ticket_desk import TicketDesk
from bot.timetable import Timetable
from bot.tracker_delivery import TrackerDelivery
from bot.triage import Triage
from bot.unfinished_forms import UnfinishedForms
from bot.why import Why
from bot.worker import Worker
from escalation.domain import DEFAULT_PROJECT, Form
from escalation.rotation import alone
from escalation.taxonomy import taxonomy_of
from knowledge.domain import Audience, HitKind

WORKERS = 2
HANDS = {Hand.SLACK: 3, Hand.TRACKER: 3}
"""Dispatchers by what they carry out: a hanging Jira takes none of those that talk to people, and the reverse."""


RECEIVER_PATIENCE_S = 2.0
"""How long a receiver waits for the database: Slack wants an answer within three seconds, even if it is "not now"."""


class Desk:
    """The running desk. ``start`` returns at once; the index loads in the background."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._inbox_bell, self._outbox_bell = Bell(), Bell()
        self._outbox = Outbox(self._outbox_bell, parts.clock)
        self._similarity = parts.similarity
        self._directory = Directory(parts.slack, parts.clock, parts.identity.team)
        self._audiences = Audiences(self._directory)
        self._pacer = Pacer(parts.clock)
        self._ops = OpsChannel(self._outbox, parts.settings.ops_channel)
        rotation = parts.rotation or alone(parts.settings.triage, parts.settings.timezone)
        self._on_duty = OnDuty(rotation, parts.database, parts.clock)
        self._people = OpsPeople(
            parts.settings.curators,
            parts.settings.triage,
            lambda: [member.id for member in rotation.members],
            self._audiences.in_group,
        )
        self._variables = AnswerVariables(self._directory, rotation.hours, parts.settings.region_names, parts.clock)
        self._outlooks = Outlooks(
            parts.tracker, parts.forms, parts.settings.jira_project, rotation.hours, parts.clock
        )
        self._curating = Curating(
            parts.settings,
            self._people,
            parts.checks,
            rotation.hours,
            self._outbox,
            self._ops,
            parts.database,
            parts.clock,
        )
        self._missing = self._missing_parts()
        identity, curation = parts.identity, self._curating.curation
        readers = Readers(self._people, self._audiences, parts.topics)
        self._faq = FaqParts(
            curation,
            readers,
            self._directory,
            parts.slack,
            parts.clock,
            identity.team,
            identity.user,
            parts.settings.public_url,
        )
        self._sources = SourceSchedule(parts.sources, self._outbox, self._ops, parts.database, parts.clock)
        self._runtime = Runtime()
        self._index_ready = parts.knowledge is None
        self.app = self._bolt_app()
        further = (*self._webhooks(), *self._curation_desk())
        self.web: Starlette = web_app(self.app, self.readiness, parts.settings.slack_signing_secret, further)

    def start(self) -> None:
        """Start the loops of this process's role."""
        self._runtime.loop("outlooks", self._outlooks, Bell())
        if self._parts.knowledge is None:
            return
        for number in range(WORKERS):
            self._runtime.loop(f"worker-{number}", self.worker(self._parts.knowledge), self._inbox_bell)
        for hand, count in HANDS.items():
            for number in range(count):
                name = f"dispatcher-{hand.name.lower()}-{number}"
                self._runtime.loop(name, self.dispatcher(hand), self._outbox_bell)
        if self._parts.settings.jira_poll_seconds:
            self._runtime.loop("poll", self._poll(), Bell())
        self._runtime.loop("timetable", self.timetable(), Bell())
        self._runtime.loop("learning", self._learning(self._parts.knowledge), Bell())
        for name, loop in self._curating.loops().items():
            self._runtime.loop(name, loop, Bell())
        if self._sources.is_needed:
            self._runtime.loop("sources", self._sources, Bell())
        self._runtime.keep_index(self._parts.knowledge, self._index_loaded)

    def stop(self) -> None:
        """Finish what is being worked on; what waits stays in its table."""
        self._sources.stop()
        self._runtime.stop()

    def readiness(self) -> dict[str, bool]:
        """What must be true to serve, by name."""
        database = self._parts.database.impatient(RECEIVER_PATIENCE_S)
        return {"database": database.is_writable(), "index": self._index_ready}

    def _index_loaded(self) -> None:
        self._index_ready = True
        for name, loop in self._missing.loops().items():  # they need the model, and may not hold up the way to it
            self._runtime.loop(name, loop, Bell())
        self._similarity.scores("warm up", [form.name for form in self._parts.forms])  # starts loading its model

    def _bolt_app(self) -> App:
        parts = self._parts
        database = parts.database.impatient(RECEIVER_PATIENCE_S)
        inbox = Inbox(database, self._outbox, (self._inbox_bell, self._outbox_bell), parts.clock)
        receiver = Receiver(inbox, parts.settings.listen_channels, parts.identity, parts.settings.save_reaction)
        form_desk = FormDesk(parts.forms, self._similarity, database, parts.clock, self._outlooks)
        modals = Modals(form_desk, parts.slack, receiver)
        ops_modals = OpsModals(parts.forms, database, self._people, self._directory, parts.slack, receiver)
        faq = self._faq.listening(database, receiver, self._missing.shown)
        return build_app(
            receiver,
            Slash(receiver, modals, Lookups(database, self._directory), self._oncall(), faq.command),
            modals,
            parts.identity,
            ops_modals,
            listeners=(faq.desk, faq.browse, faq.wrong, self._missing.modals(database, parts.slack, receiver)),
            on_messages=faq.shortcuts,
            token=parts.settings.slack_bot_token,
            base_url=parts.settings.slack_api_url,
            signing_secret=parts.settings.slack_signing_secret,
        )

    @property
    def missing(self) -> MissingParts:
        """What finds gaps, undefined abbreviations and known issues, and changes the glossary."""
        return self._missing

    def _missing_parts(self) -> MissingParts:
        parts = self._parts
        return MissingParts(
            parts.encoder,
            parts.glossary,
            self._curating.curation,
            self._people,
            self._directory,
            self._outbox,
            self._ops,
            parts.database,
            parts.clock,
            spike_questions=parts.settings.spike_questions,
            spike_hours=parts.settings.spike_hours,
        )

    def _oncall(self) -> Oncall:
        parts = self._parts
        database = parts.database.impatient(RECEIVER_PATIENCE_S)
        return Oncall(self._on_duty, self._directory, self._people, self._outbox, self._ops, database, parts.clock)

    def _triage(self) -> Triage:
        parts = self._parts
        return Triage(
            parts.forms, parts.patience, self._on_duty, self._outbox, self._ops, parts.database, parts.clock
        )

    def _learning(self, knowledge: Teachable) -> Learning:
        parts = self._parts
        return Learning(knowledge, parts.settings.data_dir, parts.database, parts.clock)

    def timetable(self) -> Timetable:
        """One more look at the clock; several desks may look at the same time."""
        parts = self._parts
        inbox = Inbox(parts.database, self._outbox, (self._inbox_bell,), parts.clock)
        return Timetable(self._on_duty.rotation, parts.patience, inbox, parts.database, parts.clock)

    def _webhooks(self) -> tuple[Route, ...]:
        """Jira's endpoint, where there is a secret to check its calls with."""
        parts, secret = self._parts, self._parts.settings.jira_webhook_secret
        inbox = Inbox(parts.database.impatient(RECEIVER_PATIENCE_S), self._outbox, (self._inbox_bell,), parts.clock)
        return (jira_webhook(secret, inbox.record),) if secret else ()

    def _curation_desk(self) -> list[BaseRoute]:
        """The web side of curation, under /desk."""
        parts = self._parts
        return curation_routes(
            parts.settings,
            parts.identity.team,
            self._curating,
            self._missing,
            parts.knowledge,
            self._directory,
            self._outbox,
            parts.database,
            parts.clock,
        )

    def _poll(self) -> Poll:
        parts = self._parts
        every = timedelta(seconds=parts.settings.jira_poll_seconds)
        projects = {parts.settings.jira_project} if parts.settings.jira_project else _projects(parts.forms)
        return Poll(parts.tracker, self._outbox, parts.database, parts.clock, projects=sorted(projects), every=every)

    def _tickets(self, speaker: Speaker) -> TicketDesk:
        parts, people, directory, outbox = self._parts, self._people, self._directory, self._outbox
        return TicketDesk(
            Hints(outbox, parts.clock),
            OpsDesk(parts.forms, people, directory, speaker, outbox, parts.database, parts.clock),
            Solved(people, directory, speaker, outbox, self._ops, parts.database, parts.clock),
        )

    def worker(self, knowledge: Judges) -> Worker:
        """One more hand for the inbox."""
        parts, speaker = self._parts, Speaker(self._outbox)
        joining = Joining(parts.forms, self._similarity, self._directory, self._outbox, parts.database, parts.clock)
        requests = RequestDesk(
            parts.forms, self._similarity, self._directory, parts.slack, self._outbox, speaker, parts.clock, joining
        )
        asking = Asking(
            HelpDesk(knowledge, parts.settings.escalation),
            self._directory,
            self._audiences,
            requests,
            speaker,
            parts.database,
            parts.clock,
            parts.identity.user,
            parts.settings.listen_channels,
            self._on_duty,
            LinkCheck(taxonomy_of(parts.forms)),
            self._variables,
            self._missing.issues,
        )
        rereading = Rereading(knowledge, self._audiences)
        return Worker(
            asking,
            self._choices(asking, requests, joining, rereading, speaker),
            requests,
            self._tickets(speaker),
            speaker,
            self._outbox,
            self._ops,
            self._triage(),
            Why(self._people, rereading, speaker, parts.database),
            self._missing.desk(joining, rereading),
            self._faq.work(parts.checks, self._files(), self._outbox, parts.database, self._missing.shown),
            parts.database,
            parts.clock,
            self._curating.occasions(),
        )

    def _choices(
        self, asking: Asking, requests: RequestDesk, joining: Joining, rereading: Rereading, speaker: Speaker
    ) -> Choices:
        parts, directory = self._parts, self._directory
        checklists = ChecklistDesk(
            requests,
            self._people,
            rereading,
            self._variables,
            directory,
            speaker,
            parts.database,
            parts.clock,
            files=parts.settings.escalation is Escalation.AUTO,
        )
        return Choices(
            asking,
            requests,
            JoinChoices(joining, directory, speaker, self._outbox, parts.database),
            speaker,
            parts.database,
            parts.clock,
            directory,
            self._people,
            checklists,
            rereading,
            self._variables,
        )

    def _files(self) -> SlackFiles:
        parts = self._parts
        return SlackFiles(parts.slack, parts.settings.slack_bot_token, parts.settings.slack_api_url)

    def _attachments(self) -> Attachments:
        parts, files = self._parts, self._files()
        return Attachments(parts.tracker, files, parts.forms, self._outbox, self._ops, parts.database, parts.clock)

    def dispatcher(self, hand: Hand = Hand.ALL) -> Dispatcher:
        """One more hand for the outbox. All of them share the pace at which Slack takes messages."""
        parts, slack = self._parts, self.slack_delivery()
        tracker = TrackerDelivery(
            parts.tracker,
            parts.forms,
            self._outbox,
            self._ops,
            parts.database,
            parts.clock,
            self._attachments(),
            project=parts.settings.jira_project,
            security=parts.settings.jira_security_level,
        )
        following = TicketDelivery(
            parts.tracker, self._directory, self._outbox, self._ops, parts.database, parts.clock
        )
        return Dispatcher(slack, tracker, following, self._outbox, self._ops, parts.database, parts.clock, hand)

    def slack_delivery(self) -> SlackDelivery:
        """What carries out everything that is said in Slack."""
        parts = self._parts
        cards = Cards(
            parts.forms,
            self._directory,
            self._on_duty,
            parts.database,
            UnfinishedForms(parts.forms, parts.database, parts.clock).of,
            self._faq.home(parts.database, self._missing.shown).blocks,
        )
        lines = OpsLines(parts.forms, self._on_duty, self._directory, parts.database, parts.settings.ops_channel)
        last_look = LastLook(self._audiences, self._audience_of, self._outbox)
        return SlackDelivery(parts.slack, cards, lines, self._outbox, self._ops, self._pacer, parts.clock, last_look)

    def _audience_of(self, kind: HitKind, id_: str) -> Audience | None:
        knowledge = self._parts.knowledge
        return knowledge.audience_of(kind, id_) if knowledge else None


def _projects(forms: Sequence[Form]) -> set[str]:
    """Where tickets go without JIRA_PROJECT."""
    return {form.project or DEFAULT_PROJECT for form in forms} | {DEFAULT_PROJECT}
