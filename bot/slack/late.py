"""How an answer begins that comes long after the question."""

from __future__ import annotations

from dataclasses import replace

from bot import late_texts
from bot.domain import Asked
from bot.slack.message import BLOCKS_LIMIT, TEXT_LIMIT, Message, clip, context, say


def away(asked: Asked) -> Message:
    """Why nothing was said so far, as a message of its own."""
    return say(_words(asked))


def begun_late(message: Message, asked: Asked) -> Message:
    """The answer, with a first line that says why it comes now; as it is when it comes in time."""
    if not asked.late:
        return message
    words = _words(asked)
    return replace(
        message,
        text=clip(f"{words}\n{message.text}", TEXT_LIMIT),
        blocks=(context(words), *message.blocks)[:BLOCKS_LIMIT],
    )


def deaf(why: str) -> Message:
    """To ops: no event reaches the desk. ``why`` is Slack's word for it, or ""."""
    if why == "link_disabled":
        return say(late_texts.DEAF_SWITCHED_OFF)
    return say(late_texts.DEAF_REFUSED if why else late_texts.DEAF_CUT_OFF)


def _words(asked: Asked) -> str:
    return late_texts.AWAY_HELPED if asked.helped else late_texts.AWAY
