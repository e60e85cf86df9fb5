"""Questions about tickets: one by its key, or a person's own. Answered as `/ticket` does, where they were asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from bot.audiences import may_show_texts
from bot.clock import Clock
from bot.conversations import Conversations
from bot.database import Database
from bot.domain import Asked, Kept, Place, Reply, ReplyKind, Surface
from bot.lookups import Lookups
from bot.ops_people import OpsPeople
from bot.people import Directory
from bot.remarks import Remark
from bot.slack import tickets
from bot.slack.message import Message
from bot.speaking import Speaker
from bot.thread_context import Context
from bot.ticket_remarks import KeySaid, OwnTickets, ticket_remark
from escalation.domain import Request
from knowledge.domain import Audience

_FOR_COLLEAGUES = (Kept(Audience.internal()),)


@dataclass(frozen=True)
class _Told:
    """``elsewhere``: what the channel reads when the rest goes to the asker's own messages."""

    kind: ReplyKind
    message: Message
    elsewhere: Message | None = None


class TicketQuestions:
    """Hears them. Whoever may not see a ticket is told the same as if there were none."""

    def __init__(
        self,
        lookups: Lookups,
        directory: Directory,
        ops_people: OpsPeople,
        speaker: Speaker,
        projects: frozenset[str],
        database: Database,
        clock: Clock,
    ) -> None:
        """``projects``: a key of theirs is a ticket's even where there is no such ticket."""
        self._lookups = lookups
        self._directory = directory
        self._ops_people = ops_people
        self._speaker = speaker
        self._projects = projects
        self._database = database
        self._clock = clock

    def heard(self, asked: Asked, reply: Reply, context: Context) -> Callable[[Session], None] | None:
        """What to write, as ``bot.asking.Hears`` says.

        In a ticket's thread "my ticket" is that one, and another's key alone is a note.
        """
        meant = ticket_remark(asked.text)
        if isinstance(meant, OwnTickets) and (meant.any_thread or context.request is None):
            return self._write(asked, reply, self._own(asked))
        if not isinstance(meant, KeySaid) or (meant.alone and _is_note(meant.key, context.request)):
            return None
        told = self._of_key(asked, meant, context.request)
        return self._write(asked, reply, told) if told else None

    def _own(self, asked: Asked) -> _Told:
        message = self._lookups.listed(asked.person)
        elsewhere = tickets.listed_elsewhere() if asked.place.surface is Surface.CHANNEL else None
        return _Told(ReplyKind.STATUS, message, elsewhere)

    def _of_key(self, asked: Asked, meant: KeySaid, here: Request | None) -> _Told | None:
        request = self._lookups.found(meant.key, asked.person)
        if request is None:
            ours = meant.key.rpartition("-")[0] in self._projects
            return _Told(ReplyKind.STATUS, self._lookups.ticket(meant.key, None)) if ours else None
        if meant.remark is Remark.NEVER_MIND:
            return _Told(ReplyKind.CLOSE, self._may_close(request, asked.person))
        message = self._lookups.ticket(meant.key, request)
        if asked.place.surface is not Surface.CHANNEL:
            return _Told(ReplyKind.STATUS, message)
        private = request.draft.origin.private and (here is None or here.id != request.id)
        if not private and may_show_texts(request, asked.place, self._directory):
            return _Told(ReplyKind.STATUS, replace(message, kept=_FOR_COLLEAGUES))
        return _Told(ReplyKind.STATUS, message, tickets.shown_elsewhere(meant.key))

    def _may_close(self, request: Request, person: str) -> Message:
        with self._database.read() as session:
            placed = Conversations(session).request_place(request.id)
        if not request.is_open:
            return tickets.already_closed()
        if (placed and placed.person == person) or self._ops_people.includes(person):
            return tickets.may_close(request)
        return tickets.others_request(request.draft.requester.name)

    def _write(self, asked: Asked, reply: Reply, told: _Told) -> Callable[[Session], None]:
        alone = Place(asked.place.team, asked.person, Surface.DM)
        there = asked if told.elsewhere is None else replace(asked, place=alone)

        def write(session: Session) -> None:
            number = Conversations(session).record(there, Reply(told.kind, reply.verdict), self._clock())
            self._speaker.say(session, f"reply:{number}", there.place, asked.person, told.message)
            if told.elsewhere is not None:
                self._speaker.say(session, f"elsewhere:{number}", asked.place, asked.person, told.elsewhere)

        return write


def _is_note(key: str, here: Request | None) -> bool:
    """Whether a key is said to the people on another ticket."""
    return here is not None and (here.ticket is None or here.ticket.key != key)
