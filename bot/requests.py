"""Requests from their first word to their ticket: opened once, shown in one card, never dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.conversations import Conversations, RequestPlace
from bot.domain import Asked, Place, Surface
from bot.effects import CommentTicket, CreateTicket, DescribeTicket, KeptNotice, ShowCard, WithdrawTicket
from bot.errors import DeskError
from bot.incoming import FormSubmitted
from bot.outbox import Outbox
from bot.people import Directory
from bot.slack import answers, tickets
from bot.slack.client import SlackClient
from bot.slack.parse import plain_text
from bot.speaking import Speaker
from escalation.domain import Closest, Draft, Form, Origin, Person, Request, RequestState
from escalation.drafts import draft_from_question, form_by_id, prefill, summary_of
from escalation.general_form import specific
from escalation.protocols import Similarity
from escalation.request_store import RequestStore
from knowledge.domain import Hit, Verdict

KEPT_AFTER = timedelta(seconds=4)
"""When the tracker has not answered by then, the person is told that the request is kept."""

CLOSEST_SHOWN = 3


@dataclass(frozen=True)
class Opening:
    """A request ready to be stored: everything slow has been looked up."""

    draft: Draft
    place: Place
    person: str
    because: str


class RequestDesk:
    """Opens, completes and withdraws requests. Writes in the caller's transaction."""

    def __init__(
        self,
        forms: Sequence[Form],
        similarity: Similarity,
        directory: Directory,
        slack: SlackClient,
        outbox: Outbox,
        speaker: Speaker,
        clock: Clock,
    ) -> None:
        self._forms = tuple(forms)
        self._similarity = similarity
        self._directory = directory
        self._slack = slack
        self._outbox = outbox
        self._speaker = speaker
        self._clock = clock

    def prepare(self, asked: Asked, verdict: Verdict, because: str = tickets.Because.NOT_FOUND) -> Opening:
        """A prefilled draft from a question: what was asked, by whom, where, and what was found nearest."""
        draft = draft_from_question(
            asked.text,
            self._person(asked.person),
            self._origin(asked.place),
            self._thread(asked),
            _closest(verdict),
            specific(self._forms),
            self._similarity,
        )
        form = form_by_id(self._forms, draft.form_id)
        draft = replace(draft, answers=prefill(form, asked.text) if form else {})
        return Opening(draft, _lasting(asked.place, asked.person), asked.person, because)

    def open_for_question(self, session: Session, opening: Opening, question_id: int, conversation_id: int) -> None:
        """One ticket per conversation: a second question without an answer goes onto the first one's ticket."""
        conversations = Conversations(session)
        existing = conversations.request_in(conversation_id)
        request = RequestStore(session).get(existing) if existing else None
        if request is not None and request.state is not RequestState.WITHDRAWN:
            self._add_to(session, request, opening, question_id)
            return
        opened = self._open(session, opening, question_id, conversation_id)
        question = conversations.question(question_id)
        if question and question.place.surface is Surface.PRIVATE:
            message = tickets.opening_privately(opened.ref)
            self._speaker.say(session, f"reply:{question_id}", question.place, opening.person, message)

    def submit_form(self, session: Session, item: FormSubmitted, opening: Opening) -> None:
        """A filled form: details for a request that exists, or a new request."""
        if item.context.draft_id is not None:
            RequestStore(session).delete_form_draft(item.context.draft_id)
        if item.context.request_id is not None:
            self._complete(session, item)
            return
        conversations = Conversations(session)
        question = conversations.question(item.context.question_id) if item.context.question_id else None
        opened = self._open(
            session, opening, question.id if question else None, question.conversation_id if question else None
        )
        if opening.place.thread is None and item.context.response_url:
            message = tickets.request_taken(opened.ref)
            self._speaker.whisper(
                session,
                f"taken:{opened.id}",
                item.context.response_url,
                item.user,
                message,
                replace=question is not None,
            )

    def prepare_form(self, session: Session, item: FormSubmitted) -> Opening:
        """The draft of a submitted form, with the question it came from when there is one."""
        question = Conversations(session).question(item.context.question_id) if item.context.question_id else None
        place = _form_place(item) if not question else _lasting(question.place, item.user)
        title = str(item.answers.get("title", ""))
        text = question.text if question else title
        draft = draft_from_question(
            text,
            self._person(item.user),
            self._origin(place),
            (),
            _closest(question.verdict) if question else (),
            specific(self._forms),
            self._similarity,
        )
        draft = replace(
            draft,
            summary=summary_of(title or text),
            form_id=item.form_id,
            answers=dict(item.answers),
            question=question.text if question else "",
        )
        return Opening(draft, place, item.user, tickets.Because.ASKED_FOR)

    def withdraw(self, session: Session, request_id: int, key: str) -> None:
        """**Not needed**: close the ticket, or never open it."""
        store = RequestStore(session)
        request = store.get(request_id)
        if request is None or request.state in (RequestState.WITHDRAWN, RequestState.DEAD):
            return
        filed = request.ticket is not None
        store.withdrawn(request_id)
        if filed or request.state is RequestState.UNKNOWN:
            self._outbox.put(session, f"withdraw:{request_id}", WithdrawTicket(request_id))
        self._outbox.put(session, f"card:{request_id}:{key}", ShowCard(request_id))

    def _open(
        self, session: Session, opening: Opening, question_id: int | None, conversation_id: int | None
    ) -> Request:
        request = RequestStore(session).open(opening.draft, self._clock())
        placed = RequestPlace(request.id, opening.person, opening.place, conversation_id, opening.because, None)
        Conversations(session).place_request(placed, question_id)
        self._outbox.put(session, f"create:{request.id}", CreateTicket(request.id))
        self._outbox.put(session, f"kept:{request.id}", KeptNotice(request.id), KEPT_AFTER)
        return request

    def _add_to(self, session: Session, request: Request, opening: Opening, question_id: int) -> None:
        comment = CommentTicket(request.id, opening.draft.question)
        self._outbox.put(session, f"comment:{question_id}", comment)
        message = tickets.added_to(request)
        self._speaker.say(session, f"reply:{question_id}", opening.place, opening.person, message)

    def _complete(self, session: Session, item: FormSubmitted) -> None:
        store = RequestStore(session)
        request = store.get(item.context.request_id) if item.context.request_id else None
        if request is None:
            return
        draft = replace(
            request.draft,
            form_id=item.form_id,
            answers={**request.draft.answers, **item.answers},
            extra={**request.draft.extra, **item.extra},
        )
        store.update_draft(request.id, draft)
        Conversations(session).say_because(request.id, tickets.Because.DETAILS_ADDED)
        if request.state is RequestState.NEEDS_FIELDS:
            self._outbox.put(session, f"create:{request.id}:{item.key}", CreateTicket(request.id))
        elif request.state is RequestState.FILED:
            self._outbox.put(session, f"describe:{request.id}:{item.key}", DescribeTicket(request.id))
        self._outbox.put(session, f"card:{request.id}:{item.key}", ShowCard(request.id))

    def _thread(self, asked: Asked) -> tuple[str, ...]:
        """What was said before the question, by whom; the asker's own questions where the thread cannot be read."""
        place = asked.place
        if place.thread is None or place.message == place.thread:
            return asked.earlier
        try:
            said = self._slack.thread(place.channel, place.thread)
        except DeskError:
            return asked.earlier  # a ticket without the thread beats no ticket
        before = [m for m in said if place.message is None or m.ts < place.message]
        return tuple(f"{self._directory.person(m.user).name}: {plain_text(m.text)}" for m in before)

    def _person(self, person: str) -> Person:
        info = self._directory.person(person)
        return Person(person, info.name, info.email)

    def _origin(self, place: Place) -> Origin:
        if place.surface is not Surface.CHANNEL:
            return Origin("a direct message with the desk", None, private=True)
        channel = self._directory.channel(place.channel)
        where = "a private channel" if channel.is_private else f"#{channel.name}"
        return Origin(where, self._permalink(place), private=channel.is_private)

    def _permalink(self, place: Place) -> str | None:
        ts = place.message or place.thread
        if ts is None:
            return None
        try:
            return self._slack.permalink(place.channel, ts)
        except DeskError:
            return None  # a ticket without the link beats no ticket


def _closest(verdict: Verdict) -> tuple[Closest, ...]:
    return tuple(Closest(_name(hit), hit.url, answers.why_not(verdict, hit)) for hit in verdict.hits[:CLOSEST_SHOWN])


def _name(hit: Hit) -> str:
    return f"{hit.title} › {hit.heading}" if hit.heading and hit.heading != hit.title else hit.title


def _lasting(place: Place, person: str) -> Place:
    """Where a card can live: what was asked in private is followed in the DM."""
    if place.surface is Surface.PRIVATE:
        return Place(place.team, person, Surface.DM)
    return place


def _form_place(item: FormSubmitted) -> Place:
    context = item.context
    if context.thread and context.channel:
        surface = Surface.DM if context.channel.startswith("D") else Surface.CHANNEL
        return Place(context.team, context.channel, surface, context.message, context.thread)
    return Place(context.team, item.user, Surface.DM)
