"""Notices when far more people than usual ask for the same, and asks the ops team once. A loop of the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.bookmarks import bookmark, remember
from bot.clock import Clock
from bot.curation.known_issue_store import KnownIssueStore
from bot.curation.question_vectors import QuestionVectors
from bot.curation.unmet import IsPrivate, asked_in_private, questions_of, with_private_request
from bot.database import Database
from bot.domain import QUESTION_KINDS, ReplyKind
from bot.logs import get_logger
from bot.personal import for_colleagues
from bot.slack import known_issues
from bot.slack.ops import OpsChannel
from bot.tables import QuestionRow
from knowledge.errors import KnowledgeError
from knowledge.protocols import Matrix
from knowledge.spikes import belongs, spike_among

log = get_logger(__name__)

LOOK_EVERY = timedelta(seconds=20)
USUAL = timedelta(days=28)
"""What came before is what is usual."""

MOST_RECENT, MOST_USUAL = 1_000, 5_000
"""The newest questions that are compared, and of those before; each is compared with each."""

SAME_SPIKE = timedelta(hours=24)
"""More of what ops was asked about within so long is not asked about again."""

SEEN = "spikes:seen"
_KINDS = tuple(kind.value for kind in QUESTION_KINDS)
_OFF_TOPIC = ReplyKind.OFF_TOPIC.value  # "is HubSpot down?" where nobody wrote about HubSpot


@dataclass(frozen=True)
class _Asked:
    """A question with what the count needs of it."""

    id: int
    text: str
    person: str
    at: datetime


class SpikeWatch:
    """Looks whenever there are new questions, at most every LOOK_EVERY. Nothing is sent before the transaction."""

    def __init__(
        self,
        vectors: QuestionVectors,
        private: IsPrivate,
        ops: OpsChannel,
        database: Database,
        clock: Clock,
        *,
        least: int,
        within: timedelta,
    ) -> None:
        self._vectors = vectors
        self._private = private
        self._ops = ops
        self._database = database
        self._clock = clock
        self._least = least
        self._within = within
        self._next_look: datetime | None = None

    def run_once(self) -> bool:
        """Look, if there is anything new. Returns whether there is more to prepare first."""
        now = self._clock()
        if self._next_look is not None and now < self._next_look:
            return False
        try:
            more = self._look(now)
        except KnowledgeError as exc:
            log.warning("spikes_not_looked_for", error=type(exc).__name__)
            more = False
        if not more:
            self._next_look = now + LOOK_EVERY
        return more

    def _look(self, now: datetime) -> bool:
        with self._database.read() as session:
            newest = session.scalar(select(func.max(QuestionRow.id))) or 0
            if newest <= int(bookmark(session, SEEN) or 0):
                return False
            since = now - self._within
            recent = _asked(session, since, now, MOST_RECENT)
            enough = len({one.person for one in recent}) >= self._least
            before = _asked(session, since - USUAL, since, MOST_USUAL) if enough else []
        if enough:
            if self._vectors.prepare([one.text for one in (*before, *recent)]):
                return True
            self._compare(before, recent, now)
        with self._database.write() as session:
            remember(session, SEEN, str(newest))
        return False

    def _compare(self, before: Sequence[_Asked], recent: Sequence[_Asked], now: datetime) -> None:
        usual_hours = len({one.at.replace(minute=0, second=0, microsecond=0) for one in before})
        within = self._within if len(recent) < MOST_RECENT else now - recent[0].at
        vectors = self._vectors.of([one.text for one in (*before, *recent)])
        group = spike_among(
            vectors[len(before) :],
            [one.person for one in recent],
            vectors[: len(before)],
            usual_hours,
            within.total_seconds() / 3600,
            self._least,
        )
        if group:
            self._found([recent[place] for place in group], now)

    def _found(self, group: Sequence[_Asked], now: datetime) -> None:
        with self._database.read() as session:
            questions = questions_of(session, [one.id for one in group])
        private = asked_in_private(questions, self._private)
        with self._database.read() as session:
            private |= with_private_request(session, questions)
            known = self._same(session, group, now)
        examples = [one.text for one in group if one.id not in private]
        people = len({one.person for one in group})
        with self._database.write() as session:
            remember(session, SEEN, str(max(one.id for one in group)))  # one process at a time from here on
            store = KnownIssueStore(session)
            known = known or self._shared(session, group, now)
            if known is not None:
                store.grown(known, [one.id for one in group])
                return
            spike = store.found([one.id for one in group], now)
            hours = self._within.total_seconds() / 3600
            message = known_issues.spike(spike.id, people, hours, examples)
            self._ops.tell(session, f"spike:{spike.id}", message)
        log.info("spike_found", spike=spike.id, questions=len(group), people=people)

    def _shared(self, session: Session, group: Sequence[_Asked], now: datetime) -> int | None:
        """A spike that has one of these questions."""
        numbers = {one.id for one in group}
        spikes = KnownIssueStore(session).spikes_since(now - SAME_SPIKE)
        return next((spike.id for spike in spikes if numbers & set(spike.questions)), None)

    def _same(self, session: Session, group: Sequence[_Asked], now: datetime) -> int | None:
        """A spike of the last day that is about the same."""
        store = KnownIssueStore(session)
        own: Matrix = self._vectors.of([one.text for one in group])
        for spike in store.spikes_since(now - SAME_SPIKE):
            texts = [one.text for one in store.said(spike.questions) if one.text]
            if texts and belongs(own, self._vectors.of(texts)).mean() > 1 / 2:
                return spike.id
        return self._shared(session, group, now)


def _asked(session: Session, since: datetime, until: datetime, most: int) -> list[_Asked]:
    """The newest of what was asked then, oldest first; not what a known issue answered already."""
    wanted = (
        select(QuestionRow.id, QuestionRow.text, QuestionRow.person, QuestionRow.created_at)
        .where(
            QuestionRow.created_at > since,
            QuestionRow.created_at <= until,
            QuestionRow.addressed,
            QuestionRow.text != "",
            QuestionRow.kind.in_((*_KINDS, _OFF_TOPIC)),
        )
        .order_by(QuestionRow.created_at.desc(), QuestionRow.id.desc())
        .limit(most)
    )
    found = [_Asked(number, for_colleagues(text), person, at) for number, text, person, at in session.execute(wanted)]
    return found[::-1]
