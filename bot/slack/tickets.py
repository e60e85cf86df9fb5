"""Requests and tickets → messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import assert_never

from bot import texts
from bot.slack import ids, mrkdwn
from bot.slack.message import (
    Block,
    Markup,
    Message,
    actions,
    button,
    clip,
    context,
    joined,
    one_line,
    say,
)
from escalation.domain import Answer, FormField, Request, RequestState, Ticket, TrackerField

_LISTED = 10
_SUMMARY_LIMIT = 90
_REASON_LIMIT = 300
_ANSWER_LIMIT = 300


class Because(StrEnum):
    """Why a ticket was opened, or what just happened to it: the first words of its card."""

    NOTHING_FOUND = "nothing_found"
    NONE_OF_THESE = "none_of_these"
    NOTHING_TO_LOOK_IN = "nothing_to_look_in"
    ASKED_FOR = "asked_for"
    FILED_LATER = "filed_later"
    DETAILS_ADDED = "details_added"


def ticket_card(
    request: Request,
    on_triage: str | None = None,
    missing: Sequence[FormField | TrackerField] = (),
    opened_because: Because = Because.NOTHING_FOUND,
) -> Message:
    """The one message about a request, for whatever state it is in; updated in place when that changes.

    ``on_triage`` is a member id or a name. ``missing`` are the mandatory fields nobody has filled in yet.
    """
    match request.state:
        case RequestState.FILED if request.ticket:
            return _filed(request, request.ticket, on_triage, missing, opened_because)
        case RequestState.WITHDRAWN:
            return withdrawn(request)
        case RequestState.NEEDS_FIELDS:
            return needs_fields(request)
        case RequestState.DEAD:
            return dead_for_asker(request)
        case RequestState.QUEUED | RequestState.UNKNOWN | RequestState.FILED:
            return kept(request.ref)
    assert_never(request.state)


def kept(ref: str) -> Message:
    """Jira is away: the request is safe, and this is its reference."""
    return say(lambda m: texts.kept(m.bold(ref)))


def withdrawn(request: Request) -> Message:
    """After "Not needed"."""
    if request.ticket:
        ticket = request.ticket
        return say(lambda m: texts.withdrawn(m.link(ticket.key, ticket.url)))
    return say(lambda m: texts.withdrawn_unfiled(m.bold(request.ref)))


def needs_fields(request: Request) -> Message:
    """The tracker demands fields no form asked for (``request.missing``)."""
    row = actions(_add_details(request, primary=True), _not_needed(request))
    return say(lambda m: texts.needs_fields(_names(request.missing, m.bold), m.words(request.ref)), row)


def dead_for_asker(request: Request) -> Message:
    """The tracker refused the request itself."""
    return say(lambda m: texts.dead_for_asker(m.bold(request.ref)), actions(_add_details(request)))


def dead_for_ops(request: Request, reason: str) -> Message:
    """The same for the ops channel. A private request's words are not shown there."""
    why = clip(one_line(reason).rstrip("."), _REASON_LIMIT)
    who = mrkdwn.person(request.draft.requester.id)
    private = request.draft.origin.private
    small = [] if private else [context(mrkdwn.escape(clip(one_line(request.draft.summary), _SUMMARY_LIMIT)))]
    return say(lambda m: texts.dead_for_ops(m.bold(request.ref), who, m.words(why)), *small)


def denied_for_ops(waiting: int, reason: str) -> Message:
    """For the ops channel: the tracker refuses our login or our permissions; ``waiting`` requests are kept."""
    why = clip(one_line(reason).rstrip("."), _REASON_LIMIT)
    return say(lambda m: texts.denied_for_ops(waiting, m.words(why)))


def ticket_list(requests: Sequence[Request]) -> Message:
    """A person's requests, newest first as given; the ten first are shown."""
    if not requests:
        return say(texts.NO_TICKETS)
    return say(lambda m: "\n".join([texts.your_tickets(len(requests)), *request_lines(requests, m)]))


def request_lines(requests: Sequence[Request], m: Markup) -> list[str]:
    """One line per request, at most ten, then how many are left out."""
    lines = [f"• {_request_line(request, m)}" for request in requests[:_LISTED]]
    left = len(requests) - _LISTED
    return [*lines, texts.more_tickets(left)] if left > 0 else lines


