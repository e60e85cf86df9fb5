"""What a curator does about a phrasing that leads to two entries: merge or link. Keeping both is publishing."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from bot.curation import conflict_texts as words
from bot.curation.curation import Curation
from bot.curation.refusals import CurationRefused, Refusal
from knowledge.domain import Entry
from knowledge.entry_store import EntryStore
from knowledge.proposals import Proposal, ProposalStore


class Conflicts:
    """Works in the caller's transaction, through Curation. The proposal has to be checked again afterwards."""

    def __init__(self, curation: Curation) -> None:
        self._curation = curation

    def merge(self, session: Session, number: int, phrasing: str, other: str, by: str) -> Proposal:
        """Give a phrasing to the other entry, at once; the proposal goes on without it.

        Its next variant becomes the question when it was that. A proposal with no other phrasing is dropped: all it
        asked is the other entry's now.
        """
        proposal = self._proposal(session, number)
        self._curation.add_variant(session, other, phrasing, by, words.merged(number))
        rest = _without(proposal.entry, phrasing)
        if rest is None:
            return self._curation.drop(session, number, by, words.merged_into(other))
        return self._curation.change(session, number, rest, by)

    def link(self, session: Session, number: int, other: str, by: str) -> Proposal:
        """Let the proposal's answer name the other entry; a second time changes nothing."""
        proposal = self._proposal(session, number)
        entry = EntryStore(session).get(other)
        if entry is None:
            raise CurationRefused(Refusal.GONE)
        line = words.see_also(entry.question)
        if line in proposal.entry.answer:
            return proposal
        answer = f"{proposal.entry.answer.rstrip()}\n\n{line}"
        return self._curation.change(session, number, replace(proposal.entry, answer=answer), by)

    def _proposal(self, session: Session, number: int) -> Proposal:
        proposal = ProposalStore(session).get(number, lock=True)
        if proposal is None or not proposal.is_open:
            raise CurationRefused(Refusal.GONE)
        return proposal


def _without(entry: Entry, phrasing: str) -> Entry | None:
    """The entry without that phrasing; None when there is no other."""
    variants = tuple(text for text in entry.variants if text != phrasing)
    if phrasing != entry.question:
        return replace(entry, variants=variants)
    return replace(entry, question=variants[0], variants=variants[1:]) if variants else None
