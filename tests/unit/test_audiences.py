"""Who will read a reply, in every kind of place with every mix of people, and what they may read."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from support_people import NOON, Records, records

from bot.audiences import EXTERNAL, Audiences
from bot.domain import Place, Surface
from bot.errors import SlackUnavailable
from knowledge.domain import Audience, Level

HERE = "C0HERE"
TEXTS = {
    "public": Audience(),
    "internal": Audience.internal(),
    "group": Audience(Level.GROUP, frozenset({"S1"})),
    "groups": Audience(Level.GROUP, frozenset({"S1", "S2"})),
    "here": Audience(Level.CHANNEL, channels=frozenset({HERE})),
    "there": Audience(Level.CHANNEL, channels=frozenset({"C0THERE"})),
    "gone group": Audience(Level.GROUP, frozenset({"S9"})),
}
OUTSIDERS = {"U0GUEST", "U0SINGLE", "U0STRANGER", "U0OTHER", "U0UNKNOWN"}
SILENT = {"U0GONE", "U0BOT"}
IN = {"group": {"U0ONE"}, "groups": {"U0ONE", "U0TWO"}, "there": {"U0ONE", "U0NONE"}, "gone group": set()}
"""The colleagues who are in what each text is kept for; U0ONE and U0NONE are in the channel C0THERE."""

STATES: dict[str, dict[str, Any]] = {
    "ours": {"is_ext_shared": False},
    "shared": {"is_ext_shared": True},
    "offered": {"is_ext_shared": False, "is_pending_ext_shared": True},
    "offered to a team": {"is_ext_shared": False, "pending_connected_team_ids": ["T9"]},
    "unsaid": {"is_ext_shared": False},  # the flag is taken away below
}
KINDS: dict[str, dict[str, Any]] = {
    "public": {},
    "private": {"is_private": True},
    "mpim": {"is_mpim": True, "is_private": True},
}
PEOPLE = ("U0ONE", "U0TWO", "U0NONE", *sorted(OUTSIDERS), *sorted(SILENT))
MIXES = [mix for count in (1, 2, 3) for mix in combinations(PEOPLE, count)]


def world() -> Records:
    found = records()
    found.put("C0THERE", "U0ONE", "U0NONE", "U0GUEST", is_private=True)
    return found


def expected(text: str, kind: str, state: str, people: set[str]) -> bool:
    """The rules, said again in another way."""
    readers = people - SILENT
    nobody = not readers and kind != "public"  # a public channel any colleague may open
    if text == "public" or state != "ours" or people & OUTSIDERS or nobody:
        return text == "public"
    if text in ("internal", "here"):
        return True
    return kind != "public" and readers <= IN[text]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("state", STATES)
def test_every_cell_of_channels(kind: str, state: str) -> None:
    found = world()
    wrong = []
    for mix in MIXES:
        found.put(HERE, *mix, "U0BOT", **KINDS[kind], **STATES[state])
        if state == "unsaid":
            del found.channels[HERE]["is_ext_shared"]
        readers = Audiences(found.directory()).of_channel(HERE, TEXTS.values())
        for name, text in TEXTS.items():
            if readers.may_read(text) is not expected(name, kind, state, set(mix)):
                wrong.append((name, kind, state, mix))
    assert wrong == []


@pytest.mark.parametrize("surface", [Surface.DM, Surface.PRIVATE])
@pytest.mark.parametrize("person", PEOPLE)
def test_every_cell_of_one_person_alone(surface: Surface, person: str) -> None:
    readers = Audiences(world().directory()).of(Place("T1", "D0X", surface), person, TEXTS.values())
    colleague = person not in OUTSIDERS | SILENT
    allowed = {name for name, text in TEXTS.items() if readers.may_read(text)}
    bound = {name for name, members in IN.items() if person in members}
    assert allowed == ({"public", "internal", *bound} if colleague else {"public"})


@pytest.mark.parametrize(
    ("event", "record", "internal"),
    [
        (None, False, True),
        (False, False, True),
        (False, None, True),
        (None, None, False),
        (True, False, False),
        (False, True, False),
    ],
)
def test_one_sign_of_strangers_is_enough_and_silence_is_one(
    event: bool | None, record: bool | None, internal: bool
) -> None:
    found = world()
    found.put(HERE, "U0ONE")
    if record is None:
        del found.channels[HERE]["is_ext_shared"]
    else:
        found.channels[HERE]["is_ext_shared"] = record
    readers = Audiences(found.directory()).of_channel(HERE, event_says_shared=event)
    assert readers.may_read(Audience.internal()) is internal


def test_two_colleagues_in_different_groups_read_together_what_is_for_both() -> None:
    found = world()
    found.put(HERE, "U0ONE", "U0TWO", is_private=True)
    readers = Audiences(found.directory()).of_channel(HERE, TEXTS.values())
    assert [readers.may_read(TEXTS[name]) for name in ("groups", "group")] == [True, False]


def test_a_direct_message_is_read_by_the_person_it_is_with() -> None:
    found = world()
    found.put("D0ONE", is_im=True, user="U0ONE")
    found.put("D0GUEST", is_im=True, user="U0GUEST")
    found.put("D0NOBODY", is_im=True)
    audiences, text = Audiences(found.directory()), TEXTS["group"]
    read = [audiences.of_post(place, [text], NOON).may_read(text) for place in ("D0ONE", "D0GUEST", "D0NOBODY")]
    assert read == [True, False, False]
    assert audiences.of_post("U0ONE", [text], NOON).may_read(text)


@pytest.mark.parametrize("silent", ["person", "channel", "members", "group"])
def test_what_slack_does_not_say_makes_readers_external(silent: str) -> None:
    found = world()
    found.put(HERE, "U0ONE", is_private=True)
    {"person": found.people_, "channel": found.channels, "members": found.members_, "group": found.groups}[
        silent
    ].clear()
    text = TEXTS["group"]
    assert not Audiences(found.directory()).of_channel(HERE, [text]).may_read(text)
    assert not Audiences(found.directory()).of_post(HERE, [text], NOON).may_read(text)


def test_an_outage_makes_a_question_external_and_lets_a_post_wait() -> None:
    found = world()
    found.put(HERE, "U0ONE")
    found.away = True
    audiences = Audiences(found.directory())
    assert audiences.of_channel(HERE) == audiences.of_person("U0ONE") == EXTERNAL
    with pytest.raises(SlackUnavailable):
        audiences.of_post(HERE, [], NOON)


def test_a_channel_nobody_can_look_through_is_external() -> None:
    found = world()
    found.put(HERE, *(f"U{number:05}" for number in range(10_001)))
    assert Audiences(found.directory()).of_channel(HERE) == EXTERNAL


def test_groups_are_looked_up_only_where_something_is_kept_for_them() -> None:
    found = world()
    found.put(HERE, "U0ONE", is_private=True)
    Audiences(found.directory()).of_channel(HERE, [Audience.internal()])
    assert found.calls == ["channel", "members", "person"]
    found.calls.clear()
    audiences = Audiences(found.directory())
    for _ in range(3):
        audiences.of_channel(HERE, TEXTS.values())
    assert sorted(found.calls) == [
        "channel",
        "group",
        "group",
        "group",
        "group",
        "group",
        "members",
        "members",
        "person",
    ]


def test_a_guest_in_a_group_is_in_no_group() -> None:
    audiences = Audiences(world().directory())
    assert [audiences.in_group("S1", person) for person in ("U0ONE", "U0TWO", "U0GUEST")] == [True, False, False]
