"""What the ops team does about spikes and known issues: declare one, end it, let it go on. Checked at every press."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.orm import Session

from bot import known_issue_texts as texts
from bot.clock import Clock
from bot.conversations import Conversations, RequestPlace
from bot.curation.audit import AuditLog
from bot.curation.known_issue_store import IssueState, KnownIssue, KnownIssueStore, SpikeState
from bot.curation.known_issues import TWO_HOURS, KnownIssues, is_active
from bot.database import Database
from bot.domain import Place, Surface
from bot.effects import ChangeTicket, Update
from bot.incoming import ButtonPressed, MissingSubmitted
from bot.joining import Joining
from bot.ops_people import OpsPeople
from bot.outbox import Outbox
from bot.people import Directory
from bot.rereading import Rereading, pressed_at
from bot.slack import answers, ids, known_issues, ops_messages
from bot.slack.message import Message, row_id
from bot.slack.tickets import Because
from bot.speaking import Speaker
from bot.ticket_news import Ending, NewsStore
from escalation.domain import Close, Draft, Origin, Person
from escalation.request_store import RequestStore
from escalation.summary import summary_of

Work = Callable[[Session], None]

BUTTONS = frozenset({ids.ISSUE_DISMISS, ids.ISSUE_OVER, ids.ISSUE_EXTEND, ids.ISSUE_NOT_MINE})


class KnownIssueDesk:
    """Handles the buttons below a spike and a known issue, and the form that declares one."""

    def __init__(
        self,
        issues: KnownIssues,
        joining: Joining,
        people: OpsPeople,
        directory: Directory,
        rereading: Rereading,
        speaker: Speaker,
        outbox: Outbox,
        database: Database,
        clock: Clock,
    ) -> None:
        self._issues = issues
        self._joining = joining
        self._people = people
        self._directory = directory
        self._rereading = rereading
        self._speaker = speaker
        self._outbox = outbox
        self._database = database
        self._clock = clock

    def pressed(self, item: ButtonPressed) -> Work:
        """One of BUTTONS."""
        if item.action_id == ids.ISSUE_NOT_MINE:
            return self._not_mine(item)
        if not self._people.includes(item.user):
            return self._tell(item, ops_messages.not_ops())
        if item.action_id == ids.ISSUE_DISMISS:
            return self._dismiss(item)
        return self._over(item) if item.action_id == ids.ISSUE_OVER else self._extend(item)

    def declared(self, item: MissingSubmitted) -> Work:
        """The form: one issue per spike, one ticket, and everybody who asked hears of it."""
        if not self._people.includes(item.user):
            return lambda session: self._answer_form(session, item, ops_messages.not_ops())
        with self._database.read() as session:
            store = KnownIssueStore(session)
            spike = store.spike(row_id(item.about))
            said = [one for one in store.said(spike.questions) if one.text] if spike else []
        if spike is None:
            return lambda session: self._answer_form(session, item, answers.forgotten_question())
        waiting = [self._issues.waiting(one.person, one.place, one.text) for one in said]
        declarer = self._directory.person(item.user)
        person = Person(item.user, declarer.name, declarer.email)
        where = self._directory.channel(item.context.channel).name if item.context.channel else ""

        def write(session: Session) -> None:
            issue = self._declare(session, item, person, where)
            if issue is None:
                return
            told = self._issues.tell_earlier(session, issue, said, waiting)
            message = known_issues.declared(issue.id, person.name, issue.title, issue.until, told)
            self._replace(session, item.context.channel, item.context.message or "", item.key, message, item.user)

        return write

    def _declare(self, session: Session, item: MissingSubmitted, person: Person, where: str) -> KnownIssue | None:
        """The issue with its ticket; None when somebody was quicker, and then they are told so."""
        store, now = KnownIssueStore(session), self._clock()
        spike = store.spike(row_id(item.about), lock=True)
        if spike is None or spike.state is SpikeState.DECLARED:
            who = self._directory.person(spike.decided_by).name if spike and spike.decided_by else ""
            self._answer_form(session, item, known_issues.declared_already(who))
            return None
        title, answer = (" ".join(item.values.get("title", "").split()), item.values.get("answer", "").strip())
        lasts = timedelta(hours=row_id(item.values.get("hours", ""))) if item.values.get("hours") else TWO_HOURS
        place = _ops_place(item)
        request = RequestStore(session).open(_draft(title, answer, person, where, len(spike.questions)), now)
        placed = RequestPlace(request.id, item.user, place, None, Because.ASKED_FOR, None)
        Conversations(session).place_request(placed, None)
        self._joining.queue(session, request)
        store.decide(spike.id, SpikeState.DECLARED, item.user)
        AuditLog(session).note(now, item.user, "known issue declared", f"issue:{request.ref}", reason=title)
        first = min((one.at for one in store.said(spike.questions)), default=spike.found_at)
        return store.declare(
            KnownIssue(
                id=0,
                spike_id=spike.id,
                request_id=request.id,
                state=IssueState.ACTIVE,
                title=title,
                answer=answer,
                questions=spike.questions,
                place=place,
                since=first,
                until=now + max(lasts, timedelta(hours=1)),
                declared_by=item.user,
            )
        )

    def _dismiss(self, item: ButtonPressed) -> Work:
        who = self._directory.person(item.user).name

        def write(session: Session) -> None:
            store = KnownIssueStore(session)
            spike = store.spike(row_id(item.value), lock=True)
            if spike is None or spike.state is not SpikeState.ASKED:
                self._speaker.answer_press(session, item, known_issues.decided_already())
                return
            store.decide(spike.id, SpikeState.DISMISSED, item.user)
            self._replaced(session, item, known_issues.not_an_issue(who))

        return write

    def _over(self, item: ButtonPressed) -> Work:
        who = self._directory.person(item.user).name

        def write(session: Session) -> None:
            issue = self._active(session, item)
            if issue is None:
                return
            KnownIssueStore(session).ended(issue.id, self._clock())
            words = texts.over_reason(issue.title)
            NewsStore(session).ends(issue.request_id, Ending(words, by=item.user))
            close = ChangeTicket(issue.request_id, Close(words), by=item.user)
            self._outbox.put(session, f"known:{issue.id}:over", close)
            self._issues.end_own(session, issue)
            self._replaced(session, item, known_issues.ended(who, issue.title))

        return write

    def _active(self, session: Session, item: ButtonPressed) -> KnownIssue | None:
        """The issue of a button, locked; None when it has ended, and whoever pressed is told."""
        issue = KnownIssueStore(session).issue(row_id(item.value), lock=True)
        if issue is not None and is_active(issue):
            return issue
        self._speaker.answer_press(session, item, known_issues.gone())
        return None

    def _extend(self, item: ButtonPressed) -> Work:
        who = self._directory.person(item.user).name

        def write(session: Session) -> None:
            issue = self._active(session, item)
            if issue is None:
                return
            until = max(issue.until, self._clock()) + TWO_HOURS
            KnownIssueStore(session).goes_on(issue.id, until)
            self._replaced(session, item, known_issues.extended(issue.id, who, issue.title, until))

        return write

    def _not_mine(self, item: ButtonPressed) -> Work:
        """What the desk would have said otherwise, as choices; they are not told about the issue any more."""
        question_id, _, number = item.value.partition(":")
        with self._database.read() as session:
            question = Conversations(session).question(row_id(question_id))
            issue = KnownIssueStore(session).issue(row_id(number))
        if question is None or issue is None:
            return self._tell(item, answers.forgotten_question())
        found = self._rereading.hits(question, pressed_at(item), item.user)
        ranks = tuple(found)[: answers.SUGGESTED]
        message = answers.more_hits(question.id, tuple(found[rank] for rank in ranks), ranks=ranks)

        def write(session: Session) -> None:
            if item.user == question.person:
                self._issues.leaves(session, issue, item.user)
            if item.ephemeral or question.place.surface is Surface.PRIVATE:
                self._speaker.answer_press(session, item, message)
            else:
                self._speaker.say(session, f"other:{question.id}", question.place, item.user, message)

        return write

    def _replaced(self, session: Session, item: ButtonPressed, message: Message) -> None:
        self._replace(session, item.channel, item.message_ts, item.key, message, item.user)

    def _replace(self, session: Session, channel: str, ts: str, key: str, message: Message, by: str) -> None:
        if channel and ts:
            update = Update(channel, ts, message.text, message.blocks, tell_on_failure=by, kept=message.kept)
            self._outbox.put(session, f"replace:{key}", update)

    def _tell(self, item: ButtonPressed, message: Message) -> Work:
        return lambda session: self._speaker.answer_press(session, item, message)

    def _answer_form(self, session: Session, item: MissingSubmitted, message: Message) -> None:
        self._speaker.answer_form(session, item, message)


def _ops_place(item: MissingSubmitted) -> Place:
    """The ticket's card goes below the message that asked the ops team."""
    context = item.context
    if context.channel and context.message:
        return Place(
            context.team, context.channel, Surface.CHANNEL, context.message, context.thread or context.message
        )
    return Place(context.team, item.user, Surface.DM)


def _draft(title: str, answer: str, person: Person, where: str, questions: int) -> Draft:
    return Draft(
        summary=summary_of(title),
        requester=person,
        origin=Origin(f"#{where}" if where else "the ops team", None),
        question=texts.ticket_words(title, answer, questions),
        labels=(texts.TICKET_LABEL,),
    )
