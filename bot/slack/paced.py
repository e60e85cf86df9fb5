"""Looking people and places up within Slack's limits: who asks too often waits here, before Slack has to say so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.people import LooksUp
from bot.slack.client import PAGE
from bot.tiers import CONVERSATIONS, GROUP_MEMBERS, INFO, MEMBERS, Tiers


class PacedLooks:
    """Implements ``LooksUp`` around another. Raises SlackUnavailable where a minute's calls are used up.

    Who is who is asked for seldom enough, and is let through.
    """

    def __init__(self, slack: LooksUp, tiers: Tiers) -> None:
        self._slack = slack
        self._tiers = tiers

    def person(self, person: str) -> Mapping[str, Any]:
        """users.info's user object."""
        return self._slack.person(person)

    def people(self) -> Iterable[Mapping[str, Any]]:
        """users.list's user objects."""
        return self._slack.people()

    def channel(self, channel: str) -> Mapping[str, Any]:
        """conversations.info's channel object."""
        self._tiers.take(INFO)
        return self._slack.channel(channel)

    def conversations(self) -> Iterable[Mapping[str, Any]]:
        """users.conversations' channel objects."""
        self._tiers.take(CONVERSATIONS)
        return self._slack.conversations()

    def members(self, channel: str) -> Iterator[str]:
        """conversations.members' ids; each page of them is a call."""
        self._tiers.take(MEMBERS)
        for number, member in enumerate(self._slack.members(channel), 1):
            yield member
            if number % PAGE == 0:
                self._tiers.take(MEMBERS)

    def group_members(self, group: str) -> Iterable[str]:
        """usergroups.users.list's ids."""
        self._tiers.take(GROUP_MEMBERS)
        return self._slack.group_members(group)
