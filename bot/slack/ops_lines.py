"""What the ops team sees of a request at the moment it is sent: its line in their channel, and the DM of triage."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from bot import triage_texts
from bot.conversations import Conversations
from bot.database import Database
from bot.effects import ShowOpsLine
from bot.missing_info import MissingInfo
from bot.on_duty import OnDuty
from bot.outbox import Outbox
from bot.people import Directory
from bot.slack import mrkdwn
from bot.slack.cards import Card
from bot.slack.message import Block, Markup, Message, clip, joined, one_line, say
from bot.slack.ops_buttons import ops_actions
from escalation.alarms import alarms
from escalation.domain import Form, Request, RequestState
from escalation.follower_store import FollowerStore
from escalation.readiness import Part, readiness
from escalation.request_store import RequestStore

_SUMMARY_LIMIT = 90
_SHOWN = frozenset({RequestState.QUEUED, RequestState.UNKNOWN, RequestState.NEEDS_FIELDS, RequestState.FILED})


class OpsLines:
    """Reads a request and renders it for the ops team as it is now. Without a channel there are no lines."""

    def __init__(
        self, forms: Sequence[Form], on_duty: OnDuty, directory: Directory, database: Database, channel: str
    ) -> None:
        self._forms = {form.id: form for form in forms}
        self._on_duty = on_duty
        self._directory = directory
        self._database = database
        self._channel = channel

    def line(self, request_id: int) -> Card | None:
        """The request's line; None when it has none and needs none (any more)."""
        with self._database.read() as session:
            request = RequestStore(session).get(request_id)
            where = MissingInfo(session).ops_line(request_id)
            demand = FollowerStore(session).demand(request_id)
        if request is None or (where is None and (not self._channel or request.state not in _SHOWN)):
            return None
        channel, ts = where or (self._channel, None)
        return Card(channel, None, ts, self._render(request, demand))

    def posted(self, session: Session, request_id: int, channel: str, ts: str) -> None:
        """Remember where the line stands."""
        MissingInfo(session).ops_line_posted(request_id, channel, ts)

    def follow(self, request_id: int, occasion: int, outbox: Outbox) -> Callable[[Session], None]:
        """What keeps a line that stands there as current as the card that is being shown."""

        def write(session: Session) -> None:
            if MissingInfo(session).ops_line(request_id) is not None:
                outbox.put(session, f"line:{request_id}:{occasion}", ShowOpsLine(request_id))

        return write

    def for_duty(self, request_id: int, *, unowned: bool) -> Card | None:
        """The DM for whoever is on duty now; None when nobody is, or nobody is needed any more."""
        with self._database.read() as session:
            request = RequestStore(session).get(request_id)
            placed = Conversations(session).request_place(request_id)
        person = self._on_duty.now()
        if request is None or person is None or request.ticket is None or not request.is_open:
            return None
        if request.ticket.assignee is not None:
            return None
        limit = self._on_duty.rotation.owner_within
        hours = triage_texts.hours(limit.total_seconds() / 3600) if unowned and limit else ""
        private = request.draft.origin.private and (placed is None or placed.person != person)
        form = self._forms.get(request.draft.form_id or "")
        return Card(person, None, None, _duty_message(request, form, hours, private))

    def _render(self, request: Request, demand: int) -> Message:
        form = self._forms.get(request.draft.form_id or "")
        ready = readiness(request.draft, form)
        kind = form.name if form else (request.ticket.issue_type if request.ticket else "")
        needed = triage_texts.joined_by(demand) if demand > 1 else ""
        degree = triage_texts.ready(ready.score, len(Part), ready.missing)
        stands = self._stands(request)

        def said(m: Markup) -> str:
            facts = [*_alarms(request, form, m), m.words(kind), degree if request.is_open else "", needed]
            when = triage_texts.asked(m.moment(request.created_at))
            return f"{called(request, m)}\n{joined([*facts, when])}\n{stands}"

        return say(said, *self._buttons(request))

    def _stands(self, request: Request) -> str:
        """Status and owner. Words of Jira are escaped."""
        if request.state is not RequestState.FILED or request.ticket is None:
            return _UNFILED.get(request.state, triage_texts.DROPPED)
        ticket = request.ticket
        if ticket.done:
            return joined([mrkdwn.escape(ticket.status), mrkdwn.escape(ticket.assignee or "")])
        owner = mrkdwn.escape(ticket.assignee) if ticket.assignee else triage_texts.nobody_yet(self._duty_name())
        due = triage_texts.due(ticket.due) if ticket.due else ""
        return joined([mrkdwn.escape(ticket.status), owner, due])

    def _buttons(self, request: Request) -> tuple[Block, ...]:
        return (ops_actions(request),) if request.is_open and request.ticket else ()

    def _duty_name(self) -> str:
        """By name: a live mention would call the person with every change of the line."""
        person = self._on_duty.now()
        return mrkdwn.escape(self._directory.person(person).name) if person else ""


_UNFILED = {
    RequestState.QUEUED: triage_texts.WAITS_FOR_TRACKER,
    RequestState.UNKNOWN: triage_texts.WAITS_FOR_TRACKER,
    RequestState.NEEDS_FIELDS: triage_texts.NEEDS_FIELDS,
}


def called(request: Request, m: Markup, *, private: bool | None = None) -> str:
    """A request's key and summary; what was asked in private is not told where others read."""
    hide = request.draft.origin.private if private is None else private
    ticket = request.ticket
    key = m.link(ticket.key, ticket.url) if ticket else m.words(f"ref {request.ref}")
    summary = ticket.summary if ticket else request.draft.summary
    words = triage_texts.PRIVATE_REQUEST if hide else m.words(clip(one_line(summary), _SUMMARY_LIMIT))
    return joined([m.strong(key), words])


def _alarms(request: Request, form: Form | None, m: Markup) -> list[str]:
    """What must be seen at a glance while it is open: words of the forms file, so a private request has them too."""
    return [m.bold(words) for words in alarms(form, request.draft.answers)] if request.is_open else []


def _duty_message(request: Request, form: Form | None, limit: str, private: bool) -> Message:
    def said(m: Markup) -> str:
        ticket = joined([called(request, m, private=private), *_alarms(request, form, m)])
        return triage_texts.unowned_for_you(ticket, limit) if limit else triage_texts.new_for_you(ticket)

    return say(said, ops_actions(request))
