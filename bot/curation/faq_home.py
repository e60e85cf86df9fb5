"""The FAQ in the App Home, as it is when the page is sent."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.curation.faq_queue import Queues
from bot.curation.faq_queue_view import home_blocks
from bot.curation.faq_readers import Readers
from bot.database import Database
from bot.missing import Gap
from bot.people import Directory
from bot.slack.message import Block
from knowledge.proposals import ProposalState, ProposalStore


class KnowsGaps(Protocol):
    """Who knows what is missing."""

    def gaps(self, session: Session) -> tuple[Gap, ...]:
        """The open gaps, the biggest first."""


class FaqHome:
    """Browsing and own drafts for everybody; what waits, for curators."""

    def __init__(
        self,
        queues: Queues,
        readers: Readers,
        directory: Directory,
        database: Database,
        clock: Clock,
        gaps: KnowsGaps | None,
    ) -> None:
        self._queues = queues
        self._readers = readers
        self._directory = directory
        self._database = database
        self._clock = clock
        self._gaps = gaps

    def blocks(self, person: str) -> list[Block]:
        """For one person. Raises DatabaseUnavailable."""
        with self._database.read() as session:
            proposals = ProposalStore(session).open((ProposalState.DRAFT,))
            gaps = self._gaps.gaps(session) if self._gaps else ()
        drafts = [proposal for proposal in proposals if proposal.author == person]
        queue = self._queues.of(person, gaps) if self._readers.is_curator(person) else None
        names = {one.author: self._directory.person(one.author).name for one in queue.to_review} if queue else {}
        return home_blocks(queue, drafts, self._clock(), names)
