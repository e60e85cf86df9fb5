"""Showing a hit again, or a further one, some time after it was found: as it is now, and to whoever reads it now."""

from __future__ import annotations

from enum import Enum, auto

from bot.audiences import Audiences
from bot.conversations import AskedQuestion
from bot.domain import Place, Surface
from bot.help_desk import Judges
from bot.incoming import ButtonPressed
from knowledge.domain import Hit


class Unreadable(Enum):
    """Why a hit is not shown."""

    WITHDRAWN = auto()
    NOT_HERE = auto()


class Rereading:
    """Looks a stored question's hits up anew."""

    def __init__(self, knowledge: Judges, audiences: Audiences) -> None:
        self._knowledge = knowledge
        self._audiences = audiences

    def hit(self, question: AskedQuestion, rank: int, place: Place, person: str) -> Hit | Unreadable:
        """One hit for a place, or why not."""
        hit = self._knowledge.current(question.verdict.hits[rank])
        if hit is None:
            return Unreadable.WITHDRAWN
        readers = self._audiences.of(place, person, [hit.audience])
        return hit if readers.may_read(hit.audience) else Unreadable.NOT_HERE

    def hits(self, question: AskedQuestion, place: Place, person: str) -> dict[int, Hit]:
        """All that may be shown at a place, by rank."""
        found = [(rank, self._knowledge.current(hit)) for rank, hit in enumerate(question.verdict.hits)]
        current = {rank: hit for rank, hit in found if hit is not None}
        readers = self._audiences.of(place, person, {hit.audience for hit in current.values()})
        return {rank: hit for rank, hit in current.items() if readers.may_read(hit.audience)}

    def readable(self, question: AskedQuestion, person: str) -> tuple[Hit, ...]:
        """What of a verdict one person may look at, withdrawn or not: what it rests on, for curators."""
        hits = [self._knowledge.current(hit) or hit for hit in question.verdict.hits]
        reader = self._audiences.of_person(person, {hit.audience for hit in hits})
        return tuple(hit for hit in hits if reader.may_read(hit.audience))


def pressed_at(item: ButtonPressed) -> Place:
    """Where what a button shows will stand: in the message it belongs to."""
    surface = Surface.PRIVATE if item.ephemeral else Surface.CHANNEL
    return Place(item.team, item.channel, surface, item.message_ts, item.thread_ts, item.response_url)
