"""Why a question got its answer: shown to curators, who can do something about it."""

from __future__ import annotations

from dataclasses import replace

from bot.asking import Work
from bot.conversations import Conversations
from bot.database import Database
from bot.incoming import WhyAsked
from bot.ops_people import OpsPeople
from bot.rereading import Rereading
from bot.slack import answers, why
from bot.slack.message import Message
from bot.speaking import Speaker


class Why:
    """Handles the message shortcut. Only who asked sees the reply."""

    def __init__(self, people: OpsPeople, rereading: Rereading, speaker: Speaker, database: Database) -> None:
        self._rereading = rereading
        self._people = people
        self._speaker = speaker
        self._database = database

    def asked(self, item: WhyAsked) -> Work:
        """The verdict on the question behind a message, as it was decided then."""
        message = self._told(item)
        return lambda session: self._speaker.whisper(
            session, f"why:{item.key}", item.response_url, item.user, message, thread=item.thread_ts
        )

    def _told(self, item: WhyAsked) -> Message:
        if not self._people.may_publish(item.user):
            return why.for_curators()
        if item.question_id is None:
            return why.not_an_answer()
        with self._database.read() as session:
            question = Conversations(session).question(item.question_id)
        if question is None:
            return answers.forgotten_question()
        return why.why(replace(question.verdict, hits=self._rereading.readable(question, item.user)), question.id)
