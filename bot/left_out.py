"""Says what was left out of somebody's words, so that nothing typed disappears in silence.

Secrets are taken out before anything is stored (bot.slack.typed); the marker in their place is all that tells.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from bot.asking import Work
from bot.conversations import Conversations
from bot.domain import Place, Surface
from bot.incoming import (
    AskShortcut,
    AskSubmitted,
    FormSubmitted,
    Incoming,
    MessageIn,
    MissingSubmitted,
    OpsSubmitted,
    SlashQuestion,
)
from bot.redaction import removed_from
from bot.slack.left_out import secrets_left_out
from bot.speaking import Speaker


class LeftOut:
    """Adds a line to what is done about an item, when a secret was in it."""

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker

    def told(self, item: Incoming, work: Work) -> Work:
        """The same work, and then a word to whoever typed it. Overheard words the desk did not act on get none."""
        removed = {kind for text in _words(item) for kind in removed_from(text)}
        if not removed:
            return work
        message = secrets_left_out(removed)

        def write(session: Session) -> None:
            work(session)
            found = _reader(session, item)
            if found is not None:
                person, place = found
                self._speaker.say(session, f"left-out:{_key(item)}", place, person, message, replace=False)

        return write


def _words(item: Incoming) -> Iterator[str]:
    match item:
        case MessageIn() | SlashQuestion() | AskShortcut() | AskSubmitted():
            yield item.text
        case FormSubmitted():
            answers = (*item.answers.values(), *item.extra.values())
            yield from (part for answer in answers for part in ([answer] if isinstance(answer, str) else answer))
        case OpsSubmitted() | MissingSubmitted():
            yield from item.values.values()
        case _:
            return


def _reader(session: Session, item: Incoming) -> tuple[str, Place] | None:
    """Who typed it, and where they read: below their message if the desk takes part there, else in their DM."""
    match item:
        case MessageIn():
            thread = item.thread_ts or item.ts
            place = Place(item.team, item.channel, Surface.DM if item.is_dm else Surface.CHANNEL, item.ts, thread)
            known = item.is_dm or Conversations(session).of_thread(place.thread_key or "") is not None
            return (item.user, place) if known else None
        case SlashQuestion():
            return item.user, Place(item.team, item.channel, Surface.PRIVATE, response_url=item.response_url)
        case AskShortcut() | AskSubmitted():
            return item.user, Place(item.team, item.user, Surface.DM)
        case FormSubmitted() | OpsSubmitted() | MissingSubmitted():
            return item.user, Place(item.context.team, item.user, Surface.DM)
        case _:
            return None


def _key(item: Incoming) -> str:
    return f"{item.team}:{item.channel}:{item.ts}" if isinstance(item, MessageIn) else item.key
