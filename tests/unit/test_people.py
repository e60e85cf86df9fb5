"""What Slack says about people and channels is asked for once in a while; what it does not say is unknown."""

from __future__ import annotations

import pytest
from support_people import NOON, Records, records

from bot.errors import SlackUnavailable
from bot.people import MEMBERS, ONE_BY_ONE


@pytest.mark.parametrize(
    ("person", "internal"),
    [
        ("U0ONE", True),
        ("U0GUEST", False),
        ("U0SINGLE", False),
        ("U0STRANGER", False),
        ("U0OTHER", False),
        ("U0GONE", False),
        ("U0UNKNOWN", False),
    ],
)
def test_only_full_members_of_our_own_team_are_internal(person: str, internal: bool) -> None:
    assert records().directory().person(person).internal is internal


def test_somebody_without_a_team_is_external() -> None:
    found = Records(people_={"U1": {"id": "U1", "name": "maya"}})
    assert not found.directory().person("U1").internal


def test_somebody_slack_cannot_tell_us_about_is_named_by_id() -> None:
    person = records().directory().person("U9")
    assert (person.name, person.email) == ("U9", None)


def test_what_slack_said_is_believed_for_five_minutes_and_outages_are_not_remembered() -> None:
    found = records()
    directory = found.directory()
    found.away = True
    assert not directory.person("U0ONE").internal
    found.away = False
    assert directory.person("U0ONE").internal
    found.skip(minutes=4)
    assert directory.person("U0ONE").internal
    assert found.calls == ["person", "person"]
    found.skip(minutes=2)
    assert directory.person("U0ONE").internal
    assert len(found.calls) == 3


def test_what_was_said_before_a_moment_does_not_count_after_it() -> None:
    found = records()
    found.put("C1", "U0ONE")
    directory = found.directory()
    assert directory.members("C1") == {"U0ONE"}
    found.members_["C1"].append("U0GUEST")
    assert directory.members("C1") == {"U0ONE"}
    assert directory.members("C1", since=NOON) == {"U0ONE"}
    found.skip(seconds=1)
    assert directory.members("C1", since=found.now) == {"U0ONE", "U0GUEST"}


def test_few_people_are_looked_up_one_by_one_and_many_all_at_once() -> None:
    found, crowd = records(), [f"U{number:04}" for number in range(2 * ONE_BY_ONE)]
    for person in crowd:
        found.add(person)
    directory = found.directory()
    assert all(directory.known_people(crowd[:3]))
    assert found.calls == ["person"] * 3
    assert all(directory.known_people(crowd + ["U0ONE"]))
    assert found.calls[3:] == ["people"]


def test_a_channel_too_large_to_look_through_says_so() -> None:
    found = records()
    found.put("C1", *(f"U{number:05}" for number in range(MEMBERS + 1)))
    assert found.directory().members("C1") is None


def test_what_cannot_be_looked_up_is_an_error_for_who_needs_to_know() -> None:
    found = records()
    found.away = True
    with pytest.raises(SlackUnavailable):
        found.directory().known_channel("C1")
