"""Clears away what is too old: people's words, and rows of the flow that nobody will ask for again.

A batch at a time, each in a short transaction of its own, so that nobody waits; found again from the rows themselves,
so that a restart or a second process does no harm. Numbers stay for the statistics: how much was asked, where, how
sure the desk was. What is still open is never touched.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, text, update
from sqlalchemy.orm import Session

from bot.bookmarks import remember
from bot.clock import Clock
from bot.conversations import FORGOTTEN, erase_place
from bot.curation.known_issue_store import KnownIssueStore
from bot.database import Database
from bot.erased_question import erase_questions, pseudonym
from bot.forgetting import ERASED, FLOW
from bot.incoming import Due
from bot.logs import get_logger
from bot.tables import (
    ConversationRow,
    FollowPlaceRow,
    InboxRow,
    OutboxRow,
    QuestionRow,
    RequestPlaceRow,
    SolvedRow,
    TicketNewsRow,
    WebKeyRow,
)
from escalation.erasing import Erasing
from escalation.form_drafts import FormDrafts
from knowledge.proposals import drop_findings

log = get_logger(__name__)

LOOK_EVERY = timedelta(hours=1)
SETTLED = timedelta(minutes=2)
"""A desk that has just started has better things to do."""

BATCH = 50
"""Rows per transaction: some milliseconds of the writer's turn."""

CAME_IN_KEPT = timedelta(days=14)
"""How long it is known what came in: Slack delivers again within the hour, the desk looks back a day."""

DONE_KEPT = timedelta(days=30)
"""How long it is known what was said and done: news of tickets are told for a week, not longer."""

OCCASIONS_KEPT = timedelta(days=200)
"""How long it is known who was reminded of what; the timetable looks 180 days back."""

_NOT_ERASED = text("desk_questions.person != 'forgotten'")  # as the index has it

Piece = Callable[[datetime], bool]
"""Clears a batch; whether there is more."""


