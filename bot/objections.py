"""In the thread of an answer: "that's wrong, it is four hours now". A thumb down, with the words kept."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.conversations import Conversations
from bot.database import Database
from bot.domain import Asked, Reply, ReplyKind
from bot.people import Directory
from bot.remarks import is_objection, plainly
from bot.slack import answers
from bot.speaking import Speaker
from bot.thread_context import Context

_LONGEST_WORDS = 500


class Objections:
    """Hears them. What was said where not every colleague reads is kept only by the form that says who will."""

    def __init__(self, directory: Directory, speaker: Speaker, database: Database, clock: Clock) -> None:
        self._directory = directory
        self._speaker = speaker
        self._database = database
        self._clock = clock

    def heard(self, asked: Asked, reply: Reply, context: Context) -> Callable[[Session], None] | None:
        """What to write, as ``bot.asking.Hears`` says. In a ticket's thread it is a word to the people on it."""
        if context.conversation is None or context.request is not None or not is_objection(asked.text):
            return None
        with self._database.read() as session:
            answered = Conversations(session).answered_last(context.conversation.id)
        if answered is None:
            return None
        words = plainly(asked.text)[:_LONGEST_WORDS] if not self._directory.is_private(asked.place) else ""

        def write(session: Session) -> None:
            conversations, now = Conversations(session), self._clock()
            number = conversations.record(asked, Reply(ReplyKind.OBJECTION, reply.verdict), now)
            conversations.feedback(answered, asked.person, helpful=False, now=now, words=words)
            thanks = answers.thanks_for_feedback(answered, helpful=False, told=bool(words))
            self._speaker.say(session, f"reply:{number}", asked.place, asked.person, thanks)

        return write
