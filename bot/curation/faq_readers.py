"""Which entries somebody may see while the FAQ is browsed and curated."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bot.audiences import Audiences
from bot.ops_people import OpsPeople
from knowledge.domain import Entry, EntryStatus
from knowledge.topics import Topics


class Readers:
    """Curators see everything; everybody else what is published and for them. May ask Slack; never raises."""

    def __init__(self, people: OpsPeople, audiences: Audiences, topics: Callable[[], Topics]) -> None:
        self._people = people
        self._audiences = audiences
        self._topics = topics

    def is_curator(self, person: str) -> bool:
        """Whether this person decides about entries."""
        return self._people.may_publish(person)

    def visible(self, person: str, entries: Iterable[Entry]) -> list[Entry]:
        """Those this person may see, in their order."""
        entries = tuple(entries)
        if self.is_curator(person):
            return list(entries)
        topics = self._topics()
        kept = [(one, topics.audience_of(one)) for one in entries if one.status is EntryStatus.PUBLISHED]
        reader = self._audiences.of_person(person, {audience for _, audience in kept})
        return [entry for entry, audience in kept if reader.may_read(audience)]

    def may_see(self, person: str, entry: Entry) -> bool:
        """Whether this person may see this one."""
        return bool(self.visible(person, [entry]))
