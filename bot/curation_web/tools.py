"""What the pages work with: the same services as Slack's forms, and nothing that writes besides them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.clock import Clock
from bot.curation.checks import Checks
from bot.curation.conflicts import Conflicts
from bot.curation.curation import Curation
from bot.curation.decided import Decided
from bot.curation.gaps import Gaps
from bot.curation.glossary_desk import GlossaryDesk
from bot.curation.undefined import Radar
from bot.curation_web.shown import Shown
from bot.database import Database
from bot.help_desk import Judges
from knowledge.proposals import Proposal


@dataclass(frozen=True)
class Services:
    """The services of curation, as the desk made them."""

    curation: Curation
    checks: Checks
    gaps: Gaps
    radar: Radar
    glossary: GlossaryDesk
    knowledge: Judges
    decided: Decided


@dataclass(frozen=True)
class Tools:
    """``services`` and what a page needs around them."""

    services: Services
    database: Database
    shown: Shown
    clock: Clock

    @property
    def curation(self) -> Curation:
        """The one way to write."""
        return self.services.curation

    @property
    def conflicts(self) -> Conflicts:
        """What to do about entries that compete."""
        return Conflicts(self.services.curation)

    def try_out(self, proposal: Proposal) -> None:
        """Look what a proposal would change, and keep that with it. Takes seconds; KnowledgeError as Checks."""
        findings = self.services.checks.of(proposal)
        with self.database.write() as session:
            self.services.curation.found(session, proposal.id, proposal.entry, findings)
