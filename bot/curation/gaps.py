"""Gaps, for whoever looks at them: what they hold, a draft out of one, and "that is none"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.bookmarks import bookmark
from bot.clock import Clock
from bot.curation.audit import AuditLog
from bot.curation.curation import Curation
from bot.curation.gap_finder import LOOKED
from bot.curation.gap_store import GapStore
from bot.curation.missing_tables import GapQuestionRow, GapRow
from bot.curation.refusals import CurationRefused, Refusal
from bot.curation.resolutions import best_resolution
from bot.entry_drafts import without_people
from bot.missing import Gap as Gap
from bot.missing import GapList as GapList
from bot.missing import GapState, Shown
from bot.missing_texts import GAP_DRAFTED
from bot.ops_people import OpsPeople
from bot.personal import for_colleagues
from bot.tables import QuestionRow
from knowledge.domain import Entry
from knowledge.proposals import Origin, OriginKind, Proposal, ProposalState, ProposalStore
from knowledge.question_clusters import SMALLEST
from knowledge.wording import searchable

PERIOD = timedelta(days=28)
WEEKS = 8
COMES_BACK_AT = 3
"""Questions after it was decided that bring a gap back."""

VARIANTS = 8
_LONGEST_VARIANT = 200
_LONGEST_QUESTION = 300
_SHOWN = 3


@dataclass(frozen=True)
class _Member:
    """A question of a gap, nearest to the middle first."""

    id: int
    text: str
    person: str
    at: datetime
    request_id: int | None
    private: bool
    shown: str


class Gaps:
    """In the caller's session; reads what the finder made, a fraction of a second for thousands of questions."""

    def __init__(self, curation: Curation, people: OpsPeople, clock: Clock) -> None:
        self._curation = curation
        self._people = people
        self._clock = clock

    def listed(self, session: Session) -> GapList:
        """Everything that is missing. Groups and single questions asked in private only are counted, not listed."""
        looked = bookmark(session, LOOKED)
        members = _members(session)
        gaps = [self._gap(session, row, members.get(row.id, [])) for row in session.scalars(select(GapRow))]
        readable = [gap for gap in gaps if gap is not None and gap.question]
        undecided = [gap for gap in readable if gap.state is GapState.OPEN]
        ranked = sorted(undecided, key=lambda gap: (-gap.askers, -gap.questions, gap.id))
        return GapList(
            gaps=tuple(gap for gap in ranked if gap.questions >= SMALLEST),
            singles=tuple(gap for gap in ranked if gap.questions < SMALLEST),
            decided=tuple(gap for gap in readable if gap.state is not GapState.OPEN),
            private_only=sum(gap.questions for gap in gaps if gap is not None and not gap.question),
            looked_at=datetime.fromisoformat(looked) if looked else None,
        )

    def get(self, session: Session, gap_id: int) -> Gap | None:
        """One gap; None when it is gone (its questions are too old, or forgotten) or was asked in private only."""
        row = session.get(GapRow, gap_id)
        gap = self._gap(session, row, _members(session, gap_id).get(gap_id, [])) if row else None
        return gap if gap and gap.question else None

    def draft(self, session: Session, gap_id: int, by: str) -> Proposal:
        """An entry to edit: the cluster's phrasings as variants, and how a ticket among them ended as its answer.

        Once: a gap with a draft that is still open gives that one.
        """
        if not self._people.may_publish(by):
            raise CurationRefused(Refusal.NOT_A_CURATOR)
        gap, members = self.get(session, gap_id), _members(session, gap_id).get(gap_id, [])
        if gap is None:
            raise CurationRefused(Refusal.GONE)
        known = ProposalStore(session).get(gap.proposal) if gap.proposal is not None else None
        if known is not None and known.is_open:
            return known
        readable = [one for one in members if one.text and not one.private]
        phrasings = _phrasings(readable)
        answer = best_resolution(session, [one.request_id for one in members if one.request_id is not None])
        entry = Entry("", phrasings[0], answer, variants=tuple(phrasings[1 : VARIANTS + 1]))
        origin = Origin(OriginKind.GAP, questions=tuple(one.id for one in readable))
        proposal = self._curation.propose(session, entry, by, GAP_DRAFTED.format(count=gap.questions), origin)
        row = GapStore(session).decide(gap_id, GapState.DRAFTED, by, self._clock())
        if row is not None:
            row.proposal = proposal.id
        return proposal

    def dismiss(self, session: Session, gap_id: int, by: str, reason: str) -> None:
        """It is none: kept out of the list until it is asked again COMES_BACK_AT times."""
        if not self._people.may_publish(by):
            raise CurationRefused(Refusal.NOT_A_CURATOR)
        row = GapStore(session).decide(gap_id, GapState.DISMISSED, by, self._clock())
        if row is None:
            raise CurationRefused(Refusal.GONE)
        row.reason = reason.strip()
        AuditLog(session).note(self._clock(), by, "gap dismissed", f"gap:{gap_id}", reason=row.reason)

    def _gap(self, session: Session, row: GapRow, members: Sequence[_Member]) -> Gap | None:
        if not members:
            return None
        now = self._clock()
        readable = [one for one in members if one.text and not one.private]
        readable.sort(key=lambda one: one.id != row.medoid)  # it may have been forgotten since
        again = sum(one.at > row.decided_at for one in members) if row.decided_at else 0
        return Gap(
            id=row.id,
            question=" ".join(readable[0].text.split()) if readable else "",
            terms=tuple(row.terms),
            questions=len(members),
            askers=len({one.person for one in members}),
            tickets=len({one.request_id for one in members if one.request_id is not None}),
            now=sum(one.at > now - PERIOD for one in members),
            before=sum(now - 2 * PERIOD < one.at <= now - PERIOD for one in members),
            weeks=_weeks((one.at for one in members), now),
            shown=_shown(members),
            phrasings=tuple(" ".join(one.text.split()) for one in readable),
            hidden=sum(one.private for one in members),
            state=self._state(session, row, again),
            proposal=row.proposal,
            reason=row.reason,
            again=again,
        )

    def _state(self, session: Session, row: GapRow, again: int) -> GapState:
        """Dropped drafts and what is asked again count as undecided."""
        state = GapState(row.state)
        if state is GapState.OPEN or again >= COMES_BACK_AT:
            return GapState.OPEN
        if state is GapState.DRAFTED and row.proposal is not None:
            proposal = ProposalStore(session).get(row.proposal)
            if proposal is None or proposal.state is ProposalState.DROPPED:
                return GapState.OPEN
        return state


