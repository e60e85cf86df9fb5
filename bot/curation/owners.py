"""Whom an entry's owner is in Slack: people by id, teams by what OWNERS says of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True)
class Owners:
    """``slack_ids``: the Slack user (U…, W…) or user group (S…) of each owner's name, as OWNERS gives them."""

    slack_ids: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def slack_id(self, owner: str | None) -> str | None:
        """The person or group behind an owner; None where nobody said."""
        if owner is None:
            return None
        return owner if is_person(owner) or is_group(owner) else self.slack_ids.get(owner)

    def is_owner(self, person: str, owner: str | None) -> bool:
        """Whether this person, and not a group, is the owner."""
        return bool(person) and self.slack_id(owner) == person


NO_OWNERS = Owners()


def is_person(slack_id: str) -> bool:
    """Whether it looks like the id of a Slack user."""
    return slack_id[:1] in ("U", "W") and slack_id.isalnum() and slack_id.isupper()


def is_group(slack_id: str) -> bool:
    """Whether it looks like the id of a Slack user group."""
    return slack_id[:1] == "S" and slack_id.isalnum() and slack_id.isupper()
