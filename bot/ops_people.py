"""Who belongs to the ops team, as far as the desk is concerned: asked at every press of their buttons."""

from __future__ import annotations

from collections.abc import Callable, Iterable

_GROUP = "S"


def never(_group: str, _person: str) -> bool:
    """Nobody is in any group."""
    return False


class OpsPeople:
    """CURATORS, TRIAGE and whoever has turns in the rotation (``others``, asked each time).

    Curators are people and Slack user groups (S…); ``in_group`` says whether a group has a person, and never raises.
    """

    def __init__(
        self,
        curators: frozenset[str],
        triage: str,
        others: Callable[[], Iterable[str]] = frozenset,
        in_group: Callable[[str, str], bool] = never,
    ) -> None:
        self._groups = sorted(one for one in curators if one.startswith(_GROUP))
        self._curators = curators - set(self._groups)
        self._listed = self._curators | ({triage} if triage else set())
        self._others = others
        self._in_group = in_group

    def includes(self, person: str) -> bool:
        """Whether this person may act for the ops team."""
        return bool(person) and (person in self._listed or person in set(self._others()) or self.may_publish(person))

    def may_publish(self, person: str) -> bool:
        """Whether this person may publish entries: curators only."""
        if not person:
            return False
        return person in self._curators or any(self._in_group(group, person) for group in self._groups)
