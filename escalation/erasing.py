"""Erasing people from the tables of requests: whose they were, what they typed. In the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, false, func, not_, select
from sqlalchemy.orm import Session

from escalation.domain import Draft, Origin, Person, RequestState
from escalation.request_json import as_utc, draft_from_json, draft_to_json, ticket_from_json, ticket_to_json
from escalation.summary import summary_of
from escalation.tables import FollowerRow, FormDraftRow, RequestRow

FORGOTTEN = "(forgotten)"
UNSENT = frozenset({RequestState.HELD, RequestState.QUEUED, RequestState.UNKNOWN, RequestState.NEEDS_FIELDS})
UNFINISHED = UNSENT | {RequestState.FILED}


@dataclass(frozen=True)
class Erased:
    """What was erased. ``handed_over``: requests that go on, with the person whose they are now."""

    requests: int = 0
    withdrawn: int = 0
    others: int = 0
    handed_over: tuple[tuple[int, str], ...] = ()


class Erasing:
    """Empties requests; their numbers, markers and ticket keys stay."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def erase(self, person_id: str) -> Erased:
        """Everything of one person."""
        rows = self._locked(RequestRow.requester_id == person_id)
        names = {draft_from_json(row.draft).requester.name for row in rows}
        followed = select(FollowerRow).where(FollowerRow.person_id == person_id)
        names |= {str(row.person.get("name")) for row in self._session.scalars(followed)}
        heirs = [(row.id, heir) for row in rows if (heir := self._hand_over(row, person_id))]
        kept = {number for number, _ in heirs}
        withdrawn = sum(row.state in UNSENT for row in rows if row.id not in kept)
        for row in rows:
            if row.id not in kept:
                empty(row)
        others = self._gone(FormDraftRow, person_id) + self._gone(FollowerRow, person_id)
        others += self._unquote(names - {FORGOTTEN, "", "None"})
        self._session.flush()
        return Erased(len(rows), withdrawn, others, tuple(heirs))

    def open_ids(self) -> frozenset[int]:
        """The requests somebody still has something to do about."""
        done = RequestRow.ticket["done"].as_boolean().is_(True)
        query = select(RequestRow.id).where(RequestRow.state.in_(UNFINISHED), not_(func.coalesce(done, false())))
        return frozenset(self._session.scalars(query))

    def old(self, before: datetime, after: int, most: int) -> tuple[tuple[int, ...], int | None]:
        """Finished requests nothing has happened to since ``before``, and the id to look on after; None at the end.

        ``after``: look at those with higher ids only.
        """
        query = select(RequestRow).where(
            RequestRow.id > after, RequestRow.requester_id != "", RequestRow.created_at < as_utc(before)
        )
        rows = self._session.scalars(query.order_by(RequestRow.id).limit(most)).all()
        old = tuple(row.id for row in rows if _is_over(row, before))
        return old, (rows[-1].id if len(rows) == most else None)

    def expire(self, request_ids: Collection[int]) -> None:
        """Empty these, and let go of whoever joined them."""
        for row in self._locked(RequestRow.id.in_(request_ids)):
            empty(row)
        self._session.execute(delete(FollowerRow).where(FollowerRow.request_id.in_(request_ids)))
        self._session.flush()

    def _gone(self, table: type[FormDraftRow] | type[FollowerRow], person_id: str) -> int:
        return len(self._session.execute(delete(table).where(table.person_id == person_id).returning(table.id)).all())

    def _hand_over(self, row: RequestRow, person_id: str) -> str | None:
        """Somebody else needs it too, and it is not filed yet: from now on it says what they need."""
        wanted = select(FollowerRow).where(FollowerRow.request_id == row.id, FollowerRow.person_id != person_id)
        heir = self._session.scalar(wanted.order_by(FollowerRow.id).limit(1)) if row.state in UNSENT else None
        if heir is None:
            return None
        before = draft_from_json(row.draft)
        origin = Origin(before.origin.where, None, before.origin.private)
        summary = summary_of(heir.need) or FORGOTTEN
        draft = Draft(summary, Person(**heir.person), origin, question=heir.need, form_id=before.form_id)
        row.draft, row.requester_id = draft_to_json(draft), heir.person_id
        self._session.delete(heir)
        return row.requester_id

    def _unquote(self, names: Iterable[str]) -> int:
        """What they said in threads that became somebody else's request."""
        begins = tuple(f"{name}: " for name in names)
        drafts = self._session.execute(select(RequestRow.id, RequestRow.draft)) if begins else ()
        quoting = [number for number, draft in drafts if _without(draft, begins) != draft]
        for row in self._locked(RequestRow.id.in_(quoting)):
            row.draft = _without(row.draft, begins)
        return len(quoting)

    def _locked(self, which: ColumnElement[bool]) -> Sequence[RequestRow]:
        """Nobody else changes these requests before the transaction ends."""
        wanted = select(RequestRow).where(which).order_by(RequestRow.id).with_for_update()
        return self._session.scalars(wanted.execution_options(populate_existing=True)).all()


def _without(draft: Mapping[str, Any], begins: tuple[str, ...]) -> dict[str, Any]:
    """A draft without the lines of its thread that begin so."""
    said = draft.get("thread") or []
    left = [FORGOTTEN if line.startswith(begins) else line for line in said]
    return {**draft, "thread": left} if left != list(said) else dict(draft)


def _is_over(row: RequestRow, before: datetime) -> bool:
    if row.state not in UNFINISHED:
        return True
    ticket = ticket_from_json(row.ticket) if row.ticket is not None else None
    return ticket is not None and ticket.done and (ticket.updated_at is None or ticket.updated_at < before)


def empty(row: RequestRow) -> None:
    """Without words and people; one that was not filed yet is withdrawn."""
    draft = draft_from_json(row.draft)
    origin = Origin("", None, draft.origin.private)
    row.draft = draft_to_json(Draft(FORGOTTEN, Person("", FORGOTTEN), origin, form_id=draft.form_id))
    row.requester_id, row.missing = "", []
    if row.ticket is not None:
        row.ticket = ticket_to_json(replace(ticket_from_json(row.ticket), summary=FORGOTTEN))
    if row.state in UNSENT:
        row.state = RequestState.WITHDRAWN
