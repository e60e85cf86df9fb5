"""From something that came in to a stored question, its verdict, and what is said about it.

Every handler does the slow part (Slack look-ups, the verdict) first and returns the part that writes, which the
worker runs in the transaction that finishes the inbox row: all of it happens, or none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from enum import Enum, auto
from typing import Protocol, assert_never

from sqlalchemy.orm import Session

from bot.answer_variables import AnswerVariables
from bot.audiences import Audiences, Readers
from bot.checklist_runs import ChecklistRuns
from bot.clock import Clock
from bot.conversations import AskedQuestion, Conversation, Conversations
from bot.database import Database
from bot.domain import Asked, Place, Reply, ReplyKind, Surface
from bot.help_desk import HelpDesk
from bot.incoming import AskShortcut, AskSubmitted, MessageIn, SlashQuestion
from bot.link_check import LinkCheck, LinkReview
from bot.on_duty import OnDuty
from bot.people import Directory
from bot.requests import RequestDesk
from bot.slack import answers, intake, replies, tickets
from bot.slack.late import away, begun_late
from bot.slack.message import Message
from bot.slack.parse import plain_text
from bot.speaking import Speaker
from bot.thread_context import NO_CONTEXT, Context, context_of
from knowledge.domain import Question
from knowledge.variables import Known, nothing_known

Work = Callable[[Session], None]
"""The writing half of a handler."""


def nothing(_session: Session) -> None:
    """Work for what needs none."""


class Role(Enum):
    """What a message is to the desk."""

    ADDRESSED = auto()
    OVERHEARD = auto()
    THIRD_PERSON = auto()
    NOT_FOR_US = auto()


_NO_ANSWER = (
    ReplyKind.SUGGEST,
    ReplyKind.TICKET,
    ReplyKind.OFFER,
    ReplyKind.OFF_TOPIC,
    ReplyKind.FRAGMENT,
    ReplyKind.NOTHING_TO_LOOK_IN,
)


class AnswersKnown(Protocol):
    """Who knows what is broken just now."""

    def answered(self, asked: Asked, question: Question, reply: Reply) -> Work | None:
        """What to write about a question on it; None for any other."""


class Hears(Protocol):
    """Who answers what no document does, and what takes more than its words to tell."""

    def heard(self, asked: Asked, reply: Reply, context: Context) -> Work | None:
        """What to write about something that was said to the desk; None for anything else."""


class Asking:
    """Handles the ways to ask."""

    def __init__(
        self,
        desk: HelpDesk,
        directory: Directory,
        audiences: Audiences,
        requests: RequestDesk,
        speaker: Speaker,
        database: Database,
        clock: Clock,
        desk_user: str,
        listen_channels: frozenset[str],
        on_duty: OnDuty,
        links: LinkCheck,
        variables: AnswerVariables,
        issues: AnswersKnown,
        asides: Sequence[Hears] = (),
    ) -> None:
        self._desk = desk
        self._directory = directory
        self._audiences = audiences
        self._requests = requests
        self._speaker = speaker
        self._database = database
        self._clock = clock
        self._desk_user = desk_user
        self._listen = listen_channels
        self._on_duty = on_duty
        self._links = links
        self._variables = variables
        self._issues = issues
        self._asides = tuple(asides)

    def handle(self, item: MessageIn | SlashQuestion | AskShortcut | AskSubmitted) -> Work:
        """A question, whichever way it came."""
        match item:
            case MessageIn():
                return self.message(item)
            case SlashQuestion():
                return self.slash(item)
            case AskShortcut():
                return self.shortcut(item)
            case AskSubmitted():
                return self.ask_form(item)
        assert_never(item)

    def message(self, item: MessageIn) -> Work:
        """A mention, a DM, a follow-up in a thread of ours, or something overheard."""
        surface = Surface.DM if item.is_dm else Surface.CHANNEL
        place = Place(item.team, item.channel, surface, item.ts, item.thread_ts or item.ts)
        context = context_of(self._database, place)
        match self.role(item, context.conversation):
            case Role.NOT_FOR_US:
                return self._goes_along(item, context)
            case Role.THIRD_PERSON:
                return _both(lambda session: _joined(session, context.conversation), self._goes_along(item, context))
            case Role.ADDRESSED:
                addressed = True
            case Role.OVERHEARD:
                addressed = False
        text = self._words(item.text)
        asked = Asked(text, item.user, place, addressed, context.earlier, late=item.late, helped=item.helped)
        return self._ask(asked, self._readers(place, item.user, item.shared), context)

    def _goes_along(self, item: MessageIn, context: Context) -> Work:
        """People talk among themselves: where the thread has a ticket, the ops team reads along there."""
        request, words = context.request, self._words(item.text)
        if request is None or not words:
            return nothing
        who = self._directory.person(item.user).name
        return lambda session: self._requests.note_quietly(session, request, item, who, words)

    def role(self, item: MessageIn, conversation: Conversation | None) -> Role:
        """Who a message is meant for. In a thread of two nobody need mention the desk; with a third they must."""
        if item.is_dm or item.mentions_desk:
            return Role.ADDRESSED
        if conversation is not None:
            if item.user != conversation.asker:
                return Role.THIRD_PERSON
            return Role.NOT_FOR_US if conversation.others_joined or item.mentions_others else Role.ADDRESSED
        if item.thread_ts is None and item.channel in self._listen and not item.mentions_others:
            return Role.OVERHEARD
        return Role.NOT_FOR_US

    def slash(self, item: SlashQuestion) -> Work:
        """`/mops question`: only the asker sees the reply."""
        place = Place(item.team, item.channel, Surface.PRIVATE, response_url=item.response_url)
        asked = Asked(item.text, item.user, place, addressed=True)
        return self._ask(asked, self._readers(place, item.user, None))

    def shortcut(self, item: AskShortcut) -> Work:
        """ "Ask the desk" on a message: the reply goes into that message's thread."""
        thread = item.thread_ts or item.message_ts
        place = Place(item.team, item.channel, Surface.CHANNEL, item.message_ts, thread, item.response_url)
        asked = Asked(self._words(item.text), item.user, place, True, on_behalf_of=item.author or None)
        return self._ask(asked, self._readers(place, item.user, None))

    def ask_form(self, item: AskSubmitted) -> Work:
        """The App Home's question form: answered in the DM with the desk."""
        place = Place(item.team, item.user, Surface.DM)
        asked = Asked(item.text, item.user, place, addressed=True)
        return self._ask(asked, self._readers(place, item.user, None))

    def unsolved(self, question: AskedQuestion) -> Work:
        """None of what was found is right: hand over, as the policy says."""
        if question.request_id is not None:
            return nothing
        asked = Asked(question.text, question.person, question.place, addressed=True)
        reply = self._desk.unsolved(Reply(question.kind, question.verdict))
        if reply.kind is ReplyKind.TICKET:
            with self._database.read() as session:
                checked = ChecklistRuns(session).checked(question.id)
            opening = self._requests.prepare(asked, reply.verdict, tickets.Because.NONE_OF_THESE, checked)
            return lambda session: self._requests.open_for_question(
                session, opening, question.id, question.conversation_id
            )
        offer = answers.offer(question.id, after_none=True)
        return lambda session: self._speaker.say(session, f"offer:{question.id}", asked.place, asked.person, offer)

    def _readers(self, place: Place, person: str, shared: bool | None) -> Readers:
        return self._audiences.or_strangers(place, person, self._desk.texts(), shared)

    def _replied(self, asked: Asked, readers: Readers, context: Context) -> tuple[Question, Reply]:
        earlier = () if context.request else asked.earlier  # what came before is with people now
        audience, unknown = readers
        question = Question(asked.text, earlier, asked.addressed, audience)
        reply = _considerate(asked, self._desk.reply(question, on_ticket=context.request is not None))
        if unknown is not None and reply.kind is not ReplyKind.ANSWER:
            raise unknown
        return question, reply

    def _ask(self, asked: Asked, readers: Readers, context: Context = NO_CONTEXT) -> Work:
        question, reply = self._replied(asked, readers, context)
        if reply.kind is ReplyKind.SILENCE:
            return nothing
        aside = self._aside(asked, reply, context)
        if aside is not None:
            return _both(lambda session: self._say_late(session, asked), aside)
        known_issue = self._issues.answered(asked, question, reply) if context.request is None else None
        if known_issue is not None:
            return _both(lambda session: self._say_late(session, asked), known_issue)
        if reply.kind in _NO_ANSWER and asked.addressed and asked.place.surface is Surface.CHANNEL:
            alone = self._for_asker_alone(asked, question, context)
            if alone is not None:
                return _both(lambda session: self._say_late(session, asked), alone)
        links = self._links.review(asked.text) if asked.addressed else None
        if links and links.is_the_question and context.request is None:
            reply = Reply(ReplyKind.LINK, reply.verdict)
        opening = self._requests.prepare(asked, reply.verdict) if reply.kind is ReplyKind.TICKET else None
        known = self.known(asked, reply)

        def write(session: Session) -> None:
            conversations = Conversations(session)
            question_id = conversations.record(asked, reply, self._clock())
            if opening is not None:
                self._say_late(session, asked)
                conversation = conversations.conversation_of(question_id)
                self._requests.open_for_question(session, opening, question_id, conversation)
                self._say_of_links(session, question_id, asked, links)
                return
            if reply.kind is ReplyKind.NOTE and context.request is not None:
                self._requests.note(session, context.request, asked, question_id)
                self._say_of_links(session, question_id, asked, links)
                return
            message = self._with_links(self.render(question_id, asked, reply, context, known), reply, links)
            message = answers.one_of_several(message, reply.took) if reply.several else message
            message = begun_late(message, asked)
            self._speaker.say(session, f"reply:{question_id}", asked.place, asked.person, message)

        return write

    def _aside(self, asked: Asked, reply: Reply, context: Context) -> Work | None:
        heard = (one.heard(asked, reply, context) for one in self._asides if asked.addressed)
        return next((work for work in heard if work is not None), None)

    def _say_late(self, session: Session, asked: Asked) -> None:
        """Why it comes now, before something that has no place for it."""
        if asked.late:
            key = f"late:{asked.place.thread_key}:{asked.place.message}"
            self._speaker.say(session, key, asked.place, asked.person, away(asked))

    def _for_asker_alone(self, asked: Asked, question: Question, context: Context) -> Work | None:
        """Not everyone here may read the answer, but its asker may: it goes to them, and the channel hears so."""
        own = self._audiences.of_person(asked.person, self._desk.texts(), or_wait=True)
        if context.request is not None or own == question.audience:
            return None
        reply = self._desk.reply(replace(question, audience=own))
        if reply.kind is not ReplyKind.ANSWER:
            return None
        alone = replace(asked, place=Place(asked.place.team, asked.person, Surface.DM))
        known = self.known(alone, reply)

        def write(session: Session) -> None:
            question_id = Conversations(session).record(alone, reply, self._clock())
            answer = answers.only_for_you(self.render(question_id, alone, reply, known=known), asked.text)
            self._speaker.say(session, f"reply:{question_id}", alone.place, asked.person, answer)
            key = f"elsewhere:{question_id}"
            self._speaker.say(session, key, asked.place, asked.person, answers.elsewhere())

        return write

    def _with_links(self, message: Message, reply: Reply, links: LinkReview | None) -> Message:
        """An answer with a word about the campaign links in its question, or that word alone."""
        if links is None:
            return message
        return intake.link_answer(links) if reply.kind is ReplyKind.LINK else intake.with_links(message, links)

    def _say_of_links(self, session: Session, question_id: int, asked: Asked, links: LinkReview | None) -> None:
        if links is not None and links.notes:
            self._speaker.say(
                session, f"links:{question_id}", asked.place, asked.person, intake.link_notes(links), replace=False
            )

    def known(self, asked: Asked, reply: Reply) -> Known:
        """What the variables of an answer stand for; nothing for what is no answer."""
        if reply.kind is not ReplyKind.ANSWER:
            return nothing_known
        return self._variables.known(reply.verdict.hits[0], asked.place, asked.person)

    def render(
        self,
        question_id: int,
        asked: Asked,
        reply: Reply,
        context: Context = NO_CONTEXT,
        known: Known = nothing_known,
    ) -> Message:
        """What is said about a question (tickets have their own card)."""
        verdict = reply.verdict
        private = asked.place.surface is Surface.PRIVATE
        match reply.kind:
            case ReplyKind.ANSWER:
                return answers.answer(
                    question_id,
                    verdict.hits[0],
                    0,
                    len(verdict.hits) > 1,
                    self._today(),
                    private=private,
                    overheard=not asked.addressed,
                    known=known,
                )
            case ReplyKind.SUGGEST:
                return answers.suggest(question_id, verdict.hits[: answers.SUGGESTED])
            case ReplyKind.OFFER | ReplyKind.TICKET:
                return answers.offer(question_id)
            case ReplyKind.SMALL_TALK:
                return answers.small_talk(asked.text)
            case ReplyKind.OFF_TOPIC:
                return answers.off_topic(question_id)
            case ReplyKind.FRAGMENT:
                return answers.fragment(question_id)
            case ReplyKind.NOTHING_TO_LOOK_IN:
                return answers.nothing_to_look_in(question_id)
            case ReplyKind.SILENCE:
                raise AssertionError("silence is never rendered")
            case _:
                return self._render_remark(reply.kind, context)

    def _render_remark(self, kind: ReplyKind, context: Context) -> Message:
        """What is said to what is no question."""
        match kind:
            case ReplyKind.HELP:
                return replies.help_text()
            case ReplyKind.ON_CALL:
                shift = self._on_duty.shift()
                return replies.oncall(self._name(shift.person), shift.until, self._name(shift.next_person))
            case ReplyKind.PEOPLE:
                return answers.people(context.last_question)
            case ReplyKind.FORGET_ME:
                return answers.forget_how()
            case ReplyKind.CLOSE if context.request:
                return tickets.may_close(context.request)
            case _:
                return tickets.status(context.request, self._on_triage())

    def _words(self, text: str) -> str:
        return plain_text(text, self._desk_user, lambda person: self._directory.person(person).name)

    def _on_triage(self) -> str | None:
        """By name: a live mention in a thread would call the person each time."""
        return self._name(self._on_duty.now())

    def _name(self, person: str | None) -> str | None:
        return self._directory.person(person).name if person else None

    def _today(self) -> date:
        return self._clock().date()


def _considerate(asked: Asked, reply: Reply) -> Reply:
    """Where people have been at it since, a ticket is offered and none is opened."""
    return Reply(ReplyKind.OFFER, reply.verdict) if asked.helped and reply.kind is ReplyKind.TICKET else reply


def _both(first: Work, second: Work) -> Work:
    def write(session: Session) -> None:
        first(session)
        second(session)

    return write


def _joined(session: Session, conversation: Conversation | None) -> None:
    if conversation is not None:
        Conversations(session).somebody_joined(conversation.id)
