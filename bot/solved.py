""" "Did that solve it?": who waited for a ticket says so, and what does not solve it goes back to the ops team."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot import news_texts
from bot.asking import Work
from bot.audiences import may_show_texts
from bot.clock import Clock
from bot.database import Database
from bot.domain import Place, Surface
from bot.effects import ChangeTicket, CommentTicket, Update
from bot.incoming import ButtonPressed, OpsSubmitted
from bot.ops_people import OpsPeople
from bot.outbox import Outbox
from bot.people import Directory
from bot.personal import for_colleagues
from bot.slack import answers, news, ops_messages
from bot.slack.message import Message, row_id
from bot.slack.ops import OpsChannel
from bot.speaking import Speaker
from bot.ticket_news import NewsStore
from escalation.domain import Reopen, Request
from escalation.request_store import RequestStore

_LONGEST_WHY = 2_000


class Solved:
    """Handles **Yes, thanks** and the form behind **Not yet**. The asker, who joined, and ops may say."""

    def __init__(
        self,
        people: OpsPeople,
        directory: Directory,
        speaker: Speaker,
        outbox: Outbox,
        ops: OpsChannel,
        database: Database,
        clock: Clock,
    ) -> None:
        self._people = people
        self._directory = directory
        self._speaker = speaker
        self._outbox = outbox
        self._ops = ops
        self._database = database
        self._clock = clock

    def yes(self, item: ButtonPressed) -> Work:
        """It is solved: recorded, thanked for, and the question goes away."""
        number, closing = _value(item.value)
        request, waiting = self._read(number)
        if request is None:
            return self._whisper(item, answers.forgotten_question())
        if not self._may(item.user, waiting):
            return self._whisper(item, news.not_yours_to_say(request.draft.requester.name))
        who = self._directory.person(item.user).name
        shown = self._shown(request, item.team, item.channel)

        def write(session: Session) -> None:
            kept = NewsStore(session)
            kept.answered(number, closing, item.user, True, self._clock())
            now = RequestStore(session).get(number) or request
            so_far = kept.of(number)
            if now.is_open or (closing == so_far.closings and kept.is_unsolved(number, closing)):
                told = news.open_for_others(now, who)
            else:
                said = news_texts.solved_by(news.plain(who))
                told = news.done(request, so_far.ending, closing, shown=shown, answered=said)
            self._answered(session, item.channel, item.message_ts, item.key, told, item.user)

        return write

    def not_yet(self, item: OpsSubmitted) -> Work:
        """It is not: the reason goes onto the ticket, and the ticket back to where work begins."""
        request, waiting = self._read(item.request_id)
        if request is None or not self._may(item.user, waiting):
            return lambda session: self._speaker.answer_form(session, item, answers.forgotten_question())
        who = self._directory.person(item.user).name
        why = " ".join(item.values.get("why", "").split())[:_LONGEST_WHY]
        words = (news_texts.NOT_SOLVED_BECAUSE if why else news_texts.NOT_SOLVED_COMMENT).format(who=who, why=why)
        shown = self._shown(request, item.context.team, item.context.channel)
        quoted = for_colleagues(why) if self._may_quote(request, item.context.team) else ""

        def write(session: Session) -> None:
            now = RequestStore(session).lock(request.id)
            if now is None:
                return
            kept = NewsStore(session)
            closing = kept.of(request.id).closings
            kept.answered(request.id, closing, item.user, False, self._clock())
            if now.is_open:
                if why:
                    self._outbox.put(session, f"comment:{item.key}", CommentTicket(request.id, words))
                self._speaker.answer_form(session, item, news.open_again(now))
                return
            reopen = ChangeTicket(request.id, Reopen(words), by=item.user)
            self._outbox.put(session, f"reopen:{request.id}:{closing}:{item.user}", reopen)
            said, ending = news_texts.not_solved_by(news.plain(who)), kept.of(request.id).ending
            message = news.done(now, ending, closing, shown=shown, answered=said)
            self._answered(session, item.context.channel, item.context.message or "", item.key, message, item.user)
            if self._ops.is_there:
                self._ops.tell(session, f"reopen:{request.id}:{closing}", ops_messages.back(now, who, quoted))

        return write

    def _answered(self, session: Session, channel: str, ts: str, key: str, message: Message, person: str) -> None:
        if ts:
            update = Update(channel, ts, message.text, message.blocks, tell_on_failure=person, kept=message.kept)
            self._outbox.put(session, f"answered:{key}", update)

    def _read(self, number: int) -> tuple[Request | None, frozenset[str]]:
        """The request, and who waits for it."""
        with self._database.read() as session:
            request = RequestStore(session).get(number)
            return request, NewsStore(session).waiting(number)

    def _shown(self, request: Request, team: str, channel: str) -> bool:
        """Whether the words of the ending may stand in the message that was pressed."""
        return may_show_texts(request, Place(team, channel, Surface.CHANNEL), self._directory)

    def _may_quote(self, request: Request, team: str) -> bool:
        """Whether the asker's words may stand in the ops channel: never those of a private request."""
        return (
            self._ops.is_there and not request.draft.origin.private and self._shown(request, team, self._ops.channel)
        )

    def _may(self, person: str, waiting: frozenset[str]) -> bool:
        return person in waiting or self._people.includes(person)

    def _whisper(self, item: ButtonPressed, message: Message) -> Work:
        return lambda session: self._speaker.answer_press(session, item, message)


def _value(value: str) -> tuple[int, int]:
    """(request id, closing) of a button; -1 for what is not ours."""
    number, _, closing = value.partition(":")
    found = row_id(number), row_id(closing)
    return (-1, 0) if -1 in found else found
