"""Who belongs to the ops team, as far as the desk is concerned: asked at every press of their buttons."""

from __future__ import annotations

from collections.abc import Callable, Iterable


class OpsPeople:
    """CURATORS, TRIAGE and whoever has turns in the rotation (``others``, asked each time)."""

    def __init__(
        self, curators: frozenset[str], triage: str, others: Callable[[], Iterable[str]] = frozenset
    ) -> None:
        self._curators = curators
        self._listed = curators | ({triage} if triage else set())
        self._others = others

    def includes(self, person: str) -> bool:
        """Whether this person may act for the ops team."""
        return bool(person) and (person in self._listed or person in set(self._others()))

    def may_publish(self, person: str) -> bool:
        """Whether this person may publish entries: curators only."""
        return person in self._curators
