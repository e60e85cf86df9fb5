"""The texts of pages, read ahead once several are wanted in a row: a first sync needs them all, a later one a few."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.confluence.site import ConfluenceRefused
from knowledge.confluence.wiki import Wiki

MOST_AHEAD = 25
"""Pages fetched in one call; their texts are in memory together."""


class Bodies:
    """Storage formats by page id. ``order`` is how the pages were listed, which is how most are asked for.

    Each time the next page in order is not there yet, twice as many are fetched as the time before.
    """

    def __init__(self, wiki: Wiki, order: Sequence[str]) -> None:
        self._wiki = wiki
        self._order = order
        self._places = {page: place for place, page in enumerate(order)}
        self._ahead: dict[str, str] = {}
        self._last = -2
        self._count = 1

    def body(self, page_id: str) -> str:
        """A page's storage format. Raises SourceUnavailable, ConfluenceRefused (404) when it is no page any more."""
        place = self._places.get(page_id, -2)
        in_a_row, self._last = place == self._last + 1, place
        if page_id in self._ahead:
            return self._ahead.pop(page_id)
        self._count = min(2 * self._count, MOST_AHEAD) if in_a_row else 1
        self._ahead = self._fetched(place) if self._count > 1 else {}
        found = self._ahead.pop(page_id, None)
        return self._wiki.body(page_id) if found is None else found

    def _fetched(self, place: int) -> dict[str, str]:
        try:
            return self._wiki.bodies(self._order[place : place + self._count])
        except ConfluenceRefused:  # too many, too large: one by one it goes
            self._count = 1
            return {}
