"""Requests and tickets → messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import assert_never

from bot import form_texts, texts, ticket_texts
from bot.slack import ids, mrkdwn
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
    joined,
    one_line,
    say,
)
from escalation.domain import FormField, Request, RequestState, Ticket, TicketComment, TrackerField

_LISTED = 10
_SUMMARY_LIMIT = 90
_REASON_LIMIT = 300
_WORDS_LIMIT = 2_000
_QUOTE_LIMIT = 200
_NOT_URGENT = (ticket_texts.WHAT_HELPS, ticket_texts.NOTHING_NEEDED)

GONE = "(gone)"
"""Our own resolution for a ticket that was deleted, moved or hidden from us."""


class Because(StrEnum):
    """Why a ticket was opened, or what just happened to it: the first words of its card."""

    NOT_FOUND = "not_found"
    NONE_OF_THESE = "none_of_these"
    CHECKED = "checked"
    NOTHING_TO_LOOK_IN = "nothing_to_look_in"
    ASKED_FOR = "asked_for"
    FILED_LATER = "filed_later"
    DETAILS_ADDED = "details_added"
    REOPENED = "reopened"


def ticket_card(
    request: Request,
    on_triage: str | None = None,
    missing: Sequence[FormField | TrackerField] | None = (),
    opened_because: str = Because.NOT_FOUND,
    unknown: Sequence[FormField] = (),
    last: TicketComment | None = None,
    *,
    texts_shown: bool = True,
) -> Message:
    """The one message about a request, for whatever state it is in; updated in place when that changes.

    ``on_triage`` is a member id or a name. ``missing`` are the mandatory fields nobody has filled in yet;
    None when the request has no type, so that nobody can say.
    ``opened_because`` is the value of a `Because`; one we no longer know reads like "asked_for".
    ``unknown`` are the fields answered with "I don't know yet". ``last`` is what ops said last.
    ``texts_shown``: False where others than colleagues read, or what is private does not belong.
    """
    match request.state:
        case RequestState.FILED if request.ticket and not texts_shown:
            return _without_texts(request, request.ticket)
        case RequestState.FILED if request.ticket and _is_moving(request.ticket, last):
            return _moving(request, request.ticket, last, _lacks(missing, unknown))
        case RequestState.FILED if request.ticket:
            return _filed(request, request.ticket, on_triage, opened_because, _lacks(missing, unknown))
        case RequestState.WITHDRAWN:
            return withdrawn(request)
        case RequestState.NEEDS_FIELDS:
            return needs_fields(request)
        case RequestState.DEAD:
            return dead_for_asker(request)
        case RequestState.QUEUED | RequestState.UNKNOWN | RequestState.FILED:
            return kept(request.ref)
        case RequestState.HELD | RequestState.JOINED:  # nobody sees it: the offer to join stands in its place
            return kept(request.ref)
    assert_never(request.state)


def with_alarms(card: Message, words: Sequence[str]) -> Message:
    """A card with what must be seen at a glance; above its buttons."""
    if not words:
        return card
    shown, plain = (joined([m.bold(one) for one in words]) for m in (RICH, PLAIN))
    body = [block for block in card.blocks if block["type"] != "actions"]
    buttons = [block for block in card.blocks if block["type"] == "actions"]
    return Message(clip(f"{card.text}\n{plain}", TEXT_LIMIT), (*body, context(shown), *buttons))


def kept(ref: str) -> Message:
    """Jira is away: the request is safe, and this is its reference."""
    return say(lambda m: ticket_texts.kept(m.bold(ref)))


def opening_privately(ref: str) -> Message:
    """To the person who asked in private: the ticket's card follows in their DM."""
    return say(lambda m: ticket_texts.opening_privately(m.bold(ref)))


def request_taken(ref: str) -> Message:
    """To the person who sent a form: the ticket's card follows in their DM."""
    return say(lambda m: ticket_texts.request_taken(m.bold(ref)))


