"""Requests from their first word to their ticket: opened once, shown in one card, never dropped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy.orm import Session

from bot import ticket_texts
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
from escalation.domain import Closest, Draft, FieldType, Form, Origin, Person, Request, RequestState
from escalation.drafts import draft_from_question, form_by_id, prefill, summary_of
from escalation.general_form import specific
from escalation.protocols import Similarity
from escalation.request_store import RequestStore
from knowledge.domain import Hit, Verdict

KEPT_AFTER = timedelta(seconds=4)
"""When the tracker has not answered by then, the person is told that the request is kept."""

CLOSEST_SHOWN = 3

_MEMBER_ID = re.compile(r"[UW][A-Z0-9]{2,20}")


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
        if request is not None and request.is_open:
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
        if item.context.request_id is not None and self._complete(session, item, opening.draft):
            return  # otherwise it was closed meanwhile: what was typed becomes a request of its own
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
            names=self._names(item),
        )
        return Opening(draft, place, item.user, tickets.Because.ASKED_FOR)

    def note(self, session: Session, request: Request, asked: Asked, question_id: int) -> None:
        """Something said in a request's thread goes onto its ticket."""
        self._comment(session, request, self._name(asked.person), asked.text, question_id)
        message = tickets.added_to(request) if "?" in asked.text else tickets.noted_on(request)
        self._speaker.say(session, f"reply:{question_id}", asked.place, asked.person, message)

    def withdraw(self, session: Session, request_id: int, key: str) -> Request | None:
        """**Not needed**: close the ticket, or never open it. None when there is nothing left to close."""
        store = RequestStore(session)
        request = store.lock(request_id)
        if request is None or not request.is_open:
            return None
        store.withdrawn(request_id)
        if request.ticket is not None:  # otherwise the row that makes the ticket sees to it, should there be one yet
            self._outbox.put(session, f"withdraw:{request_id}", WithdrawTicket(request_id))
        self._outbox.put(session, f"card:{request_id}:{key}", ShowCard(request_id))
        return request

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
        self._comment(session, request, opening.draft.requester.name, opening.draft.question, question_id)
        message = tickets.added_to(request)
        self._speaker.say(session, f"reply:{question_id}", opening.place, opening.person, message)

    def _comment(self, session: Session, request: Request, who: str, words: str, question_id: int) -> None:
        comment = CommentTicket(request.id, ticket_texts.said_in_thread(who, words))
        self._outbox.put(session, f"comment:{question_id}", comment)

    def _complete(self, session: Session, item: FormSubmitted, typed: Draft) -> bool:
        """Add what was filled in to its request; False when that is closed or gone."""
        store = RequestStore(session)
        request = store.lock(item.context.request_id) if item.context.request_id else None
        if request is None or not request.is_open:
            return False
        draft = replace(
            request.draft,
            form_id=item.form_id,
            answers={**request.draft.answers, **item.answers},
            extra={**request.draft.extra, **item.extra},
            names={**request.draft.names, **typed.names},
        )
        store.update_draft(request.id, draft)
        Conversations(session).say_because(request.id, tickets.Because.DETAILS_ADDED)
        if request.state is RequestState.NEEDS_FIELDS:
            self._outbox.put(session, f"create:{request.id}:{item.key}", CreateTicket(request.id))
        elif request.state is RequestState.FILED:
            self._outbox.put(session, f"describe:{request.id}:{item.key}", DescribeTicket(request.id))
        self._outbox.put(session, f"card:{request.id}:{item.key}", ShowCard(request.id))
        placed = Conversations(session).request_place(request.id)
        if placed and placed.person != item.user:
            note = tickets.details_by(request, typed.requester.name)
            self._speaker.say(session, f"details:{item.key}", placed.place, item.user, note)
        return True

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
        return tuple(f"{self._name(m.user)}: {plain_text(m.text, name_of=self._name)}" for m in before)

    def _name(self, person: str) -> str:
        return self._directory.person(person).name

    def _names(self, item: FormSubmitted) -> dict[str, str]:
        """The names of the people picked in a form: the ops team reads no ids."""
        form = form_by_id(self._forms, item.form_id)
        fields = [f for f in form.fields if f.type is FieldType.USER] if form else []
        picked = [str(item.answers[f.key]) for f in fields if f.key in item.answers]
        return {person: self._name(person) for person in picked if _MEMBER_ID.fullmatch(person)}

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
