"""Known issues: who asks like those before them gets the one answer, and is told when it is over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from bot import known_issue_texts as texts
from bot.clock import Clock
from bot.conversations import Conversations
from bot.curation.known_issue_store import IssueState, KnownIssue, KnownIssueStore, SaidThen
from bot.curation.question_vectors import QuestionVectors
from bot.database import Database
from bot.domain import QUESTION_KINDS, Asked, Place, Reply, ReplyKind, Surface
from bot.effects import ChangeTicket, CommentTicket, ShowCard
from bot.follow_places import FollowPlaces
from bot.logs import get_logger
from bot.outbox import Outbox
from bot.people import Directory
from bot.slack import known_issues
from bot.speaking import Speaker
from bot.ticket_news import Ending, NewsStore
from escalation.domain import Close, Follower, Person, RequestState, Watch
from escalation.follower_store import FollowerStore
from escalation.request_store import RequestStore
from knowledge.domain import Audience, Question
from knowledge.errors import KnowledgeError
from knowledge.spikes import belongs

log = get_logger(__name__)

TWO_HOURS = timedelta(hours=2)

_QUESTIONS = (*QUESTION_KINDS, ReplyKind.OFF_TOPIC)
"""What else the desk would say to a question; remarks and greetings are none."""


_THEIR_OWN = frozenset({RequestState.QUEUED, RequestState.UNKNOWN, RequestState.NEEDS_FIELDS, RequestState.FILED})


@dataclass(frozen=True)
class Waiting:
    """Somebody who is told when it is over, and where."""

    person: Person
    place: Place
    question: str


class KnownIssues:
    """Answers questions and keeps who asked. While there is no issue, a question costs one small query."""

    def __init__(
        self,
        vectors: QuestionVectors,
        directory: Directory,
        speaker: Speaker,
        outbox: Outbox,
        database: Database,
        clock: Clock,
    ) -> None:
        self._vectors = vectors
        self._directory = directory
        self._speaker = speaker
        self._outbox = outbox
        self._database = database
        self._clock = clock

    def answered(self, asked: Asked, question: Question, reply: Reply) -> Callable[[Session], None] | None:
        """What to write about a question that a known issue answers; None for any other."""
        if reply.kind not in _QUESTIONS or not asked.addressed:
            return None
        issue = self.about(question)
        if issue is None:
            return None
        waiting = self.waiting(asked.person, asked.place, asked.text)
        recorded = Reply(ReplyKind.KNOWN_ISSUE, reply.verdict)

        def write(session: Session) -> None:
            number = Conversations(session).record(asked, recorded, self._clock())
            self.follow(session, issue, waiting)
            said = known_issues.answer(number, issue.id, issue.title, issue.answer, issue.since, issue.until)
            self._speaker.say(session, f"reply:{number}", asked.place, asked.person, said)

        return write

    def about(self, question: Question) -> KnownIssue | None:
        """The issue a question is about, as far as everyone who reads the reply may know of it; the newest first."""
        with self._database.read() as session:
            store = KnownIssueStore(session)
            issues = [issue for issue in store.active() if issue.until > self._clock()]
            if not issues or not question.audience.may_read(Audience.internal()):
                return None
            said = {issue.id: [one.text for one in store.said(issue.questions) if one.text] for issue in issues}
        try:
            vector = self._vectors.once(question.text)
            for issue in reversed(issues):
                alike = said[issue.id] or [issue.title]
                if bool(belongs(vector, self._vectors.of(alike))[0]):
                    return issue
        except KnowledgeError as exc:
            log.warning("known_issues_not_compared", error=type(exc).__name__)
        return None

    def waiting(self, person: str, place: Place, question: str) -> Waiting:
        """Looked up before anything is written."""
        found = self._directory.person(person)
        return Waiting(Person(person, found.name, found.email), lasting(place, person), question)

    def follow(self, session: Session, issue: KnownIssue, waiting: Waiting) -> bool:
        """Tell them too when it is over. False when they wait already, or it is their own."""
        request = RequestStore(session).get(issue.request_id)
        if request is None or request.draft.requester.id == waiting.person.id:
            return False
        FollowPlaces(session).add(request.id, waiting.person.id, waiting.place)  # where they asked last
        follower = Follower(request.id, waiting.person, waiting.question, self._clock())
        if not FollowerStore(session).add(follower):
            return False
        key = f"known:{issue.id}:{waiting.person.id}"
        watch = ChangeTicket(request.id, Watch(waiting.person), by=waiting.person.id)
        self._outbox.put(session, f"{key}:watch", watch)
        self._outbox.put(session, f"{key}:card", ShowCard(request.id))
        return True

    def leaves(self, session: Session, issue: KnownIssue, person: str) -> None:
        """Theirs is something else."""
        FollowerStore(session).remove(issue.request_id, person)
        FollowPlaces(session).remove(issue.request_id, person)

    def tell_earlier(
        self, session: Session, issue: KnownIssue, said: Sequence[SaidThen], waiting: Sequence[Waiting]
    ) -> int:
        """Everyone who asked before it was known hears of it, each once, where they asked last; returns how many.

        Who has a ticket of their own meanwhile hears the end there: it ends with the issue's.
        """
        told: set[str] = set()
        for one, each in zip(reversed(said), reversed(waiting), strict=True):
            has_own = self._own_request(session, issue, one)
            if one.person in told or one.person == issue.declared_by:
                continue
            told.add(one.person)
            if not has_own:
                self.follow(session, issue, each)
            message = known_issues.known_of(issue.title, issue.answer, issue.since)
            self._speaker.say(session, f"known:{issue.id}:{one.person}:told", each.place, one.person, message)
        return len(told)

    def end_own(self, session: Session, issue: KnownIssue) -> None:
        """It is over: the tickets that its askers had of their own are closed with the same words."""
        store, words = RequestStore(session), texts.over_reason(issue.title)
        numbers = {one.request_id for one in KnownIssueStore(session).said(issue.questions) if one.request_id}
        for number in sorted(numbers - {issue.request_id}):
            own = store.lock(number)
            if own is not None and own.is_open and own.state in _THEIR_OWN:
                NewsStore(session).ends(number, Ending(words, by=issue.declared_by))
                close = ChangeTicket(number, Close(words), by=issue.declared_by)
                self._outbox.put(session, f"known:{issue.id}:over:{number}", close)

    def _own_request(self, session: Session, issue: KnownIssue, one: SaidThen) -> bool:
        """A request they made meanwhile: one that still waits joins, a ticket says what it is part of (then True)."""
        store = RequestStore(session)
        own = store.lock(one.request_id) if one.request_id is not None else None
        parent = store.get(issue.request_id)
        if own is None or parent is None or not own.is_open:
            return False
        if own.state is RequestState.HELD:
            store.join(own.id, parent.id)
            return False
        words = texts.PART_OF.format(title=issue.title, ref=parent.ref)
        self._outbox.put(session, f"known:{issue.id}:part:{own.id}", CommentTicket(own.id, words))
        return True


def lasting(place: Place, person: str) -> Place:
    """Where something can be said later: what was asked by a command is followed in the person's messages."""
    return Place(place.team, person, Surface.DM) if place.surface is Surface.PRIVATE else place


def is_active(issue: KnownIssue | None) -> bool:
    """Whether an issue still answers questions."""
    return issue is not None and issue.state is IssueState.ACTIVE