def added_to(request: Request) -> Message:
    """A further question of the same conversation went onto its request."""
    return say(lambda m: ticket_texts.added_to(_called(request, m)))


def noted_on(request: Request) -> Message:
    """Something said in its thread went onto the ticket."""
    return say(lambda m: ticket_texts.noted_on(_called(request, m)))


def status(request: Request | None, on_triage: str | None = None) -> Message:
    """How the request of a thread stands; ``request`` is None when the thread has none."""
    if request is None:
        return say(ticket_texts.NO_TICKET_HERE)
    waits = request.ticket is not None and not request.ticket.assignee and not request.ticket.done
    triage = texts.on_call(mrkdwn.escape(on_triage)) if on_triage and waits else ""
    return say(lambda m: "\n".join(line for line in (_request_line(request, m), triage) if line))


def not_added(request: Request) -> Message:
    """To the person who was told that their words go onto the ticket."""
    return say(lambda m: ticket_texts.not_added(_called(request, m)))


def may_close(request: Request) -> Message:
    """The asker said that it is settled."""
    return say(lambda m: ticket_texts.may_close(_called(request, m)), actions(_not_needed(request)))


def closed_by(request: Request, asker: str, who: str) -> Message:
    """For the thread: the ops team closed it. ``asker`` is a member id, ``who`` a name."""
    return say(lambda m: ticket_texts.closed_by(mrkdwn.person(asker), m.words(who), _called(request, m)))


def details_by(request: Request, who: str) -> Message:
    """For the thread: another person than the asker filled in the form."""
    return say(lambda m: ticket_texts.details_by(m.words(who), _called(request, m)))


def others_request(asker: str) -> Message:
    """To somebody who may not close this request; ``asker`` is a name."""
    return say(lambda m: ticket_texts.others_request(m.words(asker)))


def already_closed() -> Message:
    """To somebody who pressed a button of a request that is closed."""
    return say(ticket_texts.ALREADY_CLOSED)


def withdrawn(request: Request) -> Message:
    """After "Not needed"."""
    if request.ticket:
        ticket = request.ticket
        return say(lambda m: ticket_texts.withdrawn(m.link(ticket.key, ticket.url)))
    return say(lambda m: ticket_texts.withdrawn_unfiled(m.bold(request.ref)))


def needs_fields(request: Request, fields: Sequence[TrackerField] = ()) -> Message:
    """The tracker demands ``fields`` (default: ``request.missing``), which no form asked for."""
    row = actions(_add_details(request, primary=True), _not_needed(request))
    names = fields or request.missing
    return say(lambda m: ticket_texts.needs_fields(_names(names, m.bold), m.words(request.ref)), row)


def dead_for_asker(request: Request) -> Message:
    """The tracker refused the request itself."""
    return say(lambda m: ticket_texts.dead_for_asker(m.bold(request.ref)))


def ops_rejected(reason: str) -> Message:
    """For the ops channel: the tracker refused a request, and no form field can mend it."""
    why = clip(one_line(reason).rstrip("."), _REASON_LIMIT)
    return say(lambda m: ticket_texts.ops_rejected(m.words(why)))


def ops_denied(reason: str) -> Message:
    """For the ops channel: the tracker refuses our login or our permissions."""
    why = clip(one_line(reason).rstrip("."), _REASON_LIMIT)
    return say(lambda m: ticket_texts.ops_denied(m.words(why)))


def withdrawn_reason() -> str:
    """The comment that closes a ticket nobody needs (plain text, for the tracker)."""
    return ticket_texts.WITHDRAWN_REASON


def ticket_list(requests: Sequence[Request]) -> Message:
    """A person's requests, newest first as given; the ten first are shown."""
    if not requests:
        return say(ticket_texts.NO_TICKETS)
    return say(lambda m: "\n".join([ticket_texts.your_tickets(len(requests)), *request_lines(requests, m)]))


