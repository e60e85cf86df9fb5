"""Erasing what the desk keeps of one person: `/mops forget me`, and `mops-desk erase` for admins.

What stays, and why: tickets (the tracker's, also where it is the desk's own), messages in Slack, what others wrote,
what somebody wrote for the FAQ, decided, or is on the rotation for, with the log of it, and for two weeks the bare
addresses of messages that came in, so that a redelivery is not taken for a new question.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from bot.bookmarks import remember
from bot.conversations import FORGOTTEN, Conversations
from bot.curation.gap_store import GapStore
from bot.curation.missing_tables import GapQuestionRow, GapRow, UndefinedTermRow
from bot.curation.question_vectors import OF_QUESTIONS
from bot.domain import Surface
from bot.erased_question import erase_questions, erase_thumbs
from bot.errors import NotAPerson
from bot.follow_places import FollowPlaces
from bot.slack.mrkdwn import is_member_id
from bot.tables import InboxRow, OutboxRow, PaceRow, QuestionRow, SettledQuestionRow, WebKeyRow
from bot.texts import plural
from bot.ticket_news import NewsStore
from escalation.request_store import RequestStore
from knowledge.proposals import erase_words
from knowledge.vector_cache import forget_texts

ERASED = "erased:since"
"""The bookmark that asks for the database's log to be emptied: what was erased is still in it."""

FLOW: tuple[type[InboxRow] | type[OutboxRow], ...] = (InboxRow, OutboxRow)
"""Rows of what comes in and of what is to be done."""

_WHOSE = ("user", "person", "channel", "tell_on_failure")
"""Where incoming items and effects say whose they are."""


@dataclass(frozen=True)
class Forgotten:
    """What was erased. ``tickets``: the keys of theirs that are still open; ``withdrawn``: requests never filed."""

    questions: int = 0
    requests: int = 0
    others: int = 0
    withdrawn: int = 0
    tickets: tuple[str, ...] = ()

    @property
    def anything(self) -> bool:
        """Whether there was anything."""
        return self.count > 0

    @property
    def count(self) -> int:
        """How many records."""
        return self.questions + self.requests + self.others

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """How many of what, in words."""
        return (
            (plural(self.questions, "question", "questions"), self.questions),
            (plural(self.requests, "request", "requests"), self.requests),
            (plural(self.others, "other record", "other records"), self.others),
        )


def require_person(person: str) -> None:
    """Raise NotAPerson for what is no member id: rows that are nobody's any more, channels and tickets stay alone."""
    if not is_member_id(person):
        raise NotAPerson(
            f"“{person}” is no member id, and nothing was erased. Take the id from their Slack profile (⋯, Copy "
            "member ID): it begins with U or W."
        )


def forget(session: Session, person: str, now: datetime) -> Forgotten:
    """Erase it, in the caller's transaction. Raises NotAPerson."""
    require_person(person)
    rows = session.scalars(select(QuestionRow).where(QuestionRow.person == person)).all()
    addresses = {person} | {str(row.place["channel"]) for row in rows if row.place.get("surface") == Surface.DM}
    texts = tuple(row.text for row in rows if row.text)
    numbers = erase_questions(session, rows)
    requests = RequestStore(session)
    tickets = tuple(one.ticket.key for one in requests.requests_of(person) if one.ticket and one.is_open)
    gone = requests.forget(person)
    NewsStore(session).forget(person)
    for number, heir in gone.handed_over:
        Conversations(session).hand_over(number, heir)
    others = erase_thumbs(session, person) + gone.others
    others += Conversations(session).forget(person) + FollowPlaces(session).forget(person)
    others += _out_of_curation(session, person, numbers, texts)
    others += _out_of_the_flow(session, person, addresses)
    session.execute(delete(PaceRow).where(PaceRow.channel.in_(addresses)))
    remember(session, ERASED, now.isoformat())
    return Forgotten(len(numbers), gone.requests, others, gone.withdrawn, tickets)


def _out_of_curation(session: Session, person: str, numbers: Sequence[int], texts: Sequence[str]) -> int:
    """Out of gaps, abbreviations, proposals, vectors; the desk counts anew at its next look."""
    theirs = set(numbers)
    GapStore(session).hold()
    in_gaps = session.scalars(select(GapQuestionRow.gap_id).where(GapQuestionRow.question_id.in_(theirs))).all()
    session.execute(delete(GapQuestionRow).where(GapQuestionRow.question_id.in_(theirs)))
    session.execute(update(GapRow).where(GapRow.id.in_(in_gaps)).values(terms=[]))
    session.execute(update(GapRow).where(GapRow.medoid.in_(theirs)).values(medoid=None))
    for term in session.scalars(select(UndefinedTermRow).order_by(UndefinedTermRow.term).with_for_update()):
        if theirs.intersection(term.examples):
            term.examples = [number for number in term.examples if number not in theirs]
            if not term.examples and term.ignored_by is None:
                session.delete(term)
    forget_texts(session, texts, OF_QUESTIONS)
    settled = update(SettledQuestionRow).where(SettledQuestionRow.person == person)
    session.execute(settled.values(person=FORGOTTEN))
    keys = session.execute(delete(WebKeyRow).where(WebKeyRow.person == person).returning(WebKeyRow.digest)).all()
    return len(set(in_gaps)) + len(keys) + erase_words(session, person, texts)


def _out_of_the_flow(session: Session, person: str, addresses: Collection[str]) -> int:
    """Out of rows that were given up (they hold words), and of those that are done (their keys name people).

    Addresses stay in the inbox for as long as Slack may deliver the same again.
    """
    count = 0
    for table in FLOW:
        for row in rows_of(session, table, table.state == "dead"):
            if is_theirs(row, person):
                row.payload, row.error, row.memo = {}, None, {}
                _rename(row)
                count += 1
        named = [person] if table is InboxRow else sorted(addresses)
        for one in named:
            said = or_(table.key.contains(one, autoescape=True), table.lane.contains(one, autoescape=True))
            for row in rows_of(session, table, table.state == "done", said):
                _rename(row)
                count += 1
    return count


def _rename(row: InboxRow | OutboxRow) -> None:
    row.key, row.lane = f"{FORGOTTEN}:{row.id}", None


def rows_of(
    session: Session, table: type[InboxRow] | type[OutboxRow], *which: ColumnElement[bool]
) -> Sequence[InboxRow | OutboxRow]:
    """The rows of one of the two tables."""
    found: Sequence[Any] = session.scalars(select(table).where(*which)).all()
    return found


def is_theirs(row: InboxRow | OutboxRow, person: str) -> bool:
    """Whether a row came from a person, or is for them alone."""
    return any(row.payload.get(name) == person for name in _WHOSE)
