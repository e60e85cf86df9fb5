"""Slack's records as tables, for tests of who reads what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.errors import SlackRefused, SlackUnavailable
from bot.people import Directory

TEAM = "T1"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)

KINDS: Mapping[str, Mapping[str, Any]] = {
    "U0ONE": {},  # in the group S1
    "U0TWO": {},  # in the group S2
    "U0NONE": {},  # in no group
    "U0GUEST": {"is_restricted": True},
    "U0SINGLE": {"is_restricted": True, "is_ultra_restricted": True},
    "U0STRANGER": {"team_id": "T2", "is_stranger": True},
    "U0OTHER": {"team_id": "T2"},
    "U0GONE": {"deleted": True},
    "U0BOT": {"is_bot": True},
}
"""One person of each kind; there is no U0UNKNOWN."""


@dataclass
class Records:
    """Implements LooksUp; counts calls, and is ``away`` on demand."""

    people_: dict[str, dict[str, Any]] = field(default_factory=dict)
    channels: dict[str, dict[str, Any]] = field(default_factory=dict)
    members_: dict[str, list[str]] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)
    away: bool = False
    calls: list[str] = field(default_factory=list)
    now: datetime = NOON

    def person(self, person: str) -> Mapping[str, Any]:
        """users.info."""
        return self._found("person", self.people_, person, "user_not_found")

    def people(self) -> Iterator[Mapping[str, Any]]:
        """users.list."""
        self._called("people")
        return iter(self.people_.values())

    def channel(self, channel: str) -> Mapping[str, Any]:
        """conversations.info."""
        return self._found("channel", self.channels, channel, "channel_not_found")

    def conversations(self) -> Iterator[Mapping[str, Any]]:
        """users.conversations."""
        self._called("conversations")
        return iter(self.channels.values())

    def members(self, channel: str) -> Iterator[str]:
        """conversations.members."""
        return iter(self._found("members", self.members_, channel, "channel_not_found"))

    def group_members(self, group: str) -> tuple[str, ...]:
        """usergroups.users.list."""
        return tuple(self._found("group", self.groups, group, "no_such_subteam"))

    def add(self, person: str, **facts: Any) -> None:
        """A person, a colleague unless the facts say otherwise."""
        self.people_[person] = {"id": person, "name": person.lower(), "team_id": TEAM, **facts}

    def put(self, channel: str, *members: str, **facts: Any) -> None:
        """A public channel, not shared, unless the facts say otherwise."""
        self.channels[channel] = {"id": channel, "name": channel.lower(), "is_ext_shared": False, **facts}
        self.members_[channel] = list(members)

    def directory(self) -> Directory:
        """Over these records."""
        return Directory(self, lambda: self.now, TEAM)

    def skip(self, **time: float) -> None:
        """Let time pass."""
        self.now += timedelta(**time)

    def _found(self, what: str, records: Mapping[str, Any], key: str, missing: str) -> Any:
        self._called(what)
        if key not in records:
            raise SlackRefused(missing, f"Slack knows no {key}.")
        return records[key]

    def _called(self, what: str) -> None:
        self.calls.append(what)
        if self.away:
            raise SlackUnavailable("Slack cannot be reached.")


def records() -> Records:
    """One person of each kind and two groups; strangers and guests are in the first group, too."""
    found = Records(groups={"S1": ["U0ONE", "U0GUEST", "U0SINGLE", "U0STRANGER"], "S2": ["U0TWO"]})
    for person, facts in KINDS.items():
        found.add(person, **facts)
    return found
