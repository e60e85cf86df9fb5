"""Who may read what is written on a topic: an entry's tags narrow its own audience, and never widen it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from knowledge.domain import Audience, Entry


@dataclass(frozen=True)
class Topics:
    """The audience of each topic, by its tag in small letters. Topics that are not named are for everyone."""

    audiences: Mapping[str, Audience] = field(default_factory=dict)

    def narrowed(self, audience: Audience, tags: Iterable[str]) -> Audience:
        """The audience of a text with these tags; of several, all must hold."""
        for tag in tags:
            bound = self.audiences.get(tag.strip().casefold())
            audience = audience.narrowed(bound) if bound is not None else audience
        return audience

    def audience_of(self, entry: Entry) -> Audience:
        """Who may read an entry: what it says itself, narrowed by its topics."""
        return self.narrowed(entry.audience, entry.tags)


NO_TOPICS = Topics()
