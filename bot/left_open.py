"""What a worker does with what came in just before a backup was made, once that backup was put back."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy.orm import Session

from bot import restored_texts
from bot.asking import Work, nothing
from bot.effects import Post
from bot.incoming import (
    AskShortcut,
    AskSubmitted,
    ButtonPressed,
    Due,
    ForgetMe,
    FormSubmitted,
    HomeOpened,
    Incoming,
    MessageIn,
    SlashQuestion,
    TicketChanged,
)
from bot.outbox import Outbox
from bot.queue import Claimed
from bot.restored import is_open
from bot.slack import ids
from bot.slack.message import say
from bot.slack.parse import plain_text

_HARMLESS = (TicketChanged, Due, HomeOpened, ForgetMe)
"""May be handled twice."""


class Speaks(Protocol):
    """Slack, as far as looking into a thread goes."""

    def spoke_after(self, channel: str, thread: str, ts: str, user: str) -> bool:
        """Whether ``user`` said anything in a thread after ``ts``."""


class LeftOpen:
    """A message is answered if nobody has; of what leaves no trace in Slack its person hears that it may be lost."""

    def __init__(self, slack: Speaks, desk_user: str, outbox: Outbox) -> None:
        self._slack = slack
        self._desk_user = desk_user
        self._outbox = outbox

    def work(self, claim: Claimed, item: Incoming) -> Work | None:
        """None: handle it as ever. Slow."""
        if not is_open(claim) or isinstance(item, _HARMLESS):
            return None
        if isinstance(item, MessageIn):
            thread = item.thread_ts or item.ts
            return nothing if self._slack.spoke_after(item.channel, thread, item.ts, self._desk_user) else None
        if isinstance(item, ButtonPressed) and item.action_id == ids.FEEDBACK:
            return None
        message = say(lambda m: restored_texts.left_waiting(m.words(plain_text(_words(item)))))
        post = Post(item.user, message.text, message.blocks)

        def write(session: Session) -> None:
            self._outbox.put(session, f"restored:{item.key}", post)

        return write


def _words(item: Incoming) -> str:
    """What a person typed, so that it is not lost."""
    match item:
        case SlashQuestion() | AskShortcut() | AskSubmitted():
            return item.text
        case FormSubmitted():
            return "\n".join(one if isinstance(one, str) else ", ".join(one) for one in item.answers.values())
        case _:
            return ""
