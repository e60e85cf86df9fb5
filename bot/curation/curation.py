"""The one way entries are written by people: propose, review, publish, archive, restore.

Slack's forms and the curation desk call this alike. Everybody may propose; only curators decide, and that is checked
here at every call, whatever a button or form said. Every change leaves a line in the audit log, in its transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.curation import curation_texts as words
from bot.curation.audit import AuditLog
from bot.curation.findings import Findings, findings_from
from bot.curation.owners import NO_OWNERS, Owners
from bot.curation.refusals import CurationRefused, Refusal
from bot.ops_people import OpsPeople
from knowledge.domain import Entry, EntryStatus
from knowledge.drift import Drift
from knowledge.entry_store import EntryStore, ImportSummary
from knowledge.errors import EntryChanged
from knowledge.faq_check import slug_of
from knowledge.faq_file import problems_of
from knowledge.proposals import Origin, Proposal, ProposalState, ProposalStore


@dataclass(frozen=True)
class Published:
    """An entry that is live, with its version."""

    entry: Entry
    version: int


class Curation:
    """Every method works in the caller's transaction, raises CurationRefused and then has changed nothing.

    ``second_person``: whoever wrote a proposal cannot publish it. ``owners`` may say that theirs are still right.
    """

    def __init__(
        self, people: OpsPeople, clock: Clock, *, second_person: bool = False, owners: Owners = NO_OWNERS
    ) -> None:
        self._people = people
        self._clock = clock
        self._owners = owners
        self._second_person = second_person

    def publishes(self, by: str, proposal: Proposal) -> bool:
        """Whether it is this person's to publish; what else it lacks is another question."""
        return self._people.may_publish(by) and not (self._second_person and by == proposal.author)

    def propose(
        self,
        session: Session,
        entry: Entry,
        by: str,
        reason: str = "",
        origin: Origin | None = None,
        base: int | None = None,
    ) -> Proposal:
        """Keep a draft: of a new entry when its id is not known yet, else of a change to that entry as it is now.

        ``base``: the version the words were made from, where that may not be the current one any more. An empty id is
        made of the question's words. Anybody may propose.
        """
        store = EntryStore(session)
        entry = replace(entry, id=entry.id or _free_id(store, entry.question))
        current = store.version(entry.id)
        version = current if base is None or current is None else base
        proposal = ProposalStore(session).add(entry, version, by, reason, origin or Origin(), self._clock())
        self._note(session, by, "proposed", proposal, reason)
        return proposal

    def change(self, session: Session, number: int, entry: Entry, by: str, reason: str = "") -> Proposal:
        """Put other words into a draft: its author's or, for curators, anybody's. Its id and its base stay."""
        proposal = self._open(session, number)
        if by != proposal.author:
            self._require_curator(by)
        entry = replace(entry, id=proposal.entry.id)
        return ProposalStore(session).save(
            replace(proposal, entry=entry, reason=reason or proposal.reason), self._clock()
        )

    def rebase(self, session: Session, number: int, by: str) -> Proposal:
        """Take the entry's present version for the base: its author has seen what changed meanwhile."""
        proposal = self._open(session, number)
        if by != proposal.author:
            self._require_curator(by)
        base = EntryStore(session).version(proposal.entry.id)
        return ProposalStore(session).save(replace(proposal, base_version=base, findings=None), self._clock())

    def submit(self, session: Session, number: int, by: str) -> Proposal:
        """Hand a draft to the curators."""
        proposal = self._open(session, number)
        self._require_whole(proposal.entry)
        handed = ProposalStore(session).save(replace(proposal, state=ProposalState.IN_REVIEW), self._clock())
        self._note(session, by, "sent to review", proposal)
        return handed

    def found(self, session: Session, number: int, checked: Entry, findings: Findings) -> Proposal | None:
        """Keep what the checks said, if the draft still is what they looked at. For the desk itself."""
        proposal = ProposalStore(session).get(number, lock=True)
        if proposal is None or not proposal.is_open or proposal.entry != checked:
            return None
        return ProposalStore(session).save(replace(proposal, findings=findings.to_json()), self._clock())

    def agreed(self, session: Session, number: int, by: str) -> Proposal:
        """Whose private words they are agrees that they are published."""
        proposal = self._open(session, number)
        if by != proposal.origin.needs_ok_of:
            raise CurationRefused(Refusal.NEEDS_OK)
        agreed = replace(proposal, origin=replace(proposal.origin, ok_given=True))
        self._note(session, by, "agreed", proposal)
        return ProposalStore(session).save(agreed, self._clock())

    def declined(self, session: Session, number: int, by: str) -> Proposal:
        """Whose private words they are says no: the proposal ends."""
        proposal = self._open(session, number)
        if by != proposal.origin.needs_ok_of:
            raise CurationRefused(Refusal.NEEDS_OK)
        self._note(session, by, "declined", proposal)
        ended = replace(proposal, state=ProposalState.DROPPED, decided_by=by)
        return ProposalStore(session).save(ended, self._clock())

    def publish(self, session: Session, number: int, by: str, reason: str = "") -> Published:
        """Make a proposal live; an entry changed meanwhile is refused.

        What the checks warn of needs a reason given now: the proposal's own was written before anybody saw it.
        """
        self._require_curator(by)
        proposal = self._open(session, number)
        self._require_ready(proposal, by, reason.strip())
        reason = reason.strip() or proposal.reason
        today = self._clock().date()
        entry = replace(proposal.entry, status=EntryStatus.PUBLISHED, reviewed_at=today)
        version = self._write(session, entry, by, reason, proposal.base_version)
        done = replace(proposal, state=ProposalState.PUBLISHED, decided_by=by, reason=reason)
        ProposalStore(session).save(done, self._clock())
        AuditLog(session).note(self._clock(), by, "published", f"entry:{entry.id}", version=version, reason=reason)
        return Published(entry, version)

    def drop(self, session: Session, number: int, by: str, reason: str = "") -> Proposal:
        """End a proposal unpublished: its author's own, or a curator's decision."""
        proposal = self._open(session, number)
        if by != proposal.author:
            self._require_curator(by)
        self._note(session, by, "dropped", proposal, reason)
        ended = replace(proposal, state=ProposalState.DROPPED, decided_by=by, reason=reason or proposal.reason)
        return ProposalStore(session).save(ended, self._clock())

    def send_back(self, session: Session, number: int, by: str, reason: str = "") -> Proposal:
        """Make a draft of it again: its author is to change something first."""
        self._require_curator(by)
        proposal = self._open(session, number)
        self._note(session, by, "sent back", proposal, reason)
        back = replace(proposal, state=ProposalState.DRAFT, reason=reason or proposal.reason)
        return ProposalStore(session).save(back, self._clock())

    def archive(self, session: Session, entry_id: str, by: str, reason: str) -> Published:
        """Take an entry out of the answers; it stays readable and can be restored."""
        return self._decide(session, entry_id, by, "archived", reason, status=EntryStatus.ARCHIVED)

    def reviewed(self, session: Session, entry_id: str, by: str, reason: str = words.REVIEWED) -> Published:
        """Say that an entry is still right: its interval starts anew. Its owner may say so too."""
        if not self._owners.is_owner(by, self._entry(session, entry_id).owner):
            self._require_curator(by)
        day = self._clock().date()
        done = self._changed(session, entry_id, by, "reviewed", reason, reviewed_at=day, review_by=None)
        EntryStore(session).touch(entry_id, self._clock())  # also for the second time on one day
        Drift(session).accept(entry_id)
        return done

    def filed(
        self,
        session: Session,
        entry_id: str,
        by: str,
        reason: str = "",
        *,
        owner: str | None = None,
        with_tags: Iterable[str] = (),
        without_tags: Iterable[str] = (),
    ) -> Published:
        """Another owner (None: the same as before), more or fewer tags; the words of the entry stay."""
        entry = self._entry(session, entry_id)
        tags = tuple(dict.fromkeys([*entry.tags, *with_tags]))
        kept = tuple(tag for tag in tags if tag not in set(without_tags))
        new_owner = entry.owner if owner is None else owner or None
        return self._decide(session, entry_id, by, "filed", reason, owner=new_owner, tags=kept)

    def add_variant(self, session: Session, entry_id: str, phrasing: str, by: str, reason: str) -> Published:
        """Another phrasing of an entry's question; one that is there already changes nothing."""
        entry = self._entry(session, entry_id)
        phrasing = " ".join(phrasing.split())
        known = {text.casefold() for text in (entry.question, *entry.variants)}
        variants = entry.variants if phrasing.casefold() in known else (*entry.variants, phrasing)
        return self._decide(session, entry_id, by, "variant added", reason, variants=variants)

    def without_variants(
        self, session: Session, entry_id: str, phrasings: Iterable[str], by: str, reason: str
    ) -> Published:
        """An entry without some of its phrasings."""
        gone = set(phrasings)
        variants = tuple(text for text in self._entry(session, entry_id).variants if text not in gone)
        return self._decide(session, entry_id, by, "variants removed", reason, variants=variants)

    def restore(self, session: Session, entry_id: str, version: int, by: str, reason: str) -> Published:
        """An entry as it was in an earlier version; the versions in between stay readable."""
        self._require_curator(by)
        earlier = next((each for each in EntryStore(session).history(entry_id) if each.version == version), None)
        if earlier is None:
            raise CurationRefused(Refusal.GONE)
        self._require_whole(earlier.entry)
        base = EntryStore(session).version(entry_id)
        new = self._write(session, earlier.entry, by, reason, base)
        AuditLog(session).note(
            self._clock(), by, f"restored version {version}", f"entry:{entry_id}", version=new, reason=reason
        )
        return Published(earlier.entry, new)

    def import_entries(
        self, session: Session, entries: Iterable[Entry], by: str, reason: str = words.IMPORTED
    ) -> ImportSummary:
        """Add and update many entries by id, as a file says."""
        self._require_curator(by)
        entries = tuple(entries)
        before = EntryStore(session).versions()
        summary = EntryStore(session).import_entries(entries, by, self._clock())
        now = EntryStore(session).versions()
        for entry_id in dict.fromkeys(entry.id for entry in entries):
            version = now[entry_id]
            if version != before.get(entry_id):
                about = f"entry:{entry_id}"
                AuditLog(session).note(self._clock(), by, "imported", about, version=version, reason=reason)
        return summary

    def _decide(
        self, session: Session, entry_id: str, by: str, action: str, reason: str, **changes: object
    ) -> Published:
        self._require_curator(by)
        return self._changed(session, entry_id, by, action, reason, **changes)

    def _changed(
        self, session: Session, entry_id: str, by: str, action: str, reason: str, **changes: object
    ) -> Published:
        entry = self._entry(session, entry_id)
        base = EntryStore(session).version(entry_id)
        changed = replace(entry, **changes)  # type: ignore[arg-type]  # fields of Entry, named by this module alone
        version = self._write(session, changed, by, reason, base)
        if version != base:
            AuditLog(session).note(self._clock(), by, action, f"entry:{entry_id}", version=version, reason=reason)
        return Published(changed, version)

    def _write(self, session: Session, entry: Entry, by: str, reason: str, base: int | None) -> int:
        try:
            version = EntryStore(session).save(entry, by, self._clock(), reason, base)
        except EntryChanged as exc:
            raise CurationRefused(Refusal.CHANGED) from exc
        Drift(session).accept(entry.id)
        return version

    def _require_ready(self, proposal: Proposal, by: str, reason: str) -> None:
        if self._second_person and (by == proposal.author or proposal.state is not ProposalState.IN_REVIEW):
            raise CurationRefused(Refusal.NEEDS_SECOND)
        if proposal.origin.waits_for_ok:
            raise CurationRefused(Refusal.NEEDS_OK)
        self._require_whole(proposal.entry)
        if proposal.findings is None:
            raise CurationRefused(Refusal.UNCHECKED)
        warnings = findings_from(proposal.findings).warnings
        if warnings and not reason:
            raise CurationRefused(Refusal.NEEDS_REASON, warnings)

    def _require_curator(self, by: str) -> None:
        if not self._people.may_publish(by):
            raise CurationRefused(Refusal.NOT_A_CURATOR)

    def _require_whole(self, entry: Entry) -> None:
        problems = problems_of(entry)
        if problems:
            raise CurationRefused(Refusal.BROKEN, problems)

    def _entry(self, session: Session, entry_id: str) -> Entry:
        entry = EntryStore(session).get(entry_id, lock=True)  # it is read to be changed
        if entry is None:
            raise CurationRefused(Refusal.GONE)
        return entry

    def _open(self, session: Session, number: int) -> Proposal:
        proposal = ProposalStore(session).get(number, lock=True)
        if proposal is None or not proposal.is_open:
            raise CurationRefused(Refusal.GONE)
        return proposal

    def _note(self, session: Session, by: str, action: str, proposal: Proposal, reason: str = "") -> None:
        subject = f"proposal:{proposal.id} entry:{proposal.entry.id}"
        AuditLog(session).note(self._clock(), by, action, subject, reason=reason)


def _free_id(store: EntryStore, question: str) -> str:
    """An id nobody uses, made of the question's words."""
    slug, number = slug_of(question), 1
    while store.version(slug if number == 1 else f"{slug}-{number}") is not None:
        number += 1
    return slug if number == 1 else f"{slug}-{number}"
