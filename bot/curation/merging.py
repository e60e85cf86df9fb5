"""Two people changed the same entry: what one changed goes onto what the other made of it, field by field."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from sqlalchemy.orm import Session

from bot.curation.curation import Curation
from bot.curation.refusals import CurationRefused, Refusal
from knowledge.domain import Entry
from knowledge.entry_store import EntryStore
from knowledge.proposals import Proposal, ProposalStore


def merged(session: Session, curation: Curation, number: int, by: str) -> Proposal:
    """The proposal on the entry's present version. Raises CurationRefused."""
    proposal = ProposalStore(session).get(number)
    history = EntryStore(session).history(proposal.entry.id) if proposal else ()
    if proposal is None or not history:
        raise CurationRefused(Refusal.GONE)
    base = next((each.entry for each in history if each.version == proposal.base_version), history[-1].entry)
    together = three_way(base, proposal.entry, history[-1].entry)
    curation.change(session, number, together, by)
    return curation.rebase(session, number, by)


def three_way(base: Entry, mine: Entry, theirs: Entry) -> Entry:
    """Theirs, with what I changed since ``base``; of lists, what I added and without what I took out."""
    changes: dict[str, Any] = {}
    for field in fields(Entry):
        before, here, there = (getattr(entry, field.name) for entry in (base, mine, theirs))
        if here == before:
            continue
        changes[field.name] = _list(before, here, there) if isinstance(here, tuple) else here
    return replace(theirs, **changes)


def _list(before: tuple[Any, ...], mine: tuple[Any, ...], theirs: tuple[Any, ...]) -> tuple[Any, ...]:
    gone = set(before) - set(mine)
    stays = [one for one in theirs if one not in gone]
    return (*stays, *(one for one in mine if one not in before and one not in stays))
