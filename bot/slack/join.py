"""A request that looks like one there is already → messages. Of that one only key, summary and status show."""

from __future__ import annotations

from bot import join_texts
from bot.domain import Kept
from bot.slack import ids, mrkdwn
from bot.slack.message import TEXT_LIMIT, Markup, Message, actions, button, clip, context, joined, one_line, say
from escalation.domain import Request
from knowledge.domain import Audience

_SUMMARY_LIMIT = 90
_SEVERAL = 2


def offer(request: Request, other: Request) -> Message:
    """**Join** or **File mine**: ``request`` is kept until its person chooses."""
    own = request.draft.requester.id == other.draft.requester.id
    words = join_texts.offer_own if own else join_texts.offer
    value = f"{request.id}:{other.id}"
    buttons = actions(
        button(join_texts.JOIN, ids.JOIN, value, primary=True), button(join_texts.FILE_MINE, ids.FILE_MINE, value)
    )
    message = say(lambda m: words(_called(other, m), _summary(other, m), _stands(other, m)))
    print_ = join_texts.silence(mrkdwn.escape(request.ref))
    kept = (Kept(Audience.internal()),)
    return Message(f"{message.text} {print_}", (*message.blocks, context(print_), buttons), kept)


def has_joined(other: Request, demand: int) -> Message:
    """In place of the offer, after **Join**."""
    return say(lambda m: join_texts.joined(_called(other, m), demand))


def files_own(request: Request) -> Message:
    """In place of the offer, after **File mine**."""
    return say(lambda m: join_texts.files_own(m.bold(request.ref)))


def gone(other: Request | None, request: Request) -> Message:
    """They wanted to join what is closed by now."""
    return say(lambda m: join_texts.gone(_called(other, m) if other else "It", m.bold(request.ref)))


def settled(request: Request) -> Message:
    """The offer was answered before; ``request`` is what stands for theirs now."""
    return say(lambda m: join_texts.settled(_called(request, m)))


def others_choice(asker: str) -> Message:
    """To somebody who pressed a button of another person's offer; ``asker`` is a name."""
    return say(lambda m: join_texts.others_choice(m.words(asker)))


def stays_open(request: Request, others: int) -> Message:
    """To the asker, who no longer needs what ``others`` do."""
    return say(lambda m: join_texts.stays_open(_called(request, m), others))


def kept_meanwhile(request: Request) -> Message:
    """To the person who sent a form: where the offer stands."""
    return say(lambda m: join_texts.kept_meanwhile(m.bold(request.ref)))


def with_demand(card: Message, people: int) -> Message:
    """A request's card with how many need it; above its buttons."""
    if people < _SEVERAL:
        return card
    said = join_texts.demand(people)
    body = [block for block in card.blocks if block["type"] != "actions"]
    buttons = [block for block in card.blocks if block["type"] == "actions"]
    return Message(clip(f"{card.text}\n{said}", TEXT_LIMIT), (*body, context(said), *buttons))


def _called(request: Request, m: Markup) -> str:
    ticket = request.ticket
    return m.strong(m.link(ticket.key, ticket.url)) if ticket else m.bold(f"ref {request.ref}")


def _summary(request: Request, m: Markup) -> str:
    summary = request.ticket.summary if request.ticket else request.draft.summary
    return f"“{m.words(clip(one_line(summary), _SUMMARY_LIMIT))}”"


def _stands(request: Request, m: Markup) -> str:
    ticket = request.ticket
    return joined([m.words(ticket.status), m.words(ticket.assignee or "")]) if ticket else ""
