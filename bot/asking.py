"""From something that came in to a stored question, its verdict, and what is said about it.

Every handler does the slow part (Slack look-ups, the verdict) first and returns the part that writes, which the
worker runs in the transaction that finishes the inbox row: all of it happens, or none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from typing import assert_never

from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.conversations import AskedQuestion, Conversation, Conversations
from bot.database import Database
from bot.domain import Asked, Place, Reply, ReplyKind, Surface
from bot.help_desk import HelpDesk
from bot.incoming import AskShortcut, AskSubmitted, MessageIn, SlashQuestion
from bot.people import Directory, audience_of_channel, audience_of_person
from bot.requests import RequestDesk
from bot.slack import answers, tickets
from bot.slack.message import Message
from bot.slack.parse import plain_text
from bot.speaking import Speaker
from knowledge.domain import Audience, Question

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


@dataclass(frozen=True)
class Context:
    """What the desk knows about a thread before it answers."""

    conversation: Conversation | None
    earlier: tuple[str, ...]


class Asking:
    """Handles the ways to ask."""

    def __init__(
        self,
        desk: HelpDesk,
        directory: Directory,
        requests: RequestDesk,
        speaker: Speaker,
        database: Database,
        clock: Clock,
        desk_user: str,
        listen_channels: frozenset[str],
    ) -> None:
        self._desk = desk
        self._directory = directory
        self._requests = requests
        self._speaker = speaker
        self._database = database
        self._clock = clock
        self._desk_user = desk_user
        self._listen = listen_channels

    def message(self, item: MessageIn) -> Work:
        """A mention, a DM, a follow-up in a thread of ours, or something overheard."""
        surface = Surface.DM if item.is_dm else Surface.CHANNEL
        place = Place(item.team, item.channel, surface, item.ts, item.thread_ts or item.ts)
        context = self._context(place)
        match self.role(item, context.conversation):
            case Role.NOT_FOR_US:
                return nothing
            case Role.THIRD_PERSON:
                return lambda session: _joined(session, context.conversation)
            case Role.ADDRESSED:
                addressed = True
            case Role.OVERHEARD:
                addressed = False
        text = plain_text(item.text, self._desk_user)
        asked = Asked(text, item.user, place, addressed, context.earlier)
        return self._ask(asked, self._audience(place, item.user, item.shared))

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
        return self._ask(asked, audience_of_person(self._directory.person(item.user)))

    def shortcut(self, item: AskShortcut) -> Work:
        """ "Ask the desk" on a message: the reply goes into that message's thread."""
        place = Place(
            item.team,
            item.channel,
            Surface.CHANNEL,
            item.message_ts,
            item.thread_ts or item.message_ts,
            item.response_url,
        )
        asked = Asked(
            plain_text(item.text, self._desk_user), item.user, place, True, on_behalf_of=item.author or None
        )
        return self._ask(asked, self._audience(place, item.user, None))

    def ask_form(self, item: AskSubmitted) -> Work:
        """The App Home's question form: answered in the DM with the desk."""
        place = Place(item.team, item.user, Surface.DM)
        asked = Asked(item.text, item.user, place, addressed=True)
        return self._ask(asked, audience_of_person(self._directory.person(item.user)))

    def unsolved(self, question: AskedQuestion) -> Work:
        """None of what was found is right: hand over, as the policy says."""
        if question.request_id is not None:
            return nothing
        asked = Asked(question.text, question.person, question.place, addressed=True)
        reply = self._desk.unsolved(Reply(question.kind, question.verdict))
        if reply.kind is ReplyKind.TICKET:
            opening = self._requests.prepare(asked, reply.verdict, tickets.Because.NONE_OF_THESE)
            return lambda session: self._requests.open_for_question(
                session, opening, question.id, question.conversation_id
            )
        offer = answers.offer(question.id, after_none=True)
        return lambda session: self._speaker.say(session, f"offer:{question.id}", asked.place, asked.person, offer)

    def _context(self, place: Place) -> Context:
        key = place.thread_key
        if key is None:
            return Context(None, ())
        with self._database.read() as session:
            conversations = Conversations(session)
            found = conversations.of_thread(key)
            return Context(found, conversations.earlier(found.id) if found else ())

    def _audience(self, place: Place, person: str, shared: bool | None) -> Audience:
        if place.surface is Surface.DM:
            return audience_of_person(self._directory.person(person))
        return audience_of_channel(self._directory.channel(place.channel), shared)

    def _ask(self, asked: Asked, audience: Audience) -> Work:
        question = Question(asked.text, asked.earlier, asked.addressed, audience)
        reply = self._desk.reply(question)
        if reply.kind is ReplyKind.SILENCE:
            return nothing
        opening = self._requests.prepare(asked, reply.verdict) if reply.kind is ReplyKind.TICKET else None

        def write(session: Session) -> None:
            conversations = Conversations(session)
            question_id = conversations.record(asked, reply, self._clock())
            stored = conversations.question(question_id)
            if stored is None:
                return
            if opening is not None:
                self._requests.open_for_question(session, opening, question_id, stored.conversation_id)
                return
            message = self.render(question_id, asked, reply)
            self._speaker.say(session, f"reply:{question_id}", asked.place, asked.person, message)

        return write

    def render(self, question_id: int, asked: Asked, reply: Reply) -> Message:
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
                )
            case ReplyKind.SUGGEST:
                return answers.suggest(question_id, verdict.hits[: answers.SUGGESTED])
            case ReplyKind.OFFER | ReplyKind.TICKET:
                return answers.offer(question_id)
            case ReplyKind.SMALL_TALK:
                return answers.small_talk(question_id, asked.text)
            case ReplyKind.OFF_TOPIC:
                return answers.off_topic(question_id)
            case ReplyKind.NOTHING_TO_LOOK_IN:
                return answers.nothing_to_look_in(question_id)
            case ReplyKind.SILENCE:
                raise AssertionError("silence is never rendered")
        assert_never(reply.kind)

    def _today(self) -> date:
        return self._clock().date()


def _joined(session: Session, conversation: Conversation | None) -> None:
    if conversation is not None:
        Conversations(session).somebody_joined(conversation.id)
