"""What the desk has told about a ticket already, who hears of it, and what they said in the end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.conversations import Conversations
from bot.domain import Place
from bot.follow_places import FollowPlace, FollowPlaces
from bot.once import locked
from bot.tables import RequestPlaceRow, SolvedRow, TicketNewsRow
from escalation.domain import TicketComment

CARD_PACE = timedelta(seconds=30)
"""A card changes at most this often because of what happens in the tracker."""


@dataclass(frozen=True)
class Ending:
    """How a ticket was closed, in words; ``by`` is the member id of whoever closed it from Slack.

    ``for_now``: the desk closed it because nobody answered; the asker can open it again.
    ``comment_id``: the comment in the tracker that says so, when it was found there.
    """

    words: str
    declined: bool = False
    by: str | None = None
    for_now: bool = False
    comment_id: str | None = None


@dataclass(frozen=True)
class TicketNews:
    """What is known and told about one request's ticket. ``closings``: how often it was done so far."""

    last: TicketComment | None = None
    ending: Ending | None = None
    closings: int = 0
    read_at: datetime | None = None
    card_due_at: datetime | None = None


_COMMENT: TypeAdapter[TicketComment] = TypeAdapter(TicketComment)
_ENDING: TypeAdapter[Ending] = TypeAdapter(Ending)


class NewsStore:
    """Works in the caller's transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of(self, request_id: int) -> TicketNews:
        """What is known so far."""
        row = self._session.get(TicketNewsRow, request_id)
        return _news(row) if row else TicketNews()

    def seen(self, request_id: int, at: datetime, last: TicketComment | None) -> None:
        """The ticket was read; ``last`` is its newest public comment."""
        row = self._row(request_id)
        row.read_at = at
        row.last = _COMMENT.dump_python(last, mode="json") if last else None

    def ends(self, request_id: int, ending: Ending | None) -> None:
        """How it is being closed; None once it is open again."""
        self._row(request_id).ending = _ENDING.dump_python(ending, mode="json") if ending else None

    def closed(self, request_id: int) -> int:
        """It is done once more; says for the how manieth time."""
        row = self._row(request_id)
        row.closings += 1
        return row.closings

    def card_due(self, request_id: int, now: datetime) -> datetime | None:
        """When the card may change next; None when a change is on its way already."""
        row = self._row(request_id)
        due = row.card_due_at
        if due is None or due > now + CARD_PACE:  # further away than the pace: the clock was put back
            due = now - CARD_PACE
        elif due > now:
            return None
        row.card_due_at = max(now, due + CARD_PACE)
        return row.card_due_at

    def longest_unread(self, request_ids: tuple[int, ...], before: datetime, limit: int) -> tuple[int, ...]:
        """Of these requests the ones nobody has looked at since ``before``, longest first."""
        query = select(TicketNewsRow.request_id, TicketNewsRow.read_at)
        read: dict[int, datetime | None] = {number: at for number, at in self._session.execute(query).all()}
        unread = [(read.get(number), number) for number in request_ids]
        due = sorted((at.timestamp() if at else 0.0, number) for at, number in unread if at is None or at < before)
        return tuple(number for _, number in due[:limit])

    def answered(self, request_id: int, closing: int, person: str, solved: bool, now: datetime) -> None:
        """Whether it solved it, says a person; a later word of theirs replaces it."""
        key = {"request_id": request_id, "closing": closing, "person": person}
        row = locked(self._session, SolvedRow, key, {"solved": solved, "updated_at": now})
        row.solved, row.updated_at = solved, now

    def answers(self, request_id: int) -> tuple[tuple[str, bool], ...]:
        """(person, solved) as said so far, oldest first."""
        said = select(SolvedRow).where(SolvedRow.request_id == request_id).order_by(SolvedRow.id)
        return tuple((row.person, row.solved) for row in self._session.scalars(said))

    def is_unsolved(self, request_id: int, closing: int) -> bool:
        """Whether somebody said that this closing did not solve it."""
        said = select(SolvedRow.id).where(SolvedRow.request_id == request_id, SolvedRow.closing == closing)
        return self._session.scalar(said.where(SolvedRow.solved.is_(False)).limit(1)) is not None

    def listeners(self, request_id: int) -> tuple[FollowPlace, ...]:
        """Who hears of a ticket and where: the asker, then everyone who joined; each thread once."""
        found: list[FollowPlace] = []
        for one in self._everyone(request_id):
            if _where(one.place) not in {_where(other.place) for other in found}:
                found.append(one)
        return tuple(found)

    def waiting(self, request_id: int) -> frozenset[str]:
        """The asker and everyone who joined."""
        return frozenset(one.person for one in self._everyone(request_id))

    def _everyone(self, request_id: int) -> tuple[FollowPlace, ...]:
        placed = Conversations(self._session).request_place(request_id)
        asker = (FollowPlace(placed.person, placed.place),) if placed else ()
        return (*asker, *FollowPlaces(self._session).of(request_id))

    def forget(self, person: str) -> None:
        """Wipe what ops said to a person."""
        theirs = select(RequestPlaceRow.request_id).where(RequestPlaceRow.person == person)
        told = update(TicketNewsRow).where(TicketNewsRow.request_id.in_(theirs))
        self._session.execute(told.values(last=None, ending=None))

    def _row(self, request_id: int) -> TicketNewsRow:
        return locked(self._session, TicketNewsRow, {"request_id": request_id}, {"closings": 0})


def _news(row: TicketNewsRow) -> TicketNews:
    last: dict[str, Any] | None = row.last
    return TicketNews(
        last=_COMMENT.validate_python(last) if last else None,
        ending=_ENDING.validate_python(row.ending) if row.ending else None,
        closings=row.closings,
        read_at=row.read_at,
        card_due_at=row.card_due_at,
    )


def _where(place: Place) -> str:
    return place.thread_key or place.channel