def request_lines(requests: Sequence[Request], m: Markup) -> list[str]:
    """One line per request, at most ten, then how many are left out."""
    lines = [f"• {_request_line(request, m)}" for request in requests[:_LISTED]]
    left = len(requests) - _LISTED
    return [*lines, ticket_texts.more_tickets(left)] if left > 0 else lines


def one_ticket(key: str, request: Request | None, last: TicketComment | None = None) -> Message:
    """`/ticket MOPS-12`; ``request`` is None when there is none by that key that this person may see.

    ``last`` is what ops said last.
    """
    ticket = request.ticket if request else None
    if ticket is None:
        return say(lambda m: ticket_texts.no_such_ticket(m.bold(key)))

    def said(m: Markup) -> str:
        when = ticket_texts.updated(m.moment(ticket.updated_at)) if ticket.updated_at else ""
        return "\n".join(part for part in (joined([_ticket_line(ticket, m), when]), _quoted(last, m)) if part)

    return say(said)


def listed_elsewhere() -> Message:
    """For a channel: the list of somebody's requests is theirs alone."""
    return say(ticket_texts.LISTED_ELSEWHERE)


def shown_elsewhere(key: str) -> Message:
    """For a channel where what is said about a ticket does not belong."""
    return say(lambda m: ticket_texts.shown_elsewhere(m.bold(key)))


def form_not_opened(words: str = "", action_id: str = ids.HOME_TICKET, value: str = "") -> Message:
    """The form could not open: what was typed is here, and a button that opens it (again)."""
    again = actions(button(texts.TRY_AGAIN, action_id, value, primary=True))
    if not words.strip():
        return say(form_texts.FORM_KEPT_EMPTY, again)
    return say(lambda m: f"{form_texts.FORM_KEPT}\n{m.words(clip(words.strip(), _WORDS_LIMIT))}", again)


def _filed(
    request: Request,
    ticket: Ticket,
    on_triage: str | None,
    because: str,
    lacks: Callable[[Markup], str],
) -> Message:
    def said(m: Markup) -> str:
        opened = ticket_texts.TICKET_OPENED.get(because, ticket_texts.TICKET_OPENED[Because.ASKED_FOR])
        first = opened.format(key=_key(ticket, m), ref=m.words(request.ref))
        triage = texts.on_call(mrkdwn.person(on_triage)) if on_triage and not ticket.assignee else ""
        return " ".join(part for part in (first, triage) if part) + f"\n{lacks(m)}"

    if ticket.resolution == GONE:
        return say(lambda m: ticket_texts.ticket_gone(_key(ticket, m)))
    if ticket.done:
        ended = ticket_texts.ticket_declined if is_refusal(ticket.resolution) else ticket_texts.ticket_done
        return _with_facts(ticket, say(lambda m: ended(_key(ticket, m))))
    row = [_add_details(request, primary=lacks(PLAIN) != ticket_texts.NOTHING_NEEDED), _not_needed(request)]
    return _with_facts(ticket, say(said), actions(*row))


def is_refusal(resolution: str | None) -> bool:
    """Whether the tracker's word for how a ticket ended says no."""
    return (resolution or "").lower().replace("’", "'").startswith(("won't", "declin", "reject"))


def _is_moving(ticket: Ticket, last: TicketComment | None) -> bool:
    """Whether people are at it: then how it stands says more than why it was opened."""
    return not ticket.done and (ticket.assignee is not None or last is not None)


def _moving(request: Request, ticket: Ticket, last: TicketComment | None, lacks: Callable[[Markup], str]) -> Message:
    def said(m: Markup) -> str:
        needed = lacks(m)
        lines = (_card_line(ticket, m), _quoted(last, m), "" if needed in _NOT_URGENT else needed)
        return "\n".join(line for line in lines if line)

    row = actions(_add_details(request), _not_needed(request))
    return say(said, row)


