"""Requests from their first word to their ticket: opened once, shown in one card, never dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from bot import ticket_texts
from bot.attachments import queue_files
from bot.audiences import is_dm
from bot.checklist_runs import NOTHING_CHECKED, Checked, ChecklistRuns
from bot.clock import Clock
from bot.conversations import Conversations, RequestPlace
from bot.domain import Asked, Place, Surface
from bot.effects import ChangeTicket, CommentTicket, CreateTicket, DescribeTicket, React, ShowCard, WithdrawTicket
from bot.errors import DeskError
from bot.incoming import FormSubmitted, MessageIn
from bot.joining import Joining, Looked
from bot.missing_info import MissingInfo
from bot.outbox import Outbox
from bot.people import Directory
from bot.personal import without_personal
from bot.slack import answers, join, tickets
from bot.slack.client import SlackClient
from bot.slack.message import Message
from bot.slack.mrkdwn import is_member_id
from bot.slack.parse import plain_text
from bot.speaking import Speaker
from escalation.domain import Closest, Draft, FieldType, Form, Label, Origin, Person, Request, RequestState
from escalation.drafts import NEEDS_INFO_LABEL, draft_from_question, form_by_id, prefilled, ticket_labels
from escalation.form_drafts import FormDrafts
from escalation.general_form import specific
from escalation.protocols import Similarity
from escalation.request_store import RequestStore
from escalation.summary import as_titled, summary_of
from escalation.validation import missing
from knowledge.domain import Audience, Verdict

CLOSEST_SHOWN = 3

NOTED = "memo"
"""The reaction that says: this is on the ticket now."""


@dataclass(frozen=True)
class Opening:
    """A request ready to be stored: everything slow has been looked up."""

    draft: Draft
    place: Place
    person: str
    because: str
    looked: Looked  # for a request that is the same


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
        joining: Joining,
        own_domains: frozenset[str] = frozenset(),
    ) -> None:
        """``own_domains``: addresses there may stand on a ticket that is opened without asking."""
        self._own_domains = own_domains
        self._joining = joining
        self._forms = tuple(forms)
        self._similarity = similarity
        self._directory = directory
        self._slack = slack
        self._outbox = outbox
        self._speaker = speaker
        self._clock = clock

    def prepare(
        self,
        asked: Asked,
        verdict: Verdict,
        because: str = tickets.Because.NOT_FOUND,
        checked: Checked = NOTHING_CHECKED,
    ) -> Opening:
        """A prefilled draft from a question: what was asked, by whom, where, and what was found nearest.

        ``checked``: what its checklist has ruled out.
        """
        draft = draft_from_question(
            self._for_all(asked.text),
            self._person(asked.person),
            self._origin(asked.place),
            tuple(map(self._for_all, self._thread(asked))),
            _closest(verdict),
            specific(self._forms),
            self._similarity,
        )
        named = form_by_id(self._forms, checked.form_id)
        draft = replace(draft, checked=checked.facts, form_id=named.id if named else draft.form_id)
        draft = prefilled(draft, form_by_id(self._forms, draft.form_id), self._clock())
        return self._opening(draft, _lasting(asked.place, asked.person), asked.person, because)

    def open_for_question(self, session: Session, opening: Opening, question_id: int, conversation_id: int) -> None:
        """One ticket per conversation: a second question without an answer goes onto the first one's ticket."""
        conversations = Conversations(session)
        existing = conversations.request_in(conversation_id)
        request = RequestStore(session).standing_for(existing) if existing else None
        if request is not None and request.is_open:
            self._add_to(session, request, opening, question_id)
            return
        opened = self._open(session, opening, question_id, conversation_id)
        question = conversations.question(question_id)
        if question and question.place.surface is Surface.PRIVATE:
            held = opened.state is RequestState.HELD
            message = join.kept_meanwhile(opened) if held else tickets.opening_privately(opened.ref)
            self._speaker.say(session, f"reply:{question_id}", question.place, opening.person, message)

    def submit_form(self, session: Session, item: FormSubmitted, opening: Opening) -> None:
        """A filled form: details for a request that exists, or a new request."""
        if item.context.draft_id is not None:
            FormDrafts(session, self._clock()).drop(item.context.draft_id, item.user)
        if item.context.request_id is not None and self._complete(session, item, opening.draft):
            return  # otherwise it was closed meanwhile: what was typed becomes a request of its own
        conversations = Conversations(session)
        question = conversations.question(item.context.question_id) if item.context.question_id else None
        opened = self._open(
            session, opening, question.id if question else None, question.conversation_id if question else None
        )
        if opening.place.thread is None and item.context.response_url:
            held = opened.state is RequestState.HELD
            message = join.kept_meanwhile(opened) if held else tickets.request_taken(opened.ref)
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
        place = _form_place(item, question.place if question else None)
        title = str(item.answers.get("title", ""))
        asked = question.text if question else ""
        asked = asked if item.as_typed else self._for_all(asked)
        text = asked or title
        draft = draft_from_question(
            text,
            self._person(item.user),
            self._origin(place) if question or place.surface is Surface.CHANNEL else _FORM,
            (),
            _closest(question.verdict) if question else (),
            specific(self._forms),
            self._similarity,
        )
        draft = replace(
            draft,
            summary=as_titled(title) or summary_of(text),
            form_id=item.form_id,
            answers=dict(item.answers),
            question=asked,
            names=self._names(item),
            checked=ChecklistRuns(session).checked(question.id).facts if question else (),
        )
        if item.private:
            draft = replace(draft, origin=replace(draft.origin, private=True))
        return self._opening(draft, place, item.user, tickets.Because.ASKED_FOR)

    def note(self, session: Session, request: Request, asked: Asked, question_id: int) -> None:
        """Something said in a request's thread goes onto its ticket."""
        self._comment(session, request, self._name(asked.person), asked.text, question_id)
        self._answered(session, request, asked.person)
        message = tickets.added_to(request) if "?" in asked.text else tickets.noted_on(request)
        self._speaker.say(session, f"reply:{question_id}", asked.place, asked.person, message)

    def note_quietly(self, session: Session, request: Request, item: MessageIn, who: str, words: str) -> None:
        """What people say to each other in a request's thread goes onto its ticket; an emoji says so."""
        said = f"{item.team}:{item.channel}:{item.ts}"
        comment = CommentTicket(request.id, ticket_texts.said_in_thread(who, words))
        self._outbox.put(session, f"comment:{said}", comment)
        self._answered(session, request, item.user)
        self._outbox.put(session, f"noted:{said}", React(item.channel, item.ts, NOTED))

    def leave(self, session: Session, request_id: int, who: str, key: str) -> Message | None:
        """**Not needed** by its asker, while others need it: it stays open, and this says so. None otherwise."""
        request = RequestStore(session).lock(request_id)
        return self._joining.leave(session, request, who, key) if request and request.is_open else None

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
        """Keep a new request; where one like it is open, its person is asked first."""
        same = self._joining.match(session, opening.looked)
        request = RequestStore(session).open(opening.draft, self._clock(), held=same is not None)
        placed = RequestPlace(request.id, opening.person, opening.place, conversation_id, opening.because, None)
        Conversations(session).place_request(placed, question_id)
        self._joining.queue(session, request)
        if same is not None:
            offer = join.offer(request, same)
            self._speaker.say(session, f"offer:join:{request.id}", opening.place, opening.person, offer)
        return request

    def _opening(self, draft: Draft, place: Place, person: str, because: str) -> Opening:
        return Opening(draft, place, person, because, self._joining.look(draft, place, person))

    def _add_to(self, session: Session, request: Request, opening: Opening, question_id: int) -> None:
        words = "\n".join([opening.draft.question, *(f"- {fact}" for fact in opening.draft.checked)])
        self._comment(session, request, opening.draft.requester.name, words, question_id)
        self._answered(session, request, opening.person)
        message = tickets.added_to(request)
        self._speaker.say(session, f"reply:{question_id}", opening.place, opening.person, message)

    def _answered(self, session: Session, request: Request, person: str) -> None:
        """The asker said something: nobody reminds them of it."""
        if person == request.draft.requester.id:
            MissingInfo(session).answered(request.id, self._clock())

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
            origin=replace(request.draft.origin, private=request.draft.origin.private or item.private),
            to_confirm=tuple(key for key in request.draft.to_confirm if key not in item.answers),
        )
        store.update_draft(request.id, draft)
        MissingInfo(session).answered(request.id, self._clock())
        Conversations(session).say_because(request.id, tickets.Because.DETAILS_ADDED)
        if request.state is RequestState.HELD:
            self._joining.release(session, request.id)  # who fills in a form wants their own
        elif request.state is RequestState.NEEDS_FIELDS:
            self._outbox.put(session, f"create:{request.id}:{item.key}", CreateTicket(request.id))
        elif request.state is RequestState.FILED:
            self._outbox.put(session, f"describe:{request.id}:{item.key}", DescribeTicket(request.id))
            self._complete_now(session, request, draft, item)
            queue_files(session, self._outbox, replace(request, draft=draft), self._forms)
        if request.state is not RequestState.HELD:  # its card comes with its ticket
            self._outbox.put(session, f"card:{request.id}:{item.key}", ShowCard(request.id))
        placed = Conversations(session).request_place(request.id)
        if placed and placed.person != item.user:
            note = tickets.details_by(request, typed.requester.name)
            self._speaker.say(session, f"details:{item.key}", placed.place, item.user, note)
        return True

    def _complete_now(self, session: Session, request: Request, draft: Draft, item: FormSubmitted) -> None:
        """With the last detail the ticket is no longer marked as waiting for some."""
        form = form_by_id(self._forms, draft.form_id)
        marked = request.ticket is not None and NEEDS_INFO_LABEL in request.ticket.labels
        if not marked or form is None or missing(form, draft.answers):
            return
        if NEEDS_INFO_LABEL not in ticket_labels(draft, form, request.marker):
            change = ChangeTicket(request.id, Label(remove=(NEEDS_INFO_LABEL,)), item.user)
            self._outbox.put(session, f"complete:{request.id}:{item.key}", change)

    def _for_all(self, words: str) -> str:
        """What may go onto a ticket unasked: colleagues read it, so nobody's address or number."""
        return without_personal(words, self._own_domains).text

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
        return {person: self._name(person) for person in picked if is_member_id(person)}

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


_FORM = Origin("the request form", None)
"""Nobody has said anything yet: the form asks who may read what is typed there."""


def _closest(verdict: Verdict) -> tuple[Closest, ...]:
    """For the ticket, which every colleague may read: what is kept for a group or a channel is not named there."""
    shown = [hit for hit in verdict.hits if Audience.internal().may_read(hit.audience)][:CLOSEST_SHOWN]
    return tuple(Closest(hit.name, hit.url, answers.why_not(verdict, hit)) for hit in shown)


def _lasting(place: Place, person: str) -> Place:
    """Where a card can live: what was asked in private is followed in the DM."""
    if place.surface is Surface.PRIVATE:
        return Place(place.team, person, Surface.DM)
    return place


def _form_place(item: FormSubmitted, asked_in: Place | None) -> Place:
    """Where its card will live: where it was asked; what its person wants kept private goes to their own messages."""
    context = item.context
    if item.private:
        return Place(context.team, item.user, Surface.DM)
    if asked_in is not None:
        return _lasting(asked_in, item.user)
    if context.thread and context.channel:
        surface = Surface.DM if is_dm(context.channel) else Surface.CHANNEL
        return Place(context.team, context.channel, surface, context.message, context.thread)
    return Place(context.team, item.user, Surface.DM)
