"""What a worker does with what came in just before a backup was made, once that backup was put back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

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
from bot.slack.missed import said_since
from bot.slack.parse import plain_text

_HARMLESS = (TicketChanged, Due, HomeOpened, ForgetMe)
"""May be handled twice."""


class ReadsThreads(Protocol):
    """Slack's records, as far as threads go."""

    def replies(self, channel: str, thread: str, since: float) -> Iterable[Mapping[str, Any]]:
        """A thread's first message, and what was said in it since a Unix time."""


class LeftOpen:
    """A message is answered if nobody has; of what leaves no trace in Slack its person hears that it may be lost."""

    def __init__(self, slack: ReadsThreads, desk_user: str, outbox: Outbox) -> None:
        self._slack = slack
        self._desk_user = desk_user
        self._outbox = outbox

    def work(self, claim: Claimed, item: Incoming) -> Work | None:
        """None: handle it as ever. Slow."""
        if not is_open(claim) or isinstance(item, _HARMLESS):
            return None
        if isinstance(item, MessageIn):
            thread = tuple(self._slack.replies(item.channel, item.thread_ts or item.ts, float(item.ts)))
            return nothing if said_since(thread, item, self._desk_user)[0] else None
        if isinstance(item, ButtonPressed) and item.action_id == ids.FEEDBACK:
            return None
        message = say(lambda m: restored_texts.left_waiting(m.words(plain_text(_words(item)))))
        post = Post(item.user, message.text, message.blocks, kept=message.kept)

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
