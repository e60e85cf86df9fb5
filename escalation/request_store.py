"""Where requests and half-filled forms are kept. Works inside the caller's transaction; nothing commits here."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from escalation.domain import (
    Draft,
    Origin,
    Person,
    Request,
    RequestState,
    Ticket,
    TrackerField,
)
from escalation.erasing import FORGOTTEN, Erased, Erasing
from escalation.errors import NoSuchRequest
from escalation.request_json import (
    as_utc,
    draft_from_json,
    draft_to_json,
    field_from_json,
    field_to_json,
    ticket_from_json,
    ticket_to_json,
)
from escalation.tables import FollowerRow, RequestRow

REF_ALPHABET = "2345679BCDFGHJKMNPQRTVWXYZ"
"""No 0/O, 1/I/L, 8/B twins and no A, E, U: read aloud without mistakes, and spells no words. S looks like 5."""

REF_LENGTH = 4
_DRAWS_PER_LENGTH = 8
_SETTLED = frozenset({RequestState.FILED, RequestState.WITHDRAWN, RequestState.JOINED})
_TO_JOIN = frozenset({RequestState.QUEUED, RequestState.UNKNOWN, RequestState.NEEDS_FIELDS, RequestState.FILED})


def random_ref(length: int) -> str:
    """A short code people can read to each other."""
    return "".join(secrets.choice(REF_ALPHABET) for _ in range(length))


def random_marker() -> str:
    """A label no other request has: 48 random bits."""
    return f"mops-desk-{secrets.token_hex(6)}"


class RequestStore:
    """Requests, by id, reference or ticket. Methods that change one raise NoSuchRequest when it is not there.

    A filed, withdrawn or joined request stays so: late news about its filing (unknown, missing fields, dead) is
    ignored.
    """

    def __init__(
        self,
        session: Session,
        draw_ref: Callable[[int], str] = random_ref,
        draw_marker: Callable[[], str] = random_marker,
    ) -> None:
        self._session = session
        self._draw_ref = draw_ref
        self._draw_marker = draw_marker

    def open(self, draft: Draft, now: datetime, *, held: bool = False) -> Request:
        """Keep a new request under a fresh reference and marker: queued for filing, or ``held`` for a choice."""
        row = RequestRow(
            ref=self._free_ref(),
            marker=self._draw_marker(),
            requester_id=draft.requester.id,
            state=RequestState.HELD if held else RequestState.QUEUED,
            draft=draft_to_json(draft),
            missing=[],
            created_at=as_utc(now),
        )
        self._session.add(row)
        self._session.flush()
        return _request(row)

    def get(self, request_id: int) -> Request | None:
        """The request with this id."""
        row = self._session.get(RequestRow, request_id)
        return _request(row) if row else None

    def lock(self, request_id: int) -> Request | None:
        """The request as it is now, and nobody else changes it before this transaction ends.

        For whoever decides by a request's state what to do next.
        """
        row = self._locked(request_id)
        return _request(row) if row else None

    def by_ref(self, ref: str) -> Request | None:
        """The request people call by this reference, in any case."""
        row = self._session.scalars(select(RequestRow).where(RequestRow.ref == ref.strip().upper())).first()
        return _request(row) if row else None

    def by_ticket_key(self, key: str) -> Request | None:
        """The request a ticket was made for; the latest, should there be several."""
        query = select(RequestRow).where(RequestRow.ticket_key == key.strip().upper())
        row = self._session.scalars(query.order_by(RequestRow.id.desc()).limit(1)).first()
        return _request(row) if row else None

    def standing_for(self, request_id: int) -> Request | None:
        """The request with this id, or the one it was joined to."""
        request = self.get(request_id)
        return self.get(request.joined) if request and request.joined is not None else request

    def open_requests(self, since: datetime, after: int = 0) -> tuple[Request, ...]:
        """Requests made at ``since`` or later whose tickets are on their way or not done, oldest first.

        ``after``: only those with a higher id. What is held for a choice is not among them.
        """
        query = select(RequestRow).where(
            RequestRow.state.in_(_TO_JOIN),
            RequestRow.created_at >= as_utc(since),
            RequestRow.id > after,
            RequestRow.ticket["done"].as_boolean().is_not(True),  # true as well while there is no ticket
        )
        found = (_request(row) for row in self._session.scalars(query.order_by(RequestRow.id)))
        return tuple(request for request in found if request.is_open)

    def requests_of(self, person_id: str, limit: int = 50) -> tuple[Request, ...]:
        """A person's requests and those they joined, newest first."""
        joined = select(FollowerRow.request_id).where(FollowerRow.person_id == person_id)
        own = and_(RequestRow.requester_id == person_id, RequestRow.state != RequestState.JOINED)
        query = select(RequestRow).where(or_(own, RequestRow.id.in_(joined)))
        return tuple(
            _request(row) for row in self._session.scalars(query.order_by(RequestRow.id.desc()).limit(limit))
        )

    def private_markers(self) -> frozenset[str]:
        """The markers of all requests that were made where others could not read."""
        private = RequestRow.draft["origin"]["private"].as_boolean().is_(True)
        return frozenset(self._session.scalars(select(RequestRow.marker).where(private)))

    def update_draft(self, request_id: int, draft: Draft) -> None:
        """Replace what is known of a request. One that waited for fields is queued again."""
        row = self._row(request_id)
        row.draft = draft_to_json(draft)
        if row.state == RequestState.NEEDS_FIELDS:
            row.state, row.missing = RequestState.QUEUED, []

    def release(self, request_id: int) -> bool:
        """A held request is to be filed. False when it was not held (any more)."""
        row = self._row(request_id)
        if row.state != RequestState.HELD:
            return False
        row.state = RequestState.QUEUED
        return True

    def join(self, request_id: int, other_id: int) -> bool:
        """A held request needs no ticket of its own: it belongs to another one's. False when it was not held."""
        row = self._row(request_id)
        if row.state != RequestState.HELD:
            return False
        row.state, row.joined_id = RequestState.JOINED, other_id
        return True

    def filed(self, request_id: int, ticket: Ticket) -> bool:
        """Its ticket exists (or has changed). A withdrawn request keeps its state: its ticket is to be closed.

        News may arrive out of order: what is older than what is known changes nothing, and False is returned.
        """
        row = self._row(request_id)
        if row.ticket is not None and _is_older(ticket, ticket_from_json(row.ticket)):
            return False
        if not row.requester_id:  # what somebody wanted forgotten does not come back with the next look
            ticket = replace(ticket, summary=FORGOTTEN)
        row.ticket_key, row.ticket, row.missing = ticket.key, ticket_to_json(ticket), []
        if row.state != RequestState.WITHDRAWN:
            row.state = RequestState.FILED
        return True

    def needs_fields(self, request_id: int, fields: tuple[TrackerField, ...]) -> None:
        """The tracker demands fields that nobody has filled in."""
        row = self._row(request_id)
        if self._move(row, RequestState.NEEDS_FIELDS):
            row.missing = [field_to_json(field) for field in fields]

    def unknown(self, request_id: int) -> None:
        """A create call ended without a clear answer."""
        self._move(self._row(request_id), RequestState.UNKNOWN)

    def dead(self, request_id: int) -> None:
        """It will never be filed; whoever calls tells the asker and ops."""
        self._move(self._row(request_id), RequestState.DEAD)

    def withdrawn(self, request_id: int) -> None:
        """Nobody needs it any more, filed or not."""
        self._row(request_id).state = RequestState.WITHDRAWN

    def forget(self, person_id: str) -> Erased:
        """Wipe what a person typed here, and who they were.

        Tickets stay in the tracker. Requests not filed yet are withdrawn: there is nothing left to file. Where others
        have joined one, it goes on as the first one's.
        """
        return Erasing(self._session).erase(person_id)

    def leave_gap(self, size: int, now: datetime) -> None:
        """The next request's number is higher than the last one's by more than ``size``."""
        self._session.add(
            RequestRow(
                id=(self._session.scalar(select(func.max(RequestRow.id))) or 0) + size,
                ref=self._free_ref(),
                marker=self._draw_marker(),
                requester_id="",
                state=RequestState.WITHDRAWN,
                draft=draft_to_json(Draft(FORGOTTEN, Person("", FORGOTTEN), Origin("", None))),
                missing=[],
                created_at=as_utc(now),
            )
        )
        self._session.flush()

    def _free_ref(self) -> str:
        """A reference not yet in use; longer ones once the short ones get crowded."""
        length = REF_LENGTH
        while True:
            draws = [self._draw_ref(length) for _ in range(_DRAWS_PER_LENGTH)]
            taken = set(self._session.scalars(select(RequestRow.ref).where(RequestRow.ref.in_(draws))))
            free = [draw for draw in draws if draw not in taken]
            if free:
                return free[0]
            length += 1

    def _locked(self, request_id: int) -> RequestRow | None:
        """On SQLite the whole transaction holds the writer's turn; PostgreSQL locks the row."""
        self._session.flush()
        return self._session.get(RequestRow, request_id, with_for_update=True, populate_existing=True)

    def _row(self, request_id: int) -> RequestRow:
        row = self._locked(request_id)
        if row is None:
            raise NoSuchRequest(f"There is no request {request_id} (any more).")
        return row

    def _move(self, row: RequestRow, state: RequestState) -> bool:
        if row.state in _SETTLED:
            return False
        row.state = state
        return True


def _is_older(news: Ticket, known: Ticket) -> bool:
    return bool(news.updated_at and known.updated_at and news.updated_at < known.updated_at)


def _request(row: RequestRow) -> Request:
    return Request(
        id=row.id,
        ref=row.ref,
        marker=row.marker,
        draft=draft_from_json(row.draft),
        state=RequestState(row.state),
        created_at=as_utc(row.created_at),
        ticket=ticket_from_json(row.ticket) if row.ticket else None,
        missing=tuple(field_from_json(one) for one in row.missing),
        joined=row.joined_id,
    )
