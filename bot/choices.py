"""What people do with an answer: thumbs, other matches, the whole text, sharing, and "not needed"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from bot.answer_variables import AnswerVariables
from bot.asking import Asking, Work, nothing
from bot.checklist_desk import BUTTONS as CHECKLIST_BUTTONS
from bot.checklist_desk import ChecklistDesk
from bot.clock import Clock
from bot.conversations import NONE_OF_THESE, AskedQuestion, Conversations
from bot.database import Database
from bot.domain import Place, Surface
from bot.incoming import ButtonPressed
from bot.join_choices import JoinChoices
from bot.ops_people import OpsPeople
from bot.people import Directory
from bot.requests import RequestDesk
from bot.rereading import Rereading, Unreadable, pressed_at
from bot.slack import answers, ids, tickets
from bot.slack.message import Message, row_id
from bot.speaking import Speaker
from knowledge.domain import Band, Hit

_UNSHARED: Mapping[Unreadable, Callable[[], Message]] = {
    Unreadable.WITHDRAWN: answers.withdrawn,
    Unreadable.NOT_HERE: answers.not_for_channel,
}
"""Why something is not shared with a channel, in words."""


class Choices:
    """Handles the buttons of our messages. A button of a forgotten question says so instead of nothing."""

    def __init__(
        self,
        asking: Asking,
        requests: RequestDesk,
        joins: JoinChoices,
        speaker: Speaker,
        database: Database,
        clock: Clock,
        directory: Directory,
        ops_people: OpsPeople,
        checklists: ChecklistDesk,
        rereading: Rereading,
        variables: AnswerVariables,
    ) -> None:
        self._asking = asking
        self._requests = requests
        self._joins = joins
        self._speaker = speaker
        self._database = database
        self._clock = clock
        self._directory = directory
        self._ops_people = ops_people
        self._checklists = checklists
        self._rereading = rereading
        self._variables = variables

    def pressed(self, item: ButtonPressed) -> Work:
        """What a button does."""
        if item.action_id == ids.NOT_NEEDED:
            return self._withdraw(item)
        if item.action_id in (ids.JOIN, ids.FILE_MINE):
            return self._joins.pressed(item)
        if item.action_id.startswith(CHECKLIST_BUTTONS):
            return self._checklists.pressed(item)
        handlers: dict[str, Callable[[ButtonPressed, AskedQuestion, int], Work]] = {
            ids.FEEDBACK: self._feedback,
            ids.NOT_WHAT_I_MEANT: self._more,
            ids.SHOW_MORE: self._expand,
            ids.CHOOSE_HIT: self._choose,
            ids.NONE_OF_THESE: self._none,
            ids.SHARE: self._share,
        }
        handler = handlers.get(item.action_id.rstrip("0123456789").rstrip("_")) or handlers.get(item.action_id)
        if handler is None:
            return nothing
        question_id, detail = _value(item.value)
        with self._database.read() as session:
            question = Conversations(session).question(question_id)
        if question is None:
            return self._tell(item, answers.forgotten_question())
        return handler(item, question, detail)

    def _feedback(self, item: ButtonPressed, question: AskedQuestion, _detail: int) -> Work:
        helpful = item.value.endswith(":up")

        def write(session: Session) -> None:
            Conversations(session).feedback(question.id, item.user, helpful, self._clock())
            self._speaker.answer_press(session, item, answers.thanks_for_feedback(question.id, helpful))

        return write

    def _more(self, item: ButtonPressed, question: AskedQuestion, rank: int) -> Work:
        hits = self._rereading.hits(question, pressed_at(item), item.user)
        seen = {rank, 0} if question.verdict.band is Band.ANSWER else {rank}
        ranks = tuple(i for i in hits if i not in seen)[: answers.SUGGESTED]
        others = tuple(hits[i] for i in ranks)
        message = answers.more_hits(question.id, others, ranks=ranks)
        return lambda session: self._reply(session, f"more:{question.id}:{rank}", item, question, message)

    def _expand(self, item: ButtonPressed, question: AskedQuestion, rank: int) -> Work:
        return self._show_hit(item, question, rank, expanded=True)

    def _choose(self, item: ButtonPressed, question: AskedQuestion, rank: int) -> Work:
        show = self._show_hit(item, question, rank, expanded=False)

        def write(session: Session) -> None:
            if item.user == question.person:
                Conversations(session).choose(question.id, rank)
            show(session)

        return write

    def _none(self, item: ButtonPressed, question: AskedQuestion, _detail: int) -> Work:
        if item.user != question.person:  # nobody opens a ticket in another person's name
            asker = self._directory.person(question.person).name
            return self._tell(item, answers.others_question(question.id, asker))
        hand_over = self._asking.unsolved(question)

        def write(session: Session) -> None:
            Conversations(session).choose(question.id, NONE_OF_THESE)
            if not item.ephemeral:
                self._replace(session, item, answers.none_chosen())
            hand_over(session)

        return write

    def _share(self, item: ButtonPressed, question: AskedQuestion, rank: int) -> Work:
        if not 0 <= rank < len(question.verdict.hits):
            return self._tell(item, answers.forgotten_question())
        channel = Place(question.place.team, question.place.channel, Surface.CHANNEL)
        hit = self._rereading.hit(question, rank, channel, item.user)
        if isinstance(hit, Unreadable):
            return self._tell(item, _UNSHARED[hit]())
        message = self._answer(question, rank, hit, shared_by=item.user)

        def write(session: Session) -> None:
            self._speaker.say(session, f"share:{question.id}:{rank}", channel, item.user, message)
            self._replace(session, item, answers.shared())

        return write

    def _withdraw(self, item: ButtonPressed) -> Work:
        number = row_id(item.value)
        with self._database.read() as session:
            placed = Conversations(session).request_place(number)
        if placed is None:
            return self._tell(item, answers.forgotten_question())
        if item.user != placed.person and not self._ops_people.includes(item.user):
            return self._tell(item, tickets.others_request(self._directory.person(placed.person).name))
        who = self._directory.person(item.user).name

        def write(session: Session) -> None:
            if item.user == placed.person and (stays := self._requests.leave(session, number, who, item.key)):
                self._speaker.answer_press(session, item, stays)
                return
            closed = self._requests.withdraw(session, number, item.key)
            if closed is None:
                self._speaker.answer_press(session, item, tickets.already_closed())
            elif item.user != placed.person:
                told = tickets.closed_by(closed, placed.person, who)
                self._speaker.say(session, f"closed:{number}", placed.place, placed.person, told)

        return write

    def _show_hit(self, item: ButtonPressed, question: AskedQuestion, rank: int, expanded: bool) -> Work:
        if not 0 <= rank < len(question.verdict.hits):
            return self._tell(item, answers.forgotten_question())
        hit = self._rereading.hit(question, rank, pressed_at(item), item.user)
        if isinstance(hit, Unreadable):
            return self._not_there(item, question, rank, hit)
        message = self._answer(question, rank, hit, expanded=expanded, private=item.ephemeral)
        return lambda session: self._replace(session, item, message)

    def _not_there(self, item: ButtonPressed, question: AskedQuestion, rank: int, why: Unreadable) -> Work:
        """Whoever pressed reads it alone, if they may."""
        if why is Unreadable.WITHDRAWN:
            return self._tell(item, answers.withdrawn())
        hit = self._rereading.hit(question, rank, replace(pressed_at(item), surface=Surface.PRIVATE), item.user)
        if isinstance(hit, Unreadable):
            return self._tell(item, answers.not_yours())
        alone = self._answer(question, rank, hit, private=True)
        return self._tell(item, answers.only_for_you(alone, question.text))

    def _answer(
        self,
        question: AskedQuestion,
        rank: int,
        hit: Hit,
        *,
        expanded: bool = False,
        private: bool = False,
        shared_by: str | None = None,
    ) -> Message:
        hits = question.verdict.hits
        return answers.answer(
            question.id,
            hit,
            rank,
            len(hits) > 1,
            self._clock().date(),
            good=rank == 0 and question.verdict.band is Band.ANSWER,
            expanded=expanded,
            private=private,
            shared_by=shared_by,
            asked=question.text if shared_by else None,
            known=self._variables.known(hit, question.place, None if shared_by else question.person),
        )

    def _replace(self, session: Session, item: ButtonPressed, message: Message) -> None:
        self._speaker.replace_pressed(session, item, message)

    def _reply(
        self, session: Session, key: str, item: ButtonPressed, question: AskedQuestion, message: Message
    ) -> None:
        if item.ephemeral and item.response_url:
            self._speaker.whisper(session, f"{key}:{item.key}", item.response_url, item.user, message, replace=True)
        elif question.place.surface is Surface.PRIVATE:  # shared by now; its way back leads to whoever asked
            self._speaker.answer_press(session, item, message)
        else:
            self._speaker.say(session, key, question.place, item.user, message)

    def _tell(self, item: ButtonPressed, message: Message) -> Work:
        return lambda session: self._speaker.answer_press(session, item, message)


def _value(value: str) -> tuple[int, int]:
    """(question id, rank) of a button's value; rank 0 where the value has none."""
    first, _, second = value.partition(":")
    return row_id(first), max(row_id(second), 0)