def one_ticket(ticket: Ticket) -> Message:
    """`/ticket MOPS-12`."""

    def said(m: Markup) -> str:
        when = texts.updated(m.moment(ticket.updated_at)) if ticket.updated_at else ""
        return joined([_ticket_line(ticket, m), when])

    return say(said)


def no_such_ticket(key: str) -> Message:
    """A key nobody knows."""
    return say(lambda m: texts.no_such_ticket(m.bold(key)))


def form_kept(action_id: str, value: str, typed: Mapping[str, Answer] | None = None) -> Message:
    """The form could not open: what was typed (by label), and a button that tries the same again."""
    filled = [(label, _flat(answer)) for label, answer in (typed or {}).items() if _flat(answer)]
    again = actions(button(texts.TRY_AGAIN, action_id, value, primary=True))
    if not filled:
        return say(texts.FORM_KEPT_EMPTY, again)

    def said(m: Markup) -> str:
        return "\n".join([texts.FORM_KEPT, *(f"• {m.words(label)}: {m.words(text)}" for label, text in filled)])

    return say(said, again)


def _filed(
    request: Request,
    ticket: Ticket,
    on_triage: str | None,
    missing: Sequence[FormField | TrackerField],
    because: Because,
) -> Message:
    def said(m: Markup) -> str:
        first = texts.TICKET_OPENED[because].format(key=_key(ticket, m), ref=m.words(request.ref))
        triage = texts.on_call(mrkdwn.person(on_triage)) if on_triage and not ticket.assignee else ""
        needed = texts.still_needed(_names(missing, m.bold)) if missing else texts.NOTHING_NEEDED
        sentences = [" ".join(part for part in (first, triage) if part), "" if ticket.done else needed]
        return "\n".join(part for part in sentences if part)

    if ticket.done:
        return say(said, context(_facts(ticket)))
    row = [_add_details(request, primary=bool(missing)), _not_needed(request)]
    return say(said, context(_facts(ticket)), actions(*row))


def _facts(ticket: Ticket) -> str:
    return joined([mrkdwn.escape(clip(one_line(ticket.summary), _SUMMARY_LIMIT)), _small_facts(ticket)])


def _small_facts(ticket: Ticket) -> str:
    who = mrkdwn.escape(ticket.assignee) if ticket.assignee else texts.NOBODY_YET
    return joined([mrkdwn.escape(ticket.issue_type), mrkdwn.escape(ticket.status), who])


def _key(ticket: Ticket, m: Markup) -> str:
    return m.strong(m.link(ticket.key, ticket.url))


def _ticket_line(ticket: Ticket, m: Markup) -> str:
    summary = m.words(clip(one_line(ticket.summary), _SUMMARY_LIMIT))
    return f"{joined([_key(ticket, m), summary])} — {_small_facts(ticket)}"


def _request_line(request: Request, m: Markup) -> str:
    if request.state is RequestState.FILED and request.ticket:
        return _ticket_line(request.ticket, m)
    key = _key(request.ticket, m) if request.ticket else m.bold(texts.waiting_request(request.ref))
    summary = m.words(clip(one_line(request.draft.summary), _SUMMARY_LIMIT))
    return f"{joined([key, summary])} — {texts.STATES[request.state]}"


def _names(fields: Sequence[FormField | TrackerField], show: Callable[[str], str]) -> str:
    labels = [f.label if isinstance(f, FormField) else f.name for f in fields]
    return texts.listed([show(clip(one_line(label), _SUMMARY_LIMIT)) for label in labels])


def _flat(answer: Answer) -> str:
    text = ", ".join(answer) if isinstance(answer, tuple) else answer
    return clip(one_line(text), _ANSWER_LIMIT)


def _add_details(request: Request, *, primary: bool = False) -> Block:
    return button(texts.ADD_DETAILS, ids.ADD_DETAILS, str(request.id), primary=primary)


def _not_needed(request: Request) -> Block:
    return button(texts.NOT_NEEDED, ids.NOT_NEEDED, str(request.id))
