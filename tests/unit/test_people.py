"""Who can read a reply: unknown counts as external, and one sign of a stranger is enough."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.errors import SlackUnavailable
from bot.people import ChannelInfo, Directory, audience_of_channel, audience_of_person
from knowledge.domain import Level

OUR_TEAM = "T1"


class Records:
    """Slack's records, as a table; counts look-ups; unreachable on demand."""

    def __init__(self, people: Mapping[str, Any] | None = None, channels: Mapping[str, Any] | None = None) -> None:
        self._people, self._channels = people or {}, channels or {}
        self.away = False
        self.looked_up = 0

    def person(self, person: str) -> Mapping[str, Any]:
        return self._found(self._people, person)

    def channel(self, channel: str) -> Mapping[str, Any]:
        return self._found(self._channels, channel)

    def _found(self, records: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        self.looked_up += 1
        if self.away or key not in records:
            raise SlackUnavailable("Slack cannot be reached.")
        found: Mapping[str, Any] = records[key]
        return found


@pytest.mark.parametrize(
    ("user", "level"),
    [
        ({"team_id": OUR_TEAM, "is_restricted": False, "is_ultra_restricted": False}, Level.INTERNAL),
        ({"team_id": OUR_TEAM}, Level.INTERNAL),
        ({"team_id": OUR_TEAM, "is_restricted": True}, Level.PUBLIC),
        ({"team_id": OUR_TEAM, "is_ultra_restricted": True}, Level.PUBLIC),
        ({"team_id": OUR_TEAM, "is_stranger": True}, Level.PUBLIC),
        ({"team_id": OUR_TEAM, "deleted": True}, Level.PUBLIC),
        ({"team_id": "T2", "is_restricted": False}, Level.PUBLIC),
        ({"is_restricted": False}, Level.PUBLIC),
    ],
)
def test_only_full_members_of_our_own_team_are_internal(user: dict[str, Any], level: Level) -> None:
    directory = Directory(Records({"U1": {"id": "U1", "name": "maya", **user}}), _now, OUR_TEAM)
    assert audience_of_person(directory.person("U1")).level is level


def test_somebody_slack_cannot_tell_us_about_is_external_and_named_by_id() -> None:
    person = Directory(Records(), _now, OUR_TEAM).person("U9")
    assert (person.name, person.email, audience_of_person(person).level) == ("U9", None, Level.PUBLIC)


@pytest.mark.parametrize("event", [True, False, None])
@pytest.mark.parametrize("record", [True, False, None])
def test_a_channel_is_internal_only_if_slack_says_so_and_nothing_says_otherwise(
    record: bool | None, event: bool | None
) -> None:
    level = audience_of_channel(ChannelInfo("C1", "ask-mops", record, is_private=False), event).level
    said = [flag for flag in (record, event) if flag is not None]
    assert level is (Level.INTERNAL if said and not any(said) else Level.PUBLIC)


def test_what_slack_said_is_believed_for_five_minutes_and_outages_are_not_remembered() -> None:
    records = Records({"U1": {"id": "U1", "real_name": "Maya", "team_id": OUR_TEAM}})
    times = iter([_now() + timedelta(minutes=m) for m in (0, 0, 4, 6, 6)])
    directory = Directory(records, lambda: next(times), OUR_TEAM)
    records.away = True
    assert not directory.person("U1").internal
    records.away = False
    assert directory.person("U1").internal
    assert directory.person("U1").internal
    assert records.looked_up == 2


def _now() -> datetime:
    return datetime(2026, 11, 22, tzinfo=UTC)
