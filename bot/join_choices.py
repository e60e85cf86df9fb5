"""**Join** and **File mine** below the offer of a request that looks the same."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from bot.asking import Work
from bot.conversations import Conversations
from bot.database import Database
from bot.effects import Update
from bot.incoming import ButtonPressed
from bot.joining import Joining
from bot.outbox import Outbox
from bot.people import Directory
from bot.slack import answers, ids, join
from bot.slack.message import Message, row_id
from bot.speaking import Speaker


class JoinChoices:
    """Handles both buttons. Pressed twice, or late, they say what was decided before."""

    def __init__(
        self, joining: Joining, directory: Directory, speaker: Speaker, outbox: Outbox, database: Database
    ) -> None:
        self._joining = joining
        self._directory = directory
        self._speaker = speaker
        self._outbox = outbox
        self._database = database

    def pressed(self, item: ButtonPressed) -> Work:
        """What a button does; only the person whose request it is may choose."""
        number, other = numbers(item.value)
        with self._database.read() as session:
            placed = Conversations(session).request_place(number)
        if placed is None:
            return self._tell(item, answers.forgotten_question())
        if placed.person != item.user:
            return self._tell(item, join.others_choice(self._directory.person(placed.person).name))
        if item.action_id == ids.JOIN:
            return self._replace(item, lambda session: self._joining.join(session, number, other))
        return self._replace(item, lambda session: self._joining.file(session, number))

    def _replace(self, item: ButtonPressed, choose: Callable[[Session], Message]) -> Work:
        def write(session: Session) -> None:
            message = choose(session)
            update = Update(
                item.channel,
                item.message_ts,
                message.text,
                message.blocks,
                tell_on_failure=item.user,
                kept=message.kept,
            )
            self._outbox.put(session, f"replace:{item.key}", update)

        return write

    def _tell(self, item: ButtonPressed, message: Message) -> Work:
        return lambda session: self._speaker.answer_press(session, item, message)


def numbers(value: str) -> tuple[int, int]:
    """(own request, the other's) of a button's value; -1 where it is not ours."""
    own, _, other = value.partition(":")
    return row_id(own), row_id(other)
