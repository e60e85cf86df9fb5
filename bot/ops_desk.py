"""What ops people decide about a request: take it, give it away, ask for more, change its type, close or decline it.
Every press is checked here, whatever the form or button said; what the tracker then
refuses reaches whoever wanted it (bot.ticket_delivery).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from bot import ops_texts
from bot.asking import Work
from bot.audiences import may_show_texts
from bot.clock import Clock
from bot.conversations import Conversations, RequestPlace
from bot.database import Database
from bot.domain import Place, Surface
from bot.effects import ChangeTicket, CommentTicket, DescribeTicket, Post, ShowCard
from bot.incoming import ButtonPressed, FormContext, OpsSubmitted
from bot.missing_info import MissingInfo
from bot.ops_people import OpsPeople
from bot.outbox import Outbox
from bot.people import Directory
from bot.slack import answers, ids, news, ops_messages
from bot.slack.message import Markup, Message, row_id
from bot.speaking import Speaker
from bot.ticket_news import Ending, NewsStore
from escalation.domain import Assign, Close, Form, Label, Person, Request, Retype, TicketChange
from escalation.drafts import NEEDS_INFO_LABEL
from escalation.request_store import RequestStore

Note = Callable[[Markup, str], str]
"""A line for teammates, made of a Markup and the ticket."""


class OpsDesk:
    """Handles the buttons and forms of ops people."""

    def __init__(
        self,
        forms: Sequence[Form],
        people: OpsPeople,
        directory: Directory,
        speaker: Speaker,
        outbox: Outbox,
        database: Database,
        clock: Clock,
    ) -> None:
        self._forms = {form.id: form for form in forms}
        self._people = people
        self._directory = directory
        self._speaker = speaker
        self._outbox = outbox
        self._database = database
        self._clock = clock

    def take(self, item: ButtonPressed) -> Work:
        """**Take it**: the ticket is theirs."""
        number = row_id(item.value)
        pressed = OpsSubmitted(item.user, ids.OPS_TAKE, number, {"person": item.user}, _place_of(item), item.key)
        return self.decided(pressed)

    def decided(self, item: OpsSubmitted) -> Work:
        """A form, or **Take it**."""
        with self._database.read() as session:
            request = RequestStore(session).get(item.request_id)
            placed = Conversations(session).request_place(item.request_id)
        if request is None:
            return self._tell(item, answers.forgotten_question())
        if not self._people.includes(item.user):
            return self._tell(item, ops_messages.not_ops())
        if not request.is_open:
            return self._tell(item, ops_messages.not_open(request))
        match item.action:
            case ids.OPS_TAKE | ids.OPS_REASSIGN:
                return self._assign(item, request)
            case ids.OPS_ASK_INFO if placed is not None:  # otherwise its asker was forgotten: nobody is there to ask
                return self._ask_info(item, request, placed)
            case ids.OPS_RETYPE:
                return self._retype(item, request)
            case ids.OPS_CLOSE | ids.OPS_DECLINE:
                return self._close(item, request)
            case _:
                return self._tell(item, answers.forgotten_question())

    def _assign(self, item: OpsSubmitted, request: Request) -> Work:
        info = self._directory.person(item.values.get("person", ""))
        if info.email is None:
            return self._tell(item, ops_messages.no_email(info.name))
        who, whom = self._name(item.user), info.name
        takes = info.id == item.user
        change = Assign(Person(info.id, info.name, info.email))

        def note(m: Markup, key: str) -> str:
            return ops_texts.takes(m.words(who), key) if takes else ops_texts.gives(m.words(who), key, m.words(whom))

        return lambda session: self._change(session, item, request, change, note)

    def _ask_info(self, item: OpsSubmitted, request: Request, placed: RequestPlace) -> Work:
        """The question goes into the asker's thread, and a reminder is due when nothing comes."""
        words, who = item.values.get("words", "").strip(), self._name(item.user)
        shown = may_show_texts(request, placed.place, self._directory)

        def write(session: Session) -> None:
            asked = news.asked_for_info(request, who, words, shown=shown)
            self._speaker.say(session, f"info:{item.key}", placed.place, placed.person, asked)
            if not shown:
                own = Place(placed.place.team, placed.person, Surface.DM)
                full = news.asked_for_info(request, who, words, shown=True)
                self._speaker.say(session, f"info:{item.key}:dm", own, placed.person, full)
            MissingInfo(session).asked(request.id, self._clock())
            comment = CommentTicket(request.id, ops_texts.asked_on_ticket(who, words))
            self._outbox.put(session, f"comment:{item.key}", comment)
            label = Label(add=(NEEDS_INFO_LABEL,))
            self._change(session, item, request, label, lambda m, key: ops_texts.asks_info(m.words(who), key))

        return write

    def _retype(self, item: OpsSubmitted, request: Request) -> Work:
        form, who = self._forms.get(item.values.get("form_id", "")), self._name(item.user)
        if form is None:
            return self._tell(item, answers.forgotten_question())

        def write(session: Session) -> None:
            store = RequestStore(session)
            now = store.lock(request.id)
            if now is None:
                return
            store.update_draft(request.id, replace(now.draft, form_id=form.id))
            self._outbox.put(session, f"describe:{request.id}:{item.key}", DescribeTicket(request.id))
            self._outbox.put(session, f"card:{request.id}:{item.key}", ShowCard(request.id))
            self._change(
                session,
                item,
                request,
                Retype(form.issue_type),
                lambda m, key: ops_texts.changes_type(m.words(who), key, m.words(form.name)),
            )

        return write

    def _close(self, item: OpsSubmitted, request: Request) -> Work:
        declined = item.action == ids.OPS_DECLINE
        words = ops_texts.declined(item.values.get("words", ""), item.values.get("better", ""))
        who = self._name(item.user)

        def note(m: Markup, key: str) -> str:
            return ops_texts.declines(m.words(who), key) if declined else ops_texts.closes(m.words(who), key)

        def write(session: Session) -> None:
            NewsStore(session).ends(request.id, Ending(words, declined, item.user))
            self._change(session, item, request, Close(words, declined), note)

        return write

    def _change(
        self, session: Session, item: OpsSubmitted, request: Request, change: TicketChange, note: Note
    ) -> None:
        """The change itself, and a line for teammates below the request's line."""
        effect = ChangeTicket(request.id, change, by=item.user)
        self._outbox.put(session, f"change:{item.key}", effect)
        message, place = ops_messages.noted(request, note), item.context
        if place.channel and place.message:
            thread = place.thread or place.message
            self._outbox.put(
                session,
                f"note:{item.key}",
                Post(place.channel, message.text, message.blocks, thread, kept=message.kept),
            )

    def _name(self, person: str) -> str:
        return self._directory.person(person).name

    def _tell(self, item: OpsSubmitted, message: Message) -> Work:
        return lambda session: self._speaker.answer_form(session, item, message)


def _place_of(item: ButtonPressed) -> FormContext:
    return FormContext(item.team, item.channel, item.thread_ts, item.message_ts, response_url=item.response_url)
