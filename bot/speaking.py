"""Where a message goes: into the thread, into the DM, or to one person alone."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.domain import Place, Surface
from bot.effects import Post, Respond, Update
from bot.incoming import ButtonPressed, MessageIn, MissingSubmitted, OpsSubmitted
from bot.outbox import Outbox
from bot.slack.message import Message


class Speaker:
    """Turns a message and a place into an outbox row."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def say(
        self, session: Session, key: str, place: Place, person: str, message: Message, replace: bool = True
    ) -> None:
        """Say it at ``place``, once under ``key``. ``replace``: in private, instead of what is shown there now."""
        if place.surface is Surface.PRIVATE and place.response_url:
            self.whisper(session, key, place.response_url, person, message, replace)
            return
        post = Post(
            place.channel,
            message.text,
            message.blocks,
            place.thread,
            tell_on_failure=person,
            kept=message.kept,
        )
        self._outbox.put(session, key, post)

    def say_in_thread(self, session: Session, key: str, item: MessageIn, message: Message) -> None:
        """Say it below somebody's message."""
        thread = item.thread_ts or item.ts
        post = Post(item.channel, message.text, message.blocks, thread, tell_on_failure=item.user, kept=message.kept)
        self._outbox.put(session, key, post)

    def answer_press(self, session: Session, item: ButtonPressed, message: Message) -> None:
        """Say it to whoever pressed a button, where they pressed it; a button without a way back stays silent."""
        if item.response_url:
            key = f"whisper:{item.key}"
            self.whisper(session, key, item.response_url, item.user, message, thread=item.thread_ts)

    def replace_pressed(self, session: Session, item: ButtonPressed, message: Message) -> None:
        """Put it in the place of the message whose button was pressed."""
        key = f"replace:{item.key}"
        if item.ephemeral and item.response_url:
            self.whisper(session, key, item.response_url, item.user, message, replace=True)
            return
        update = Update(
            item.channel, item.message_ts, message.text, message.blocks, tell_on_failure=item.user, kept=message.kept
        )
        self._outbox.put(session, key, update)

    def answer_form(self, session: Session, item: OpsSubmitted | MissingSubmitted, message: Message) -> None:
        """Say it to whoever sent a form: where they opened it, or in their messages."""
        key, context = f"whisper:{item.key}", item.context
        if context.response_url:
            self.whisper(session, key, context.response_url, item.user, message, thread=context.thread)
        else:
            self._outbox.put(session, key, Post(item.user, message.text, message.blocks, kept=message.kept))

    def whisper(
        self,
        session: Session,
        key: str,
        response_url: str,
        person: str,
        message: Message,
        replace: bool = False,
        thread: str | None = None,
    ) -> None:
        """Say it where only ``person`` sees it; ``thread`` is that of the message they did something with."""
        respond = Respond(response_url, person, message.text, message.blocks, replace, thread, message.kept)
        self._outbox.put(session, key, respond)
