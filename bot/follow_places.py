"""Where people who joined a request hear of it. Works inside the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import TypeAdapter
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.domain import Place
from bot.once import locked
from bot.tables import FollowPlaceRow

_PLACE: TypeAdapter[Place] = TypeAdapter(Place)


@dataclass(frozen=True)
class FollowPlace:
    """A person who joined, and where they asked."""

    person: str
    place: Place


class FollowPlaces:
    """One place per request and person."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, request_id: int, person: str, place: Place) -> None:
        """Somebody joined. Who asks again elsewhere is told there from now on."""
        body = _PLACE.dump_python(place, mode="json")
        key = {"request_id": request_id, "person": person}
        locked(self._session, FollowPlaceRow, key, {"place": body}).place = body
        self._session.flush()

    def of(self, request_id: int) -> tuple[FollowPlace, ...]:
        """Everybody who joined, in the order in which they did."""
        query = select(FollowPlaceRow).where(FollowPlaceRow.request_id == request_id).order_by(FollowPlaceRow.id)
        return tuple(
            FollowPlace(row.person, _PLACE.validate_python(row.place)) for row in self._session.scalars(query)
        )

    def remove(self, request_id: int, person: str) -> None:
        """They do not hear of it any more."""
        theirs = FollowPlaceRow.request_id == request_id, FollowPlaceRow.person == person
        self._session.execute(delete(FollowPlaceRow).where(*theirs))

    def forget(self, person: str) -> int:
        """They are told nothing any more. Returns of how many requests."""
        theirs = delete(FollowPlaceRow).where(FollowPlaceRow.person == person)
        return len(self._session.execute(theirs.returning(FollowPlaceRow.id)).all())
