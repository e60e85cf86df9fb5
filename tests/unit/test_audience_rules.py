"""The rules of audiences as values: who reads what, the narrower wins, and how they are written."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import pytest

from knowledge.audience_json import audience_from_json, audience_to_json
from knowledge.audience_text import AudienceUnclear, plain_audience, read_audience
from knowledge.domain import Audience, Entry, Level
from knowledge.faq_file import read_faq, write_faq
from knowledge.topics import Topics
from knowledge.yaml_text import YamlMap, dump_yaml, parse_yaml


def group(*ids: str) -> Audience:
    return Audience(Level.GROUP, frozenset(ids))


def channel(*ids: str) -> Audience:
    return Audience(Level.CHANNEL, channels=frozenset(ids))


def reader(groups: str = "", channels: str = "") -> Audience:
    return Audience(Level.INTERNAL, frozenset(groups.split()), frozenset(channels.split()))


PUBLIC, INTERNAL = Audience(), Audience.internal()
BOTH = group("A").narrowed(channel("C"))
TEXTS = (PUBLIC, INTERNAL, group("A"), group("A", "B"), channel("C"), BOTH, Audience.nobody())


@pytest.mark.parametrize(
    ("who", "may_read"),
    [
        (PUBLIC, "1000000"),
        (INTERNAL, "1100000"),
        (reader("A"), "1111000"),
        (reader("B"), "1101000"),
        (reader("D"), "1100000"),
        (reader("A B"), "1111000"),
        (reader("", "C"), "1100100"),
        (reader("A", "C"), "1111110"),
        (Audience(Level.PUBLIC, frozenset("A"), frozenset("C")), "1000000"),  # a stranger in both
        (Audience(Level.INTERNAL, frozenset("A"), also=(reader("B"),)), "1101000"),  # two people
        (Audience(Level.INTERNAL, frozenset("A"), also=(PUBLIC,)), "1000000"),
    ],
)
def test_every_reader_must_be_in_one_of_the_groups_or_channels(who: Audience, may_read: str) -> None:
    assert "".join(str(int(who.may_read(text))) for text in TEXTS) == may_read


def test_narrowed_is_what_both_allow_whatever_the_order() -> None:
    everyone = (PUBLIC, INTERNAL, reader("A"), reader("B"), reader("A B"), reader("", "C"), reader("A", "C"))
    for one, other in product(TEXTS, repeat=2):
        for who in everyone:
            both = who.may_read(one) and who.may_read(other)
            assert who.may_read(one.narrowed(other)) is both
            assert who.may_read(other.narrowed(one)) is both


def test_of_two_audiences_of_which_one_is_narrower_that_one_is_left() -> None:
    assert group("A").narrowed(INTERNAL) == group("A", "B").narrowed(group("A")) == group("A")
    assert INTERNAL.narrowed(PUBLIC) == INTERNAL
    assert BOTH.narrowed(group("A")) == BOTH


@pytest.mark.parametrize("audience", TEXTS)
def test_an_audience_survives_json(audience: Audience) -> None:
    assert audience_from_json(json.loads(json.dumps(audience_to_json(audience)))) == audience


def test_rows_of_before_there_were_channels_are_read_and_written_as_they_were() -> None:
    assert audience_to_json(group("A")) == ["group", ["A"]]
    assert audience_from_json(["internal", []]) == INTERNAL


@pytest.mark.parametrize("broken", [[], ["internal"], ["x", []], ["group", "AB"], ["group", [1]], "internal"])
def test_what_is_no_audience_is_refused(broken: list[object]) -> None:
    with pytest.raises((ValueError, TypeError)):
        audience_from_json(broken)


@pytest.mark.parametrize("audience", [PUBLIC, INTERNAL, group("S1"), group("S1", "S2"), channel("C1", "C2")])
def test_an_audience_survives_yaml(audience: Audience) -> None:
    assert _read(dump_yaml({"audience": plain_audience(audience)})) == audience


@pytest.mark.parametrize(
    ("text", "audience"),
    [
        ("audience: Internal", INTERNAL),
        ("audience: {groups: [S1, S2]}", group("S1", "S2")),
        ("audience: {channels: C1}", channel("C1")),
        ("audience: {group: S1, channel: C1}", Audience(Level.GROUP, frozenset({"S1"}), frozenset({"C1"}))),
    ],
)
def test_audiences_as_people_write_them(text: str, audience: Audience) -> None:
    assert _read(text) == audience


@pytest.mark.parametrize(
    "value", ["intern", "[S1]", "{grup: S1}", "{group: }", "{group: []}", "{group: [S1, '']}", "{}"]
)
def test_a_slip_of_the_pen_is_told_with_its_line_and_never_read_wider(value: str) -> None:
    with pytest.raises(AudienceUnclear) as said:
        _read(f"\naudience: {value}")
    assert said.value.line == 2
    assert "internal" in said.value.advice


@pytest.mark.parametrize("name", ["faq.yaml", "faq.csv"])
def test_an_entrys_groups_and_channels_survive_export_and_import(name: str, tmp_path: Path) -> None:
    audiences = (group("S1"), group("S1", "S2"), channel("C1"), Audience(Level.GROUP, frozenset("S"), frozenset("C")))
    entries = tuple(Entry(f"e{n}", f"Why {n}?", "So.", audience=one) for n, one in enumerate(audiences))
    write_faq(tmp_path / name, entries)
    assert [entry.audience for entry in read_faq(tmp_path / name)] == list(audiences)


def test_topics_narrow_an_entry_and_never_widen_it() -> None:
    topics = Topics({"pay": group("S1"), "news": PUBLIC, "launch": channel("C1")})
    secret = Entry("e", "q", "a", tags=("Pay", "news"), audience=INTERNAL)
    assert topics.audience_of(secret) == group("S1")
    assert topics.audience_of(Entry("e", "q", "a", tags=("news",))) == INTERNAL
    both = topics.audience_of(Entry("e", "q", "a", tags=("pay", "launch")))
    assert not reader("S1").may_read(both)
    assert reader("S1", "C1").may_read(both)


def _read(text: str) -> Audience:
    root = parse_yaml(text)
    assert isinstance(root, YamlMap)
    return read_audience(root.pairs[0][1])