class Retention:
    """A loop of the desk. ``days``: how old words may become; 0: as old as they like."""

    def __init__(self, days: int, database: Database, clock: Clock) -> None:
        self._kept_for = timedelta(days=days) if days else None
        self._database = database
        self._clock = clock
        self._next_look = clock() + SETTLED
        self._left: list[Piece] = []
        self._after = 0
        self._cleared: dict[str, int] = {}

    @property
    def is_at_it(self) -> bool:
        """Whether a look is under way."""
        return bool(self._left)

    def run_once(self) -> bool:
        """Clear a batch, if it is time to. Returns False: the loop rests before the next one, and others write."""
        now = self._clock()
        if not self._left:
            if now < self._next_look:
                return False
            self._next_look, self._after, self._cleared = now + LOOK_EVERY, 0, {}
            self._left = self._pieces()
        if not self._left[0](now):
            self._left.pop(0)
        if not self._left and self._cleared:
            log.info("cleared_away", **self._cleared)
        return False

    def _pieces(self) -> list[Piece]:
        flow: list[Piece] = [self._came_in, self._done, self._small_things]
        return [self._questions, self._requests, self._conversations, self._dead, *flow] if self._kept_for else flow

    def _before(self, now: datetime) -> datetime:
        return now - (self._kept_for or timedelta(0))

    def _questions(self, now: datetime) -> bool:
        with self._database.read() as session:
            spared = _open_requests(session)
            issues = {number for issue in KnownIssueStore(session).active() for number in issue.questions}
            old = select(QuestionRow.id, QuestionRow.request_id).where(
                _NOT_ERASED, QuestionRow.created_at < self._before(now), QuestionRow.id.not_in(issues)
            )
            old = old.where(or_(QuestionRow.request_id.is_(None), QuestionRow.request_id.not_in(spared)))
            found = [row.id for row in session.execute(old.order_by(QuestionRow.created_at).limit(BATCH))]
        if found:
            with self._database.write() as session:
                erase_questions(session, session.scalars(select(QuestionRow).where(QuestionRow.id.in_(found))))
                remember(session, ERASED, now.isoformat())
        return self._counted("questions", len(found))

    def _requests(self, now: datetime) -> bool:
        with self._database.read() as session:
            found, after = Erasing(session).old(self._before(now), self._after, BATCH)
            issues = {issue.request_id for issue in KnownIssueStore(session).active()}
        over = [number for number in found if number not in issues]
        if over:
            with self._database.write() as session:
                Erasing(session).expire(over)
                _let_go_of(session, over)
                remember(session, ERASED, now.isoformat())
        self._counted("requests", len(over))
        self._after = after or 0
        return after is not None

    def _conversations(self, now: datetime) -> bool:
        """Threads in which nothing of anybody's is left: the desk takes no part in them any more."""
        named = or_(ConversationRow.asker != FORGOTTEN, ConversationRow.thread_key.is_not(None))
        asked = select(QuestionRow.id).where(QuestionRow.conversation_id == ConversationRow.id, _NOT_ERASED)
        placed = select(RequestPlaceRow.request_id).where(
            RequestPlaceRow.conversation_id == ConversationRow.id, RequestPlaceRow.person != FORGOTTEN
        )
        old = ConversationRow.created_at < self._before(now)
        query = select(ConversationRow.id).where(old, named, ~asked.exists(), ~placed.exists()).limit(BATCH)
        with self._database.read() as session:
            found = session.scalars(query.order_by(ConversationRow.id)).all()
        if found:
            with self._database.write() as session:
                these = update(ConversationRow).where(ConversationRow.id.in_(found))
                session.execute(these.values(asker=FORGOTTEN, thread_key=None))
        return self._counted("conversations", len(found))

    def _dead(self, now: datetime) -> bool:
        """What was given up holds words; ops had all this time to look at it."""
        before = self._before(now)
        cleared = [self._clear(each, and_(each.state == "dead", each.finished_at < before)) for each in FLOW]
        return self._counted("given_up", max(cleared))

    def _came_in(self, now: datetime) -> bool:
        is_due = InboxRow.kind == Due.kind
        old = or_(
            and_(~is_due, InboxRow.finished_at < now - CAME_IN_KEPT),
            and_(is_due, InboxRow.finished_at < now - OCCASIONS_KEPT),
        )
        return self._counted("came_in", self._clear(InboxRow, and_(InboxRow.state == "done", old)))

    def _done(self, now: datetime) -> bool:
        old = and_(OutboxRow.state == "done", OutboxRow.finished_at < now - DONE_KEPT)
        return self._counted("done", self._clear(OutboxRow, old))

    def _clear(self, table: type[InboxRow] | type[OutboxRow], which: ColumnElement[bool]) -> int:
        """Delete a batch; the newest row stays, whatever it is, so that no number is given out twice."""
        with self._database.read() as session:
            newest = select(func.max(table.id)).scalar_subquery()
            query = select(table.id).where(which, table.id < newest).order_by(table.id).limit(BATCH)
            found = session.scalars(query).all()
        if found:
            with self._database.write() as session:
                session.execute(delete(table).where(table.id.in_(found), which))
        return len(found)

    def _small_things(self, now: datetime) -> bool:
        with self._database.write() as session:
            FormDrafts(session, now).drop_old()
            session.execute(delete(WebKeyRow).where(WebKeyRow.expires_at <= now))
            if self._kept_for:
                drop_findings(session, self._before(now))
        return False

    def _counted(self, what: str, count: int) -> bool:
        if count:
            self._cleared[what] = self._cleared.get(what, 0) + count
        return count == BATCH


def _open_requests(session: Session) -> frozenset[int]:
    return Erasing(session).open_ids()


def _let_go_of(session: Session, request_ids: list[int]) -> None:
    """Who waited for these requests, where, what they were told and what they said in the end."""
    for place in session.scalars(select(RequestPlaceRow).where(RequestPlaceRow.request_id.in_(request_ids))):
        erase_place(place)
    session.execute(delete(FollowPlaceRow).where(FollowPlaceRow.request_id.in_(request_ids)))
    told = update(TicketNewsRow).where(TicketNewsRow.request_id.in_(request_ids))
    session.execute(told.values(last=None, ending=None))
    for answer in session.scalars(select(SolvedRow).where(SolvedRow.request_id.in_(request_ids))):
        answer.person = pseudonym(answer.id)
