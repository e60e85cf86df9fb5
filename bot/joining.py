"""Join instead of file: who needs what is asked for already is offered that ticket first. Nothing waits for ever:

the request is kept, its ``CreateTicket`` waits in the outbox, and runs after HOLD unless they join.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeGuard

from sqlalchemy.orm import Session

from bot import join_texts
from bot.audiences import Audiences
from bot.clock import Clock
from bot.conversations import Conversations, RequestPlace
from bot.database import Database
from bot.domain import Place, Surface
from bot.effects import ChangeTicket, CommentTicket, CreateTicket, KeptNotice, ShowCard
from bot.follow_places import FollowPlaces
from bot.outbox import Outbox
from bot.people import Directory
from bot.slack import answers, join, tickets
from bot.slack.message import Message
from escalation.domain import Draft, Follower, Form, Request, RequestState, Watch
from escalation.drafts import form_by_id
from escalation.follower_store import FollowerStore
from escalation.likeness import best_match, gist
from escalation.protocols import Similarity
from escalation.request_store import RequestStore
from knowledge.domain import Audience

HOLD = timedelta(minutes=30)
"""How long a person may think about joining; then their own ticket is filed."""

KEPT_AFTER = timedelta(seconds=3.5)
"""When the tracker has not answered by then, the person is told that the request is kept (within five seconds)."""

YOUNG = timedelta(days=60)
"""How old a request may be to be offered."""


@dataclass(frozen=True)
class Looked:
    """What was found among the open requests before anything was written. ``seen`` is the newest one looked at.

    ``colleagues``: nobody else reads at ``place``; ``private``: not everybody in the team can.
    """

    gist: str
    place: Place
    person: str
    colleagues: bool
    private: bool
    found: int | None = None
    seen: int = 0


class Joining:
    """Finds open requests that mean the same, holds new ones for the choice, and joins or files them."""

    def __init__(
        self,
        forms: Sequence[Form],
        similarity: Similarity,
        directory: Directory,
        outbox: Outbox,
        database: Database,
        clock: Clock,
    ) -> None:
        self._forms = tuple(forms)
        self._similarity = similarity
        self._directory = directory
        self._outbox = outbox
        self._database = database
        self._clock = clock

    def look(self, draft: Draft, place: Place, person: str) -> Looked:
        """The slow half: compares a request with those that are open and may be shown at ``place``."""
        colleagues = Audiences(self._directory).of(place, person).may_read(Audience.internal())
        private = self._directory.is_private(place)
        looked = Looked(self._gist(draft), place, person, colleagues, private)
        with self._database.read() as session:
            return self._look(session, looked)

    def match(self, session: Session, looked: Looked) -> Request | None:
        """The open request that means the same, as things stand now; also one made since it was looked for."""
        store = RequestStore(session)
        if looked.found is None or not _is_open(store.get(looked.found)):
            looked = self._look(session, looked)
        request = store.lock(looked.found) if looked.found is not None else None
        return request if _is_open(request) else None

    def queue(self, session: Session, request: Request) -> None:
        """Let the ticket of a new request be made: at once, or once its person has had time to choose."""
        held = HOLD if request.state is RequestState.HELD else timedelta(0)
        self._outbox.put(session, _create_key(request.id), CreateTicket(request.id), held)
        self._outbox.put(session, _kept_key(request.id), KeptNotice(request.id), held + KEPT_AFTER)

    def file(self, session: Session, request_id: int) -> Message:
        """**File mine**. Returns what takes the offer's place."""
        self.release(session, request_id)
        return self._decided(session, request_id)

    def release(self, session: Session, request_id: int) -> bool:
        """File a held request now. False when it was not held (any more)."""
        if not RequestStore(session).release(request_id):
            return False
        self._outbox.hasten(session, _create_key(request_id))
        self._outbox.hasten(session, _kept_key(request_id), KEPT_AFTER)
        return True

    def join(self, session: Session, request_id: int, other_id: int) -> Message:
        """**Join**. Returns what takes the offer's place."""
        store = RequestStore(session)
        other, request = store.lock(other_id), store.lock(request_id)
        placed = Conversations(session).request_place(request_id)
        if request is None or placed is None or request.state is not RequestState.HELD:
            return self._decided(session, request_id)
        if not _is_open(other):
            self.release(session, request_id)
            return join.gone(other, request)
        store.join(request_id, other_id)
        self._follow(session, request, other, placed)
        return self._decided(session, request_id)

    def leave(self, session: Session, request: Request, who: str, key: str) -> Message | None:
        """The asker no longer needs it. A message when others do, so that it stays open; otherwise None."""
        others = len(FollowerStore(session).of(request.id))
        if not others:
            return None
        comment = CommentTicket(request.id, join_texts.no_longer(who))
        self._outbox.put(session, f"left:{request.id}:{key}", comment)
        return join.stays_open(request, others)

    def _decided(self, session: Session, request_id: int) -> Message:
        """What was chosen, however often a button is pressed."""
        request = RequestStore(session).standing_for(request_id)
        if request is None:
            return answers.forgotten_question()
        if request.id != request_id:
            return join.has_joined(request, FollowerStore(session).demand(request.id))
        if request.state is RequestState.WITHDRAWN:
            return tickets.withdrawn(request)
        return join.settled(request) if request.ticket else join.files_own(request)

    def _look(self, session: Session, looked: Looked) -> Looked:
        """Among the requests that came after ``seen``."""
        store, conversations = RequestStore(session), Conversations(session)
        others = store.open_requests(self._clock() - YOUNG, looked.seen)
        shown = [other for other in others if _may_offer(other, conversations.request_place(other.id), looked)]
        best = best_match(looked.gist, [self._gist(other.draft) for other in shown], self._similarity)
        found = shown[best].id if best is not None else None
        return replace(looked, found=found, seen=others[-1].id if others else looked.seen)

    def _follow(self, session: Session, request: Request, other: Request, placed: RequestPlace) -> None:
        person, need = request.draft.requester, self._gist(request.draft)
        own = person.id == other.draft.requester.id
        said = (join_texts.needed_again if own else join_texts.needs_this_too)(person.name, need)
        self._outbox.put(session, f"joined:{request.id}", CommentTicket(other.id, said, told_at=request.id))
        if own:
            return
        FollowerStore(session).add(Follower(other.id, person, need, self._clock()))
        FollowPlaces(session).add(other.id, placed.person, placed.place)
        self._outbox.put(session, f"watch:{request.id}", ChangeTicket(other.id, Watch(person), by=person.id))
        self._outbox.put(session, f"card:{other.id}:joined:{request.id}", ShowCard(other.id))

    def _gist(self, draft: Draft) -> str:
        return gist(draft, form_by_id(self._forms, draft.form_id))


def _may_offer(other: Request, placed: RequestPlace | None, looked: Looked) -> bool:
    """Private requests stay where they were made; strangers are shown no texts at all."""
    if placed is None or not looked.colleagues:
        return False
    if not other.draft.origin.private:
        return True
    if looked.place.surface is not Surface.CHANNEL:
        return placed.person == looked.person
    there = placed.place.surface is Surface.CHANNEL and placed.place.channel == looked.place.channel
    return there and looked.private


def _is_open(request: Request | None) -> TypeGuard[Request]:
    return request is not None and request.is_open


def _create_key(request_id: int) -> str:
    return f"create:{request_id}"


def _kept_key(request_id: int) -> str:
    return f"kept:{request_id}"