def _members(session: Session, gap_id: int | None = None) -> dict[int, list[_Member]]:
    """By gap, nearest to the middle first. Forgotten questions are left out altogether."""
    wanted = (
        select(
            GapQuestionRow.gap_id,
            QuestionRow.id,
            QuestionRow.text,
            QuestionRow.person,
            QuestionRow.created_at,
            QuestionRow.request_id,
            GapQuestionRow.private,
            GapQuestionRow.shown,
        )
        .join(QuestionRow, QuestionRow.id == GapQuestionRow.question_id)
        .where(QuestionRow.text != "")
        .order_by(GapQuestionRow.near.desc(), QuestionRow.id)
    )
    if gap_id is not None:
        wanted = wanted.where(GapQuestionRow.gap_id == gap_id)
    found: dict[int, list[_Member]] = {}
    for gap, number, text, person, at, request, private, shown in session.execute(wanted):
        found.setdefault(gap, []).append(_Member(number, for_colleagues(text), person, at, request, private, shown))
    return found


def _phrasings(members: Iterable[_Member]) -> list[str]:
    """As an entry would have them: without greetings and people, each once; the first is its question."""
    found: dict[str, str] = {}
    for one in members:
        text = " ".join(without_people(searchable(one.text) or one.text, ()).split())
        limit = _LONGEST_VARIANT if found else _LONGEST_QUESTION
        if 0 < len(text) <= limit or (text and not found):
            found.setdefault(text.casefold().rstrip("?!. "), text[:_LONGEST_QUESTION])
    return list(found.values()) or [""]


def _weeks(moments: Iterable[datetime], now: datetime) -> tuple[int, ...]:
    counts = Counter(int((now - at) / timedelta(days=7)) for at in moments)
    return tuple(counts[week] for week in range(WEEKS - 1, -1, -1))


def _shown(members: Iterable[_Member]) -> tuple[Shown, ...]:
    counts = Counter(one.shown for one in members if one.shown)
    return tuple(
        Shown(name, times) for name, times in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_SHOWN]
    )
