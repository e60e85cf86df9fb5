"""Who joined a request instead of making one of their own. Works inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from escalation.domain import Follower, Person
from escalation.once import added
from escalation.request_json import as_utc
from escalation.tables import FollowerRow


class FollowerStore:
    """Followers of requests; a person follows a request once."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, follower: Follower) -> bool:
        """Keep a follower. False when they follow already: their first need stays."""
        if self._session.scalar(_of(follower.request_id).where(FollowerRow.person_id == follower.person.id)):
            return False
        row = FollowerRow(
            request_id=follower.request_id,
            person_id=follower.person.id,
            person=asdict(follower.person),
            need=follower.need,
            joined_at=as_utc(follower.joined_at),
        )
        return added(self._session, row)

    def remove(self, request_id: int, person_id: str) -> None:
        """They do not follow any more."""
        theirs = FollowerRow.request_id == request_id, FollowerRow.person_id == person_id
        self._session.execute(delete(FollowerRow).where(*theirs))

    def of(self, request_id: int) -> tuple[Follower, ...]:
        """Everybody who joined a request, in the order in which they did."""
        rows = self._session.scalars(_of(request_id).order_by(FollowerRow.id))
        return tuple(Follower(row.request_id, Person(**row.person), row.need, as_utc(row.joined_at)) for row in rows)

    def demand(self, request_id: int) -> int:
        """How many people need what a request is about, its asker among them."""
        return self.demands([request_id])[request_id]

    def demands(self, request_ids: Iterable[int]) -> dict[int, int]:
        """The same for several requests."""
        wanted = list(request_ids)
        counted = (
            select(FollowerRow.request_id, func.count())
            .where(FollowerRow.request_id.in_(wanted))
            .group_by(FollowerRow.request_id)
        )
        found = {request_id: joined for request_id, joined in self._session.execute(counted)}
        return {request_id: 1 + found.get(request_id, 0) for request_id in wanted}


def _of(request_id: int) -> Select[FollowerRow]:
    return select(FollowerRow).where(FollowerRow.request_id == request_id)
