"""Carries out what the desk does to tickets: created effectively once, completed, commented on, withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.database import Database
from bot.dispatcher import pace
from bot.effects import CommentTicket, CreateTicket, DescribeTicket, Effect, Post, ShowCard, WithdrawTicket
from bot.outbox import Outbox
from bot.outcome import Done, Outcome, Refused, Retry, Unsure
from bot.queue import Claimed
from bot.slack import tickets
from escalation.domain import Form, NewTicket, Request, RequestState, Ticket
from escalation.drafts import new_ticket
from escalation.errors import OutcomeUnknown, TrackerDenied, TrackerRejected, TrackerUnavailable
from escalation.filing import Denied, Filed, Filing, FilingMemo, Rejected, RetryAt
from escalation.protocols import Tracker
from escalation.request_store import RequestStore

DENIED_PACE = timedelta(minutes=5)
"""How often a lane that Jira denies is tried again; ops has been told."""

MISCONFIGURED_PACE = timedelta(minutes=15)
"""How often a request is tried again that Jira refuses for reasons no form field can mend."""

WITHDRAW_LOOKS = 4
"""How often, five minutes apart, a ticket that may exist is looked for before there is nothing to close."""


class TrackerDelivery:
    """Implements ``Delivers`` for everything that goes to the tracker."""

    def __init__(
        self,
        tracker: Tracker,
        forms: Sequence[Form],
        outbox: Outbox,
        database: Database,
        clock: Clock,
        *,
        project: str,
        ops_channel: str,
    ) -> None:
        self._tracker = tracker
        self._filing = Filing(tracker)
        self._forms = tuple(forms)
        self._outbox = outbox
        self._database = database
        self._clock = clock
        self._project = project
        self._ops_channel = ops_channel

    def deliver(self, effect: Effect, claim: Claimed) -> Outcome:
        """Carry out an effect."""
        try:
            return self._deliver(effect, claim)
        except TrackerDenied as exc:
            return self._denied(claim, str(exc))
        except TrackerUnavailable as exc:
            wait = timedelta(seconds=exc.retry_after) if exc.retry_after else pace(claim.attempts)
            return Retry(self._clock() + wait, str(exc), claim.memo)
        except OutcomeUnknown as exc:  # every write but "create" may be repeated: each is idempotent
            return Unsure(self._clock() + pace(claim.attempts), str(exc), claim.memo)
        except TrackerRejected as exc:
            return Refused(str(exc), self._tell_ops(claim.key, tickets.ops_rejected(str(exc))))

    def _deliver(self, effect: Effect, claim: Claimed) -> Outcome:
        request = self._request(effect)
        if request is None:
            return Done()
        match effect:
            case CreateTicket():
                return self._create(request, claim)
            case DescribeTicket() if request.ticket:
                new = self._new_ticket(request)
                self._tracker.describe(request.ticket.key, new.description, new.labels)
            case CommentTicket(text=text):
                if request.ticket is None:
                    return Retry(self._clock() + pace(claim.attempts), "the ticket is not there yet", claim.memo)
                self._tracker.comment(request.ticket.key, text, _marker(request, claim))
            case WithdrawTicket():
                return self._withdraw(request, claim)
            case _:
                pass
        return Done()

    def _create(self, request: Request, claim: Claimed) -> Outcome:
        if request.ticket is not None or request.state is RequestState.WITHDRAWN and not _maybe_sent(claim):
            return Done()
        memo = _memo(claim)
        outcome = self._filing.attempt(self._new_ticket(request), memo, self._clock())
        match outcome:
            case Filed(ticket=ticket):
                return Done(self._filed(request, ticket, claim))
            case RetryAt(definite=True):
                return Retry(outcome.when, outcome.reason, outcome.memo.to_json())
            case RetryAt():
                return Unsure(outcome.when, outcome.reason, outcome.memo.to_json(), self._unknown(request))
            case Rejected(fields=()):
                at = self._clock() + MISCONFIGURED_PACE
                tell = self._tell_ops(f"misconfigured:{outcome.message[:80]}", tickets.ops_rejected(outcome.message))
                return Retry(at, outcome.message, memo.to_json(), tell)
            case Rejected(fields=fields):
                return Done(lambda session: self._needs(session, request, fields, claim))
            case Denied(message=message):
                return self._denied(claim, message)

    def _withdraw(self, request: Request, claim: Claimed) -> Outcome:
        ticket = request.ticket or self._tracker.find_by_marker(request.marker)
        if ticket is None and claim.attempts > WITHDRAW_LOOKS:
            return Done()
        if ticket is None:
            return Unsure(self._clock() + timedelta(minutes=5), "no ticket to close yet")
        closed = self._tracker.withdraw(ticket.key, tickets.withdrawn_reason(), _marker(request, claim))
        return Done(lambda session: self._closed(session, request, closed, claim))

    def _filed(self, request: Request, ticket: Ticket, claim: Claimed) -> Callable[[Session], None]:
        def write(session: Session) -> None:
            store = RequestStore(session)
            now = store.get(request.id)
            store.filed(request.id, ticket)
            if now is not None and now.state is RequestState.WITHDRAWN:
                store.withdrawn(request.id)
                self._outbox.put(session, f"withdraw:{request.id}", WithdrawTicket(request.id))
            if now is not None and now.draft != request.draft:
                self._outbox.put(session, f"describe:{request.id}:{claim.id}", DescribeTicket(request.id))
            self._outbox.put(session, f"card:{request.id}:{claim.id}", ShowCard(request.id))

        return write

    def _needs(self, session: Session, request: Request, fields: tuple[Any, ...], claim: Claimed) -> None:
        RequestStore(session).needs_fields(request.id, fields)
        self._outbox.put(session, f"card:{request.id}:{claim.id}", ShowCard(request.id))

    def _closed(self, session: Session, request: Request, ticket: Ticket, claim: Claimed) -> None:
        store = RequestStore(session)
        store.filed(request.id, ticket)
        store.withdrawn(request.id)
        self._outbox.put(session, f"card:{request.id}:{claim.id}", ShowCard(request.id))

    def _unknown(self, request: Request) -> Callable[[Session], None]:
        return lambda session: RequestStore(session).unknown(request.id)

    def _denied(self, claim: Claimed, why: str) -> Outcome:
        today = self._clock().date().isoformat()
        tell = self._tell_ops(f"denied:{today}", tickets.ops_denied(why))
        return Retry(self._clock() + DENIED_PACE, why, claim.memo, tell)

    def _tell_ops(self, key: str, message: Any) -> Callable[[Session], None]:  # noqa: ANN401 - Message
        if not self._ops_channel:
            return lambda _session: None
        post = Post(self._ops_channel, message.text, message.blocks)
        return lambda session: self._outbox.put(session, f"ops:{key}", post)

    def _request(self, effect: Effect) -> Request | None:
        number = getattr(effect, "request_id", None)
        with self._database.read() as session:
            return RequestStore(session).get(number) if number is not None else None

    def _new_ticket(self, request: Request) -> NewTicket:
        return new_ticket(request.draft, request, self._forms, self._project or "OPS", self._project)


def _memo(claim: Claimed) -> FilingMemo:
    """What the filing must know; an attempt that never said how it ended may have made the ticket."""
    memo = FilingMemo.from_json(claim.memo)
    if claim.interrupted and claim.began_at is not None:
        return memo.interrupted(claim.began_at)
    return memo


def _maybe_sent(claim: Claimed) -> bool:
    return claim.interrupted or FilingMemo.from_json(claim.memo).unknown_since is not None


def _marker(request: Request, claim: Claimed) -> str:
    return f"{request.marker}-{claim.id}"
