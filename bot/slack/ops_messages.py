"""What ops people hear about what they decided → messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from bot import news_texts, ops_texts
from bot.slack.message import Markup, Message, clip, one_line, say
from bot.slack.ops_buttons import ops_actions
from escalation.domain import Assign, Close, Label, Reopen, Request, Retype, TicketChange, Watch

_REASON_LIMIT = 300
_QUOTE_LIMIT = 200


def not_changed(request: Request, change: TicketChange, why: str) -> Message:
    """To whoever wanted it: the tracker refused, and what to do now."""
    reason = clip(one_line(why).rstrip("."), _REASON_LIMIT)
    if isinstance(change, Reopen):
        return say(lambda m: news_texts.could_not_reopen(_called(request, m), m.words(reason)))
    return say(lambda m: ops_texts.not_changed(_deed(change), _called(request, m), m.words(reason)))


def not_solved(request: Request, why: str) -> Message:
    """For the ops channel: the asker says it is not solved, and the tracker does not let us reopen it."""
    reason = clip(one_line(why).rstrip("."), _REASON_LIMIT)
    return say(lambda m: ops_texts.not_solved(_called(request, m), m.words(reason)))


def back(request: Request, who: str, why: str) -> Message:
    """For the ops channel: the asker (``who``, a name) says it is not solved, so it is open again.

    ``why`` in their words; empty where they said nothing, or not for everybody who reads there.
    """
    quote = clip(one_line(why), _QUOTE_LIMIT)
    return say(lambda m: ops_texts.back(m.words(who), _called(request, m), m.words(quote)), ops_actions(request))


def later(request: Request, change: TicketChange) -> Message:
    """To whoever wanted it: the tracker is away, nothing is lost."""
    return say(lambda m: ops_texts.later(_deed(change), _called(request, m)))


def noted(request: Request, sentence: Callable[[Markup, str], str]) -> Message:
    """For the thread of the request's line: who decided what; ``sentence`` is made of a Markup and the ticket."""
    return say(lambda m: sentence(m, _called(request, m)))


def not_ops() -> Message:
    """To somebody who pressed a button that is not theirs."""
    return say(ops_texts.NOT_OPS)


def not_open(request: Request) -> Message:
    """There is nothing left to do about it."""
    return say(lambda m: ops_texts.not_open(_called(request, m)))


def no_email(who: str) -> Message:
    """The tracker finds people by their e-mail only."""
    return say(lambda m: ops_texts.no_email(m.words(who)))


def denied(request: Request, change: TicketChange, why: str) -> Message:
    """To whoever wanted it: the tracker does not let the desk do it, and it is tried again for a day."""
    reason = clip(one_line(why).rstrip("."), _REASON_LIMIT)
    return say(lambda m: ops_texts.denied(_deed(change), _called(request, m), m.words(reason)))


def _deed(change: TicketChange) -> str:
    match change:
        case Assign():
            return ops_texts.DEED_ASSIGN
        case Close(declined=declined):
            return ops_texts.DEED_DECLINE if declined else ops_texts.DEED_CLOSE
        case Retype():
            return ops_texts.DEED_RETYPE
        case Reopen():
            return ops_texts.DEED_REOPEN
        case Watch() | Label():
            return ops_texts.DEED_CHANGE
    assert_never(change)


def _called(request: Request, m: Markup) -> str:
    ticket = request.ticket
    return m.strong(m.link(ticket.key, ticket.url)) if ticket else m.bold(request.ref)
