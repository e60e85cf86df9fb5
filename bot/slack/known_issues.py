"""Spikes and known issues → messages: to the ops team, and to everyone who asks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from bot import known_issue_texts as texts
from bot.domain import Kept
from bot.slack import ids, mrkdwn
from bot.slack.markdown import to_mrkdwn, to_plain
from bot.slack.message import (
    PLAIN,
    RICH,
    TEXT_LIMIT,
    Block,
    Markup,
    Message,
    actions,
    button,
    clip,
    context,
    one_line,
    say,
    section,
)
from bot.texts import ASK_OPS
from escalation.domain import Request
from knowledge.domain import Audience

_EXAMPLES = 4
_QUOTE_LIMIT = 120
KEPT = (Kept(Audience.internal()),)
"""What ops say about an issue is for colleagues, and looked at again when it is sent."""


def spike(number: int, people: int, hours: float, examples: Sequence[str]) -> Message:
    """To ops: is something broken? ``examples``: words that may be shown."""
    quoted = "; ".join(f"“{mrkdwn.escape(clip(one_line(text), _QUOTE_LIMIT))}”" for text in examples[:_EXAMPLES])
    said = f"{texts.spike(people, hours)}\n{texts.said_like(quoted) if quoted else texts.ALL_PRIVATE}"
    buttons = actions(
        button(texts.DECLARE, ids.ISSUE_DECLARE, str(number), primary=True),
        button(texts.NOT_AN_ISSUE, ids.ISSUE_DISMISS, str(number)),
    )
    return say(said, context(texts.DECLARE_PRINT), buttons)


def not_an_issue(who: str) -> Message:
    """In place of the question to ops."""
    return say(lambda m: texts.not_an_issue(m.words(who)))


def declared(number: int, who: str, title: str, until: datetime, askers: int) -> Message:
    """In place of the question to ops, with what can be done about it from now on."""
    return say(lambda m: texts.declared(m.words(who), m.bold(title), m.moment(until), askers), *_controls(number))


def remind(number: int, title: str, until: datetime) -> Message:
    """To ops, half an hour before it times out."""
    return say(lambda m: texts.remind(m.bold(title), m.moment(until)), *_controls(number))


def extended(number: int, who: str, title: str, until: datetime) -> Message:
    """To ops."""
    return say(lambda m: texts.extended(m.words(who), m.bold(title), m.moment(until)), *_controls(number))


def ended(who: str, title: str) -> Message:
    """To ops."""
    return say(lambda m: texts.ended(m.words(who), m.bold(title)))


def timed_out(title: str, request: Request) -> Message:
    """To ops: nobody extended it, and its ticket is open."""
    return say(lambda m: texts.timed_out(m.bold(title), _called(request, m)))


def declared_already(who: str) -> Message:
    """To whoever sent a second form."""
    return say(lambda m: texts.declared_already(m.words(who)))


def decided_already() -> Message:
    """A button of a question to ops that was answered."""
    return say(texts.DECIDED_ALREADY)


def gone() -> Message:
    """A button of an issue that has ended."""
    return say(texts.GONE)


def answer(question_id: int, number: int, title: str, words: str, since: datetime, until: datetime) -> Message:
    """To whoever asks like those before them."""
    message = _told(texts.known, title, words, since)
    buttons = actions(
        button(texts.NOT_MINE, ids.ISSUE_NOT_MINE, f"{question_id}:{number}"),
        button(ASK_OPS, ids.ASK_OPS, str(question_id)),
    )
    small = context(texts.until(RICH.moment(until)))
    return Message(f"{message.text}\n{texts.until(PLAIN.moment(until))}", (*message.blocks, small, buttons), KEPT)


def known_of(title: str, words: str, since: datetime) -> Message:
    """To whoever asked before it was known."""
    return _told(texts.known_of, title, words, since)


def over(title: str) -> Message:
    """To everyone who asked, when nobody extended it."""
    message = say(lambda m: texts.over(m.bold(title)))
    return Message(message.text, message.blocks, KEPT)


def _told(sentence: Callable[[str, str, str], str], title: str, words: str, since: datetime) -> Message:
    """``sentence`` of the moment, the title and the answer."""
    rich = sentence(RICH.moment(since), RICH.words(title), to_mrkdwn(words))
    plain = sentence(PLAIN.moment(since), PLAIN.words(title), mrkdwn.escape(to_plain(words)))
    block = section(clip(rich, mrkdwn.SECTION_LIMIT))
    return Message(clip(plain.replace("*", ""), TEXT_LIMIT), (block,), KEPT)


def _controls(number: int) -> tuple[Block, ...]:
    return (
        actions(
            button(texts.OVER, ids.ISSUE_OVER, str(number), primary=True),
            button(texts.EXTEND, ids.ISSUE_EXTEND, str(number)),
        ),
    )


def _called(request: Request, m: Markup) -> str:
    return m.strong(m.link(request.ticket.key, request.ticket.url)) if request.ticket else m.bold(request.ref)
