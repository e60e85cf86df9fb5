"""What waits for curators: proposals, entries that are due, what people said about answers, words that worked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.clock import Clock
from bot.conversations import AskedQuestion, Conversations
from bot.curation.faq_opening import is_private
from bot.curation.reviews import DueEntry, Reviews
from bot.database import Database
from bot.domain import ReplyKind
from bot.entry_drafts import without_people
from bot.missing import Gap
from bot.once import locked
from bot.people import Directory
from bot.personal import for_colleagues
from bot.tables import FeedbackRow, QuestionRow, SettledQuestionRow
from knowledge.domain import Entry, Hit, HitKind
from knowledge.entry_store import EntryStore
from knowledge.proposals import Proposal, ProposalState, ProposalStore

LATELY = timedelta(days=60)
MOST = 30
"""Remarks and phrasings that are looked at at once, the newest ones."""

_LONGEST_PHRASING = 200


@dataclass(frozen=True)
class Said:
    """A thumb down: what was asked, what it was answered with, and what the person said was wrong."""

    question_id: int
    question: str
    answered: str
    words: str


@dataclass(frozen=True)
class Phrasing:
    """Words that led somebody to an entry that helped, and are none of its phrasings yet."""

    question_id: int
    words: str
    entry: Entry


@dataclass(frozen=True)
class Queue:
    """What waits, each part in the order in which it should be done."""

    to_review: tuple[Proposal, ...] = ()
    drafts: tuple[Proposal, ...] = ()
    due: tuple[DueEntry, ...] = ()
    said: tuple[Said, ...] = ()
    phrasings: tuple[Phrasing, ...] = ()
    gaps: tuple[Gap, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not (self.to_review or self.drafts or self.due or self.said or self.phrasings or self.gaps)


class Queues:
    """Reads what waits. May ask Slack which channels are private; raises DatabaseUnavailable."""

    def __init__(self, directory: Directory, database: Database, clock: Clock) -> None:
        self._directory = directory
        self._database = database
        self._clock = clock

    def of(self, person: str, gaps: tuple[Gap, ...] = ()) -> Queue:
        """Everything, for one curator."""
        with self._database.read() as session:
            proposals = ProposalStore(session).open()
            due = Reviews(session).due(self._clock().date())
            down = list(_judged(session, self._clock() - LATELY, helpful=False))
            helped = list(_judged(session, self._clock() - LATELY, helpful=True))
            chosen = list(_chosen(session, self._clock() - LATELY))
            entries = {entry.id: entry for entry in EntryStore(session).published()}
        liked = {question.id: (question, hit) for question, hit, _ in (*helped, *chosen)}
        return Queue(
            to_review=tuple(one for one in proposals if one.state is ProposalState.IN_REVIEW),
            drafts=tuple(one for one in proposals if one.author == person and one.state is ProposalState.DRAFT),
            due=due,
            said=tuple(self._said(down)),
            phrasings=tuple(self._phrasings(list(liked.values()), entries)),
            gaps=gaps,
        )

    def phrasing(self, question_id: int) -> Phrasing | None:
        """The phrasing a question would add; None when it is settled, private, or the entry has it already."""
        with self._database.read() as session:
            question = Conversations(session).question(question_id)
            row = session.get(QuestionRow, question_id)
            settled = session.get(SettledQuestionRow, question_id) is not None
            entries = {entry.id: entry for entry in EntryStore(session).published()}
            hit = _hit(question, row.chosen) if question and row else None
        if question is None or hit is None or settled:
            return None
        return next(iter(self._phrasings([(question, hit)], entries)), None)

    def _said(self, judged: list[tuple[AskedQuestion, Hit, str]]) -> Iterator[Said]:
        """What was asked in private is shown only where its asker wrote to the team about it."""
        for question, hit, told in judged:
            if told or not is_private(question, self._directory):
                yield Said(question.id, for_colleagues(question.text), hit.name, told)

    def _phrasings(self, liked: list[tuple[AskedQuestion, Hit]], entries: dict[str, Entry]) -> Iterator[Phrasing]:
        taken: set[tuple[str, str]] = set()
        for question, hit in liked:
            entry = entries.get(hit.id) if hit.kind is HitKind.ENTRY else None
            if entry is None or is_private(question, self._directory):
                continue
            text = without_people(question.text, (self._directory.person(question.person).name,))
            known = {one.casefold() for one in (entry.question, *entry.variants)}
            fits = 0 < len(text) <= _LONGEST_PHRASING and text.casefold() not in known
            if fits and (entry.id, text.casefold()) not in taken:
                taken.add((entry.id, text.casefold()))
                yield Phrasing(question.id, text, entry)


def settle(session: Session, question_id: int, person: str, now: datetime) -> None:
    """Take a question off the queue; what people say about it later brings it back."""
    values = {"person": person, "settled_at": now}
    row = locked(session, SettledQuestionRow, {"question_id": question_id}, values)
    row.person, row.settled_at = person, now
    session.flush()


def _judged(session: Session, since: datetime, *, helpful: bool) -> Iterator[tuple[AskedQuestion, Hit, str]]:
    """Questions with a thumb that way, newest first: with the hit it was about, and what was said."""
    wanted = (
        select(FeedbackRow.question_id, FeedbackRow.words, QuestionRow.chosen)
        .join(QuestionRow, QuestionRow.id == FeedbackRow.question_id)
        .where(FeedbackRow.helpful.is_(helpful), FeedbackRow.updated_at >= since, QuestionRow.text != "")
        .where(_unsettled(FeedbackRow.updated_at))
        .order_by(FeedbackRow.updated_at.desc())
        .limit(MOST)
    )
    told: dict[int, tuple[str, int | None]] = {}
    for number, words, chosen in session.execute(wanted):
        told[number] = (words or told.get(number, ("", None))[0], chosen)
    yield from _with_hits(session, told)


def _chosen(session: Session, since: datetime) -> Iterator[tuple[AskedQuestion, Hit, str]]:
    """Questions whose asker took one of the suggestions."""
    wanted = (
        select(QuestionRow.id, QuestionRow.chosen)
        .where(QuestionRow.kind == ReplyKind.SUGGEST.value, QuestionRow.chosen >= 0, QuestionRow.text != "")
        .where(QuestionRow.created_at >= since, _unsettled(QuestionRow.created_at))
        .order_by(QuestionRow.id.desc())
        .limit(MOST)
    )
    yield from _with_hits(session, {number: ("", chosen) for number, chosen in session.execute(wanted)})


def _with_hits(session: Session, told: dict[int, tuple[str, int | None]]) -> Iterator[tuple[AskedQuestion, Hit, str]]:
    for number, (words, chosen) in told.items():
        question = Conversations(session).question(number)
        hit = _hit(question, chosen)
        if question is not None and hit is not None:
            yield question, hit, words


def _hit(question: AskedQuestion | None, chosen: int | None) -> Hit | None:
    """What the person was shown last."""
    hits = question.verdict.hits if question else ()
    place = chosen if chosen is not None and chosen >= 0 else 0
    return hits[place] if place < len(hits) else None


def _unsettled(since: InstrumentedAttribute[datetime]) -> ColumnElement[bool]:
    """That no curator has dealt with the question after that time."""
    dealt_with = select(SettledQuestionRow.question_id).where(
        SettledQuestionRow.question_id == QuestionRow.id, SettledQuestionRow.settled_at >= since
    )
    return ~dealt_with.exists()
