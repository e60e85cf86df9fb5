"""Proposals: the queue, and one of them with what it would change, before somebody decides."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.curation.decided import Decision
from bot.curation.findings import findings_from
from bot.curation.refusals import CurationRefused, Refusal
from bot.curation_web import proposal_texts as words
from bot.curation_web.preview import read_aloud
from bot.curation_web.shown import address, to
from bot.curation_web.side_by_side import compare
from bot.curation_web.tools import Tools
from bot.curation_web.visit import Page, Visit
from knowledge.domain import Entry
from knowledge.entry_store import EntryStore
from knowledge.proposals import Proposal, ProposalState, ProposalStore


class ProposalsPage:
    """Everything that waits for a decision."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def pages(self) -> tuple[Page, ...]:
        """The paths of this part."""
        one = "/proposals/{number:int}"
        return (
            Page("/proposals", self.queue),
            Page(one, self.one),
            Page(f"{one}/check", self.check, "POST"),
            Page(f"{one}/publish", self.publish, "POST"),
            Page(f"{one}/submit", self.submit, "POST"),
            Page(f"{one}/drop", self.drop, "POST"),
            Page(f"{one}/send-back", self.send_back, "POST"),
            Page(f"{one}/rebase", self.rebase, "POST"),
            Page(f"{one}/merge", self.merge, "POST"),
            Page(f"{one}/link", self.link, "POST"),
            Page(f"{one}/without", self.without, "POST"),
        )

    def queue(self, visit: Visit) -> Response:
        """What is to be reviewed first, then the drafts; oldest first."""
        with self._tools.database.read() as session:
            waiting = ProposalStore(session).open()
        ordered = sorted(waiting, key=lambda each: each.state is not ProposalState.IN_REVIEW)
        return self._tools.shown.page(visit, "proposals.html", proposals=ordered)

    def one(self, visit: Visit, problem: str = "") -> Response:
        """The proposal next to the entry as it is now, with what the checks found."""
        with self._tools.database.read() as session:
            proposal = ProposalStore(session).get(visit.path["number"])
            if proposal is None:
                raise CurationRefused(Refusal.GONE)
            store = EntryStore(session)
            current, version = store.get(proposal.entry.id), store.version(proposal.entry.id)
            findings = findings_from(proposal.findings) if proposal.findings is not None else None
            rivals = _titles(store, {shadow.entry_id for shadow in findings.shadows} if findings else set())
        return self._tools.shown.page(
            visit,
            "proposal.html",
            409 if problem else 200,
            proposal=proposal,
            entry=proposal.entry,
            fields=compare(current, proposal.entry),
            lines=read_aloud(proposal.entry.answer),
            findings=findings,
            rivals=rivals,
            moved=proposal.is_open and version != proposal.base_version,
            version=version,
            problem=problem,
            reason=visit.typed("reason") or ("" if findings and findings.warnings else proposal.reason),
        )

    def check(self, visit: Visit) -> Response:
        """Try it out now."""
        return self._tried(self._proposal(visit), "checked")

    def publish(self, visit: Visit) -> Response:
        """Make it live; what is refused is said on the same page, with what was typed."""
        try:
            with self._tools.database.write() as session:
                proposal = self._of(session, visit)
                done = self._tools.curation.publish(session, proposal.id, visit.person, visit.typed("reason").strip())
                self._tell(session, proposal, Decision.PUBLISHED, visit.person)
        except CurationRefused as exc:
            if exc.refusal in (Refusal.NOT_A_CURATOR, Refusal.GONE):
                raise
            return self.one(visit, str(exc))
        return to(address("/entry", id=done.entry.id, done="published", n=done.version))

    def submit(self, visit: Visit) -> Response:
        """Hand it to the curators."""
        with self._tools.database.write() as session:
            proposal = self._tools.curation.submit(session, visit.path["number"], visit.person)
        return to(f"/proposals/{proposal.id}?done=submitted")

    def drop(self, visit: Visit) -> Response:
        """End it."""
        reason = visit.typed("reason").strip()
        with self._tools.database.write() as session:
            proposal = self._tools.curation.drop(session, visit.path["number"], visit.person, reason)
            self._tell(session, proposal, Decision.DROPPED, visit.person, reason)
        return to("/proposals?done=dropped")

    def send_back(self, visit: Visit) -> Response:
        """To its author, with what is to be changed."""
        reason = visit.typed("reason").strip()
        if not reason:
            return self.one(visit, problem=words.SEND_BACK_NEEDS_REASON)
        with self._tools.database.write() as session:
            proposal = self._tools.curation.send_back(session, visit.path["number"], visit.person, reason)
            self._tell(session, proposal, Decision.SENT_BACK, visit.person, reason)
        return to("/proposals?done=sent_back")

    def rebase(self, visit: Visit) -> Response:
        """Go on from the entry as it is now: the person has seen the difference."""
        with self._tools.database.write() as session:
            proposal = self._tools.curation.rebase(session, visit.path["number"], visit.person)
        return self._tried(proposal, "rebased")

    def merge(self, visit: Visit) -> Response:
        """Give a phrasing to the other entry."""
        with self._tools.database.write() as session:
            proposal = self._tools.conflicts.merge(
                session, visit.path["number"], visit.typed("phrasing"), visit.typed("other"), visit.person
            )
        if not proposal.is_open:
            return to(address("/entry", id=visit.typed("other"), done="merged", n=1))
        return self._tried(proposal, "merged")

    def link(self, visit: Visit) -> Response:
        """Name the other entry in the answer."""
        with self._tools.database.write() as session:
            proposal = self._tools.conflicts.link(session, visit.path["number"], visit.typed("other"), visit.person)
        return self._tried(proposal, "linked")

    def without(self, visit: Visit) -> Response:
        """Take phrasings out that say the same as others."""
        gone = set(visit.ticked("phrasing"))
        with self._tools.database.write() as session:
            proposal = self._of(session, visit)
            proposal = self._tools.curation.change(session, proposal.id, _without(proposal.entry, gone), visit.person)
        return self._tried(proposal, "without")

    def _tell(self, session: Session, proposal: Proposal, what: Decision, by: str, reason: str = "") -> None:
        self._tools.services.decided.tell(session, proposal, what, by, reason)

    def _proposal(self, visit: Visit) -> Proposal:
        with self._tools.database.read() as session:
            return self._of(session, visit)

    def _of(self, session: Session, visit: Visit) -> Proposal:
        proposal = ProposalStore(session).get(visit.path["number"])
        if proposal is None or not proposal.is_open:
            raise CurationRefused(Refusal.GONE)
        return proposal

    def _tried(self, proposal: Proposal, done: str) -> Response:
        self._tools.try_out(proposal)
        return to(f"/proposals/{proposal.id}?done={done}")


def _titles(store: EntryStore, ids: set[str]) -> dict[str, str]:
    found = {entry_id: store.get(entry_id) for entry_id in ids}
    return {entry_id: entry.question if entry else entry_id for entry_id, entry in found.items()}


def _without(entry: Entry, gone: set[str]) -> Entry:
    return replace(entry, variants=tuple(text for text in entry.variants if text not in gone))
