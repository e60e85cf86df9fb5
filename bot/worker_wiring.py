"""Joins the hand that takes rows out of the inbox and answers them."""

from __future__ import annotations

from bot.asking import Asking
from bot.checklist_desk import ChecklistDesk
from bot.choices import Choices
from bot.domain import Escalation
from bot.following import Hints
from bot.help_desk import HelpDesk, Judges
from bot.join_choices import JoinChoices
from bot.joining import Joining
from bot.left_open import LeftOpen
from bot.link_check import LinkCheck
from bot.lookups import Lookups
from bot.objections import Objections
from bot.ops_desk import OpsDesk
from bot.requests import RequestDesk
from bot.rereading import Rereading
from bot.services import Services
from bot.slack.history import History
from bot.solved import Solved
from bot.speaking import Speaker
from bot.ticket_desk import TicketDesk
from bot.ticket_questions import TicketQuestions
from bot.timed import Timed
from bot.triage import Triage
from bot.why import Why
from bot.worker import Worker
from escalation.taxonomy import taxonomy_of


class WorkerWiring:
    """Makes workers of one desk; each has hands of its own and shares the services."""

    def __init__(self, services: Services) -> None:
        self._shared = services
        self._parts = services.parts

    def worker(self, knowledge: Judges) -> Worker:
        """One more hand for the inbox."""
        parts, shared, speaker = self._parts, self._shared, Speaker(self._shared.outbox)
        joining = Joining(parts.forms, parts.similarity, shared.directory, shared.outbox, parts.database, parts.clock)
        requests = self._requests(speaker, joining)
        asking = self._asking(knowledge, requests, speaker)
        rereading = Rereading(knowledge, shared.audiences)
        return Worker(
            asking,
            self._choices(asking, requests, joining, rereading, speaker),
            requests,
            self._tickets(speaker),
            speaker,
            shared.outbox,
            shared.ops,
            Triage(
                parts.forms,
                parts.patience,
                shared.on_duty,
                shared.outbox,
                shared.ops,
                parts.database,
                parts.clock,
            ),
            Why(shared.people, rereading, speaker, parts.database),
            shared.missing.desk(joining, rereading),
            shared.faq.work(parts.checks, shared.files, shared.outbox, parts.database, shared.missing.shown),
            LeftOpen(History(parts.slack), parts.identity.user, shared.outbox),
            parts.database,
            parts.clock,
            shared.curating.occasions(),
            parts.metrics,
        )

    def _requests(self, speaker: Speaker, joining: Joining) -> RequestDesk:
        parts, shared = self._parts, self._shared
        return RequestDesk(
            parts.forms,
            parts.similarity,
            shared.directory,
            parts.slack,
            shared.outbox,
            speaker,
            parts.clock,
            joining,
            parts.settings.own_domains,
        )

    def _asking(self, knowledge: Judges, requests: RequestDesk, speaker: Speaker) -> Asking:
        parts, shared = self._parts, self._shared
        return Asking(
            HelpDesk(Timed(knowledge, parts.metrics), parts.settings.escalation),
            shared.directory,
            shared.audiences,
            requests,
            speaker,
            parts.database,
            parts.clock,
            parts.identity.user,
            parts.settings.listen_channels,
            shared.on_duty,
            LinkCheck(taxonomy_of(parts.forms)),
            shared.variables,
            shared.missing.issues,
            (
                self._ticket_questions(speaker),
                Objections(shared.directory, speaker, parts.database, parts.clock),
            ),
        )

    def _ticket_questions(self, speaker: Speaker) -> TicketQuestions:
        parts, shared = self._parts, self._shared
        return TicketQuestions(
            Lookups(parts.database, shared.directory),
            shared.directory,
            shared.people,
            speaker,
            parts.projects,
            parts.database,
            parts.clock,
        )

    def _tickets(self, speaker: Speaker) -> TicketDesk:
        parts, shared = self._parts, self._shared
        people, directory, outbox = shared.people, shared.directory, shared.outbox
        return TicketDesk(
            Hints(outbox, parts.clock),
            OpsDesk(parts.forms, people, directory, speaker, outbox, parts.database, parts.clock),
            Solved(people, directory, speaker, outbox, shared.ops, parts.database, parts.clock),
        )

    def _choices(
        self, asking: Asking, requests: RequestDesk, joining: Joining, rereading: Rereading, speaker: Speaker
    ) -> Choices:
        parts, shared = self._parts, self._shared
        checklists = ChecklistDesk(
            requests,
            shared.people,
            rereading,
            shared.variables,
            shared.directory,
            speaker,
            parts.database,
            parts.clock,
            files=parts.settings.escalation is Escalation.AUTO,
        )
        return Choices(
            asking,
            requests,
            JoinChoices(joining, shared.directory, speaker, shared.outbox, parts.database),
            speaker,
            parts.database,
            parts.clock,
            shared.directory,
            shared.people,
            checklists,
            rereading,
            shared.variables,
        )
