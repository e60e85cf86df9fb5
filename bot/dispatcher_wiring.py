"""Joins the hands that take effects out of the outbox: to Slack, and to the tracker."""

from __future__ import annotations

from functools import partial

from bot.attachments import Attachments
from bot.dispatcher import Dispatcher, Hand
from bot.lease import Leases
from bot.queue import Queue
from bot.services import Services
from bot.signs import answered
from bot.slack.cards import Cards
from bot.slack.delivery import SlackDelivery
from bot.slack.last_look import LastLook
from bot.slack.ops_lines import OpsLines
from bot.tables import OutboxRow
from bot.ticket_delivery import TicketDelivery
from bot.tracker_delivery import TrackerDelivery
from bot.unfinished_forms import UnfinishedForms
from knowledge.domain import Audience, HitKind


class DispatcherWiring:
    """Makes dispatchers of one desk. All of them share the pace at which Slack takes messages."""

    def __init__(self, services: Services) -> None:
        self._shared = services
        self._parts = services.parts

    def dispatcher(self, hand: Hand = Hand.ALL) -> Dispatcher:
        """One more hand for the outbox."""
        parts, shared = self._parts, self._shared
        following = TicketDelivery(
            parts.tracker, shared.directory, shared.outbox, shared.ops, parts.database, parts.clock
        )
        return Dispatcher(
            self.slack_delivery(),
            self._tracker_delivery(),
            following,
            shared.ops,
            parts.database,
            parts.clock,
            hand,
            parts.metrics,
        )

    def slack_delivery(self) -> SlackDelivery:
        """What carries out everything that is said in Slack."""
        parts, shared = self._parts, self._shared
        cards = Cards(
            parts.forms,
            shared.directory,
            shared.on_duty,
            parts.database,
            UnfinishedForms(parts.forms, parts.database, parts.clock).of,
            shared.faq.home(parts.database, shared.missing.shown).blocks,
        )
        lines = OpsLines(parts.forms, shared.on_duty, shared.directory, parts.database, parts.settings.ops_channel)
        last_look = LastLook(shared.audiences, self._audience_of, shared.outbox)
        leases = Leases(Queue(OutboxRow), parts.database, parts.clock)
        return SlackDelivery(
            parts.slack,
            cards,
            lines,
            shared.outbox,
            shared.ops,
            shared.pacer,
            parts.clock,
            last_look,
            leases.confirm,
            shared.tiers,
            partial(answered, parts.database),
        )

    def _tracker_delivery(self) -> TrackerDelivery:
        parts, shared = self._parts, self._shared
        attachments = Attachments(
            parts.tracker, shared.files, parts.forms, shared.outbox, shared.ops, parts.database, parts.clock
        )
        return TrackerDelivery(
            parts.tracker,
            parts.forms,
            shared.outbox,
            shared.ops,
            parts.database,
            parts.clock,
            attachments,
            project=parts.settings.jira_project,
            security=parts.settings.jira_security_level,
        )

    def _audience_of(self, kind: HitKind, id_: str) -> Audience | None:
        knowledge = self._parts.knowledge
        return knowledge.audience_of(kind, id_) if knowledge else None
