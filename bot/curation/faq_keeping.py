"""Keeping what somebody typed about an entry: as a draft of their own, whatever became of the one they had open."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.curation.curation import Curation
from bot.curation.faq_opening import Start
from bot.curation.refusals import CurationRefused
from knowledge.domain import Entry
from knowledge.proposals import Proposal, ProposalState, ProposalStore

SAME = timedelta(hours=1)
"""A form sent twice within this makes one draft: Slack lost our answer, and the person pressed again."""


def keep(
    session: Session, curation: Curation, clock: Clock, start: Start, entry: Entry, by: str, reason: str
) -> Proposal:
    """The draft with these words: the open one, else a new one. Nothing typed is refused."""
    number = start.about.proposal or _same(session, clock, start, entry, by)
    if number is not None:
        try:
            return curation.change(session, number, entry, by, reason)
        except CurationRefused:
            pass  # decided meanwhile, or not theirs: their words become a draft of their own
    return curation.propose(session, entry, by, reason, start.origin, start.about.base)


def _same(session: Session, clock: Clock, start: Start, entry: Entry, by: str) -> int | None:
    """A draft this person made a moment ago of the same entry and question."""
    since = clock() - SAME
    for proposal in reversed(ProposalStore(session).open((ProposalState.DRAFT,))):
        theirs = proposal.author == by and proposal.updated_at >= since
        same = proposal.entry.question == entry.question and proposal.base_version == start.about.base
        if theirs and same and entry.id in ("", proposal.entry.id):
            return proposal.id
    return None
