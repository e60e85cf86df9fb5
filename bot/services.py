"""What everything in one desk shares: the outbox, the people, the pace, who is on duty; *_wiring modules use it."""

from __future__ import annotations

from functools import cached_property

from bot.answer_variables import AnswerVariables
from bot.audiences import Audiences
from bot.beliefs import Beliefs
from bot.bell import Bell
from bot.curating import Curating
from bot.curation.faq_parts import FaqParts
from bot.curation.faq_readers import Readers
from bot.curation.missing_parts import MissingParts
from bot.dispatcher import SIGN_KINDS, TRACKER_KINDS, Hand, hand_of
from bot.due_rows import DueRows
from bot.on_duty import OnDuty
from bot.ops_people import OpsPeople
from bot.outbox import Outbox
from bot.outlooks import Outlooks
from bot.parts import Parts
from bot.people import Directory
from bot.signs import LateSigns, Signs
from bot.slack.files import SlackFiles
from bot.slack.ops import OpsChannel
from bot.slack.paced import PacedLooks
from bot.slack.pacer import Pacer
from bot.tiers import Tiers
from escalation.rotation import alone


class Services:
    """One per desk, made from its parts; safe to use from all its threads."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.inbox_bell, self.outbox_bells = Bell(), {hand: Bell() for hand in Hand}
        own: dict[str, Bell] = {kind: self.outbox_bells[hand_of(kind)] for kind in SIGN_KINDS | TRACKER_KINDS}
        self.outbox = Outbox(self.outbox_bells[Hand.SLACK], parts.clock, own)
        self.tiers = Tiers(parts.database, parts.clock)
        self.beliefs = Beliefs(parts.database, self.tiers, parts.clock)
        looks = PacedLooks(parts.slack, self.tiers)
        self.directory = Directory(looks, parts.clock, parts.identity.team, self.beliefs)
        self.audiences = Audiences(self.directory)
        self.pacer = Pacer(parts.database, parts.clock)
        self.signs = Signs(self.outbox, self.tiers)
        self.ops = OpsChannel(self.outbox, parts.settings.ops_channel)
        rotation = parts.rotation or alone(parts.settings.triage, parts.settings.timezone)
        self.on_duty = OnDuty(rotation, parts.database, parts.clock)
        self.people = OpsPeople(
            parts.settings.curators,
            parts.settings.triage,
            lambda: [member.id for member in rotation.members],
            self.audiences.in_group,
        )
        self.variables = AnswerVariables(self.directory, rotation.hours, parts.settings.region_names, parts.clock)
        self.outlooks = Outlooks(parts.tracker, parts.forms, parts.settings.jira_project, rotation.hours, parts.clock)
        self.curating = Curating(
            parts.settings,
            self.people,
            parts.checks,
            rotation.hours,
            self.outbox,
            self.ops,
            parts.database,
            parts.clock,
        )
        self.missing = self._missing()
        self.faq = self._faq()

    @cached_property
    def files(self) -> SlackFiles:
        """What people attached in Slack. Made once: it reads the machine's certificates."""
        parts = self.parts
        return SlackFiles(parts.slack, parts.settings.slack_bot_token, parts.settings.slack_api_url)

    def due_rows(self) -> DueRows:
        """What wakes hands for rows that nobody rang for."""
        return DueRows(self.parts.database, self.parts.clock, self.inbox_bell, self.outbox.bell_of)

    def late_signs(self) -> LateSigns:
        """What looks for people who wait without a sign."""
        return LateSigns(self.signs, self.tiers, self.parts.database, self.parts.clock)

    def _missing(self) -> MissingParts:
        parts = self.parts
        return MissingParts(
            parts.encoder,
            parts.glossary,
            self.curating.curation,
            self.people,
            self.directory,
            self.outbox,
            self.ops,
            parts.database,
            parts.clock,
            spike_questions=parts.settings.spike_questions,
            spike_hours=parts.settings.spike_hours,
        )

    def _faq(self) -> FaqParts:
        parts = self.parts
        return FaqParts(
            self.curating.curation,
            Readers(self.people, self.audiences, parts.topics),
            self.directory,
            parts.slack,
            parts.clock,
            parts.identity.team,
            parts.identity.user,
            parts.settings.public_url,
        )
