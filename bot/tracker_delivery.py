"""Carries out what the desk does to tickets: created effectively once, completed, commented on, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.attachments import Attachments, queue_files
from bot.clock import Clock
from bot.conversations import Conversations
from bot.database import Database
from bot.effects import (
    AttachFile,
    CommentTicket,
    CreateTicket,
    DescribeTicket,
    Effect,
    ShowCard,
    ShowOpsLine,
    TellDuty,
    WithdrawTicket,
)
from bot.outbox import Outbox
from bot.outcome import Done, Outcome, Refused, Retry, Then, Unsure
from bot.pace import DENIED_PACE, pace
from bot.queue import Claimed
from bot.slack import tickets
from bot.slack.message import Message
from bot.slack.ops import OpsChannel
from bot.speaking import Speaker
from escalation.domain import DEFAULT_PROJECT, Form, NewTicket, Request, RequestState, Ticket
from escalation.drafts import new_ticket
from escalation.errors import OutcomeUnknown, TrackerDenied, TrackerRejected, TrackerUnavailable
from escalation.filing import (
    CREATE_AGAIN_AFTER,
    SEARCH_AT,
    Denied,
    Filed,
    Filing,
    FilingMemo,
    Rejected,
    RetryAt,
)
from escalation.protocols import Tracker
from escalation.request_store import RequestStore

MISCONFIGURED_PACE = timedelta(minutes=15)
"""How often a request is tried again that Jira refuses for reasons no form field can mend."""


class TrackerDelivery:
    """Implements ``Delivers`` for everything that goes to the tracker."""

    def __init__(
        self,
        tracker: Tracker,
        forms: Sequence[Form],
        outbox: Outbox,
        ops: OpsChannel,
        database: Database,
        clock: Clock,
        attachments: Attachments,
        *,
        project: str,
        security: str = "",
    ) -> None:
        self._tracker = tracker
        self._attachments = attachments
        self._filing = Filing(tracker)
        self._forms = tuple(forms)
        self._outbox = outbox
        self._ops = ops
        self._database = database
        self._clock = clock
        self._project = project
        self._security = security

    def deliver(self, effect: Effect, claim: Claimed) -> Outcome:
        """Carry out an effect."""
        try:
            return self._deliver(effect, claim)
        except TrackerDenied as exc:
            return self._denied(str(exc), claim.memo)  # what the memo knows of doubts stays in it
        except TrackerUnavailable as exc:
            wait = timedelta(seconds=exc.retry_after) if exc.retry_after else pace(claim.attempts)
            return Retry(self._clock() + wait, str(exc), claim.memo)
        except OutcomeUnknown as exc:  # every write but "create" may be repeated: each is idempotent
            return Retry(self._clock() + pace(claim.attempts), str(exc), claim.memo)
        except TrackerRejected as exc:
            return Refused(str(exc), self.gave_up(effect, claim, str(exc)))

    def gave_up(self, effect: Effect, claim: Claimed, why: str) -> Then:
        """Ops hears of what could not be done to a ticket, and so does whoever was told that it would be."""
        if isinstance(effect, AttachFile):
            return self._attachments.not_attached(effect, claim, why)

        def write(session: Session) -> None:
            self._ops.tell(session, claim.key, tickets.ops_rejected(why))
            self._tell_person(session, effect, claim)

        return write

    def _tell_person(self, session: Session, effect: Effect, claim: Claimed) -> None:
        match effect:
            case CreateTicket(request_id=number):
                RequestStore(session).dead(number)
                self._outbox.put(session, f"card:{number}:{claim.id}:dead", ShowCard(number))
            case CommentTicket(request_id=number, told_at=other):
                self._tell_not_added(session, number, other or number, claim)
            case DescribeTicket(request_id=number):
                self._tell_not_added(session, number, number, claim)
            case _:
                pass  # the card says "closed", which is what they wanted

    def _tell_not_added(self, session: Session, number: int, told_at: int, claim: Claimed) -> None:
        request = RequestStore(session).standing_for(number)
        placed = Conversations(session).request_place(told_at)
        if request is not None and placed is not None:
            key, message = f"not_added:{claim.id}", tickets.not_added(request)
            Speaker(self._outbox).say(session, key, placed.place, placed.person, message)

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
                return self._comment(request, text, claim)
            case AttachFile():
                return self._attachments.attach(request, effect, claim)
            case WithdrawTicket() if request.ticket:
                reason, marker = tickets.withdrawn_reason(), _marker(request, claim)
                closed = self._tracker.withdraw(request.ticket.key, reason, marker)
                return Done(lambda session: self._closed(session, request, closed, claim))
            case _:
                pass
        return Done()

    def _create(self, request: Request, claim: Claimed) -> Outcome:
        memo = _memo(claim)
        if request.state is RequestState.HELD:  # nobody chose: it is filed now, and can no longer be joined
            request = self._released(request.id)
        if request.ticket is not None or request.state is RequestState.JOINED:
            return Done()
        if request.state is RequestState.WITHDRAWN:
            return self._look_for_leftover(request, memo, claim)
        outcome = self._filing.attempt(self._new_ticket(request), memo, self._clock())
        match outcome:
            case Filed(ticket=ticket):
                return Done(self._filed(request, ticket, claim))
            case RetryAt(definite=True):
                return Retry(outcome.when, outcome.reason, outcome.memo.to_json())
            case RetryAt():
                return Unsure(outcome.when, outcome.reason, outcome.memo.to_json(), self._unknown(request))
            case Rejected(fields=()):
                return self._misconfigured(outcome.message)
            case Rejected(fields=fields):
                return Done(lambda session: self._needs(session, request, fields, claim))
            case Denied(message=message):
                return self._denied(message, memo.to_json())

    def _look_for_leftover(self, request: Request, memo: FilingMemo, claim: Claimed) -> Outcome:
        """Nobody needs it any more, but an earlier attempt may have made it: then it must be closed."""
        if memo.unknown_since is None:
            return Done()
        ticket = self._tracker.find_by_marker(request.marker)
        if ticket is not None:
            return Done(self._filed(request, ticket, claim))
        elapsed = self._clock() - memo.unknown_since
        if elapsed >= CREATE_AGAIN_AFTER:
            return Done()
        when = memo.unknown_since + next(at for at in SEARCH_AT if at > elapsed)
        return Unsure(when, "looking for a ticket to close", memo.to_json())

    def _comment(self, request: Request, text: str, claim: Claimed) -> Outcome:
        if request.ticket is not None:
            self._tracker.comment(request.ticket.key, text, _marker(request, claim))
            return Done()
        if request.state in (RequestState.WITHDRAWN, RequestState.DEAD):
            return Done()
        return Retry(self._clock() + pace(claim.attempts), "the ticket is not there yet", claim.memo)

    def _released(self, request_id: int) -> Request:
        with self._database.write() as session:
            store = RequestStore(session)
            store.release(request_id)
            request = store.get(request_id)
        assert request is not None
        return request

    def _filed(self, request: Request, ticket: Ticket, claim: Claimed) -> Then:
        def write(session: Session) -> None:
            store = RequestStore(session)
            now = store.lock(request.id)
            store.filed(request.id, ticket)
            if now is not None and now.state is RequestState.WITHDRAWN:
                self._outbox.put(session, f"withdraw:{request.id}", WithdrawTicket(request.id))
            if now is not None and now.draft != request.draft:
                self._outbox.put(session, f"describe:{request.id}:{claim.id}", DescribeTicket(request.id))
            self._outbox.put(session, f"card:{request.id}:{claim.id}", ShowCard(request.id))
            self._outbox.put(session, f"line:{request.id}:filed", ShowOpsLine(request.id))
            self._outbox.put(session, f"duty:{request.id}", TellDuty(request.id))
            queue_files(session, self._outbox, now or request, self._forms)

        return write

    def _needs(self, session: Session, request: Request, fields: tuple[Any, ...], claim: Claimed) -> None:
        RequestStore(session).needs_fields(request.id, fields)
        self._outbox.put(session, f"card:{request.id}:{claim.id}", ShowCard(request.id))

    def _closed(self, session: Session, request: Request, ticket: Ticket, claim: Claimed) -> None:
        RequestStore(session).filed(request.id, ticket)
        self._outbox.put(session, f"card:{request.id}:{claim.id}", ShowCard(request.id))

    def _unknown(self, request: Request) -> Then:
        return lambda session: RequestStore(session).unknown(request.id)

    def _denied(self, why: str, memo: Mapping[str, Any]) -> Outcome:
        """Everything waits until somebody mends it: hundreds of refused logins would lock the account."""
        message = tickets.ops_denied(why)
        return Retry(self._clock() + DENIED_PACE, why, memo, self._tell_ops("denied", message))

    def _misconfigured(self, why: str) -> Outcome:
        """Only this request waits: others may have another project, type or form."""
        at = self._clock() + MISCONFIGURED_PACE
        tell = self._tell_ops(f"misconfigured:{why[:80]}", tickets.ops_rejected(why))
        return Retry(at, why, FilingMemo().to_json(), tell, holds_lane=False)

    def _tell_ops(self, key: str, message: Message) -> Then:
        today = self._clock().date()
        return lambda session: self._ops.tell_once_a_day(session, today, key, message)

    def _request(self, effect: Effect) -> Request | None:
        number = getattr(effect, "request_id", None)
        if number is None:
            return None
        with self._database.read() as session:
            store = RequestStore(session)
            return store.get(number) if isinstance(effect, CreateTicket) else store.standing_for(number)

    def _new_ticket(self, request: Request) -> NewTicket:
        return new_ticket(
            request.draft,
            request,
            self._forms,
            self._project or DEFAULT_PROJECT,
            self._project,
            security=self._security,
        )


def _memo(claim: Claimed) -> FilingMemo:
    """What the filing must know; an attempt that never said how it ended may have made the ticket."""
    memo = FilingMemo.from_json(claim.memo).by(claim.started_at)
    return memo.interrupted(claim.in_doubt_since) if claim.in_doubt_since else memo


def _marker(request: Request, claim: Claimed) -> str:
    return f"{request.marker}-{claim.id}"