def _quoted(last: TicketComment | None, m: Markup) -> str:
    if last is None:
        return ""
    return ticket_texts.last_from_ops(m.moment(last.at), m.words(clip(one_line(last.text), _QUOTE_LIMIT)))


def _without_texts(request: Request, ticket: Ticket) -> Message:
    """Where strangers read: the key and the status, nothing anybody wrote."""
    row = () if ticket.done else (actions(_add_details(request), _not_needed(request)),)
    return say(lambda m: f"{_key(ticket, m)} — {m.words(ticket.status)}", *row)


def _card_line(ticket: Ticket, m: Markup) -> str:
    summary = m.words(clip(one_line(ticket.summary), _SUMMARY_LIMIT))
    label = m.strong(joined([m.link(ticket.key, ticket.url), summary]))
    due = ticket_texts.due(ticket.due) if ticket.due else ""
    who = m.words(ticket.assignee) if ticket.assignee else ticket_texts.NOBODY_YET
    return f"{label} — {joined([m.words(ticket.status), who, due])}"


def _lacks(
    missing: Sequence[FormField | TrackerField] | None, unknown: Sequence[FormField]
) -> Callable[[Markup], str]:
    """The card's second line: what would help the ops team most."""
    if missing is None:
        return lambda m: ticket_texts.what_helps(_names(unknown, m.bold)) if unknown else ticket_texts.WHAT_HELPS
    if missing:
        return lambda m: ticket_texts.still_needed(_names(missing, m.bold))
    if unknown:
        return lambda m: ticket_texts.still_open(_names(unknown, m.bold))
    return lambda _: ticket_texts.NOTHING_NEEDED


def _with_facts(ticket: Ticket, message: Message, *blocks: Block) -> Message:
    facts = joined([mrkdwn.escape(clip(one_line(ticket.summary), _SUMMARY_LIMIT)), _small_facts(ticket)])
    return Message(clip(f"{message.text}\n{facts}", TEXT_LIMIT), (*message.blocks, context(facts), *blocks))


def _small_facts(ticket: Ticket) -> str:
    nobody = "" if ticket.done else ticket_texts.NOBODY_YET
    who = mrkdwn.escape(ticket.assignee) if ticket.assignee else nobody
    due = ticket_texts.due(ticket.due) if ticket.due and not ticket.done else ""
    return joined([mrkdwn.escape(ticket.issue_type), mrkdwn.escape(ticket.status), who, due])


def _called(request: Request, m: Markup) -> str:
    return _key(request.ticket, m) if request.ticket else m.bold(ticket_texts.waiting_request(request.ref))


def _key(ticket: Ticket, m: Markup) -> str:
    return m.strong(m.link(ticket.key, ticket.url))


def _ticket_line(ticket: Ticket, m: Markup) -> str:
    summary = m.words(clip(one_line(ticket.summary), _SUMMARY_LIMIT))
    return f"{joined([_key(ticket, m), summary])} — {_small_facts(ticket)}"


def _request_line(request: Request, m: Markup) -> str:
    if request.state is RequestState.FILED and request.ticket:
        return _ticket_line(request.ticket, m)
    summary = m.words(clip(one_line(request.draft.summary), _SUMMARY_LIMIT))
    return f"{joined([_called(request, m), summary])} — {ticket_texts.STATES[request.state]}"


def _names(fields: Sequence[FormField | TrackerField], show: Callable[[str], str]) -> str:
    labels = [f.label if isinstance(f, FormField) else f.name for f in fields]
    return texts.listed([show(clip(one_line(label), _SUMMARY_LIMIT)) for label in labels])


def _add_details(request: Request, *, primary: bool = False) -> Block:
    return button(texts.ADD_DETAILS, ids.ADD_DETAILS, str(request.id), primary=primary)


def _not_needed(request: Request) -> Block:
    return button(texts.NOT_NEEDED, ids.NOT_NEEDED, str(request.id))
