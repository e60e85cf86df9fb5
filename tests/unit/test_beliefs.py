"""What Slack said a while ago about who reads somewhere counts only while its calls run short and nothing changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from support_database import desk_database
from support_people import TEAM, Records, records

from bot.audiences import Audiences
from bot.beliefs import Beliefs
from bot.database import Database
from bot.errors import SlackUnavailable
from bot.people import Directory
from bot.slack.paced import PacedLooks
from bot.tables import TierRow
from bot.tiers import INFO, MEMBERS, Tiers
from knowledge.domain import Audience, Level

HERE = "C0HERE"
INTERNAL = Audience.internal()
OF_GROUP = Audience(Level.GROUP, frozenset({"S1"}))


@dataclass
class Office:
    """Two processes of a desk on one database, and a Slack."""

    database: Database
    slack: Records = field(default_factory=records)

    def __post_init__(self) -> None:
        self.slack.put(HERE, "U0ONE", "U0TWO")
        self.tiers = Tiers(self.database, self.clock)
        self.beliefs = Beliefs(self.database, self.tiers, self.clock)
        self.first, self.second = self._process(), self._process()

    def clock(self) -> datetime:
        """The present, of both."""
        return self.slack.now

    def _process(self) -> Audiences:
        looks = PacedLooks(self.slack, self.tiers)
        return Audiences(Directory(looks, self.clock, TEAM, self.beliefs))

    def used(self, method: str, calls: int) -> None:
        """So many calls of a method were made just now."""
        with self.database.write() as session:
            session.merge(TierRow(method=method, calls=[self.slack.now.timestamp()] * calls))

    def reads(self, process: Audiences, text: Audience = INTERNAL) -> bool:
        """Whether a text may be posted now."""
        return process.of_post(HERE, [text], self.slack.now).may_read(text)

    def looks(self) -> int:
        """How often Slack was asked what a channel is since the last time."""
        count = self.slack.calls.count("channel") + self.slack.calls.count("conversations")
        self.slack.calls.clear()
        return count


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    database = desk_database(tmp_path)
    yield Office(database)
    database.close()


def test_slack_is_asked_before_each_message_while_it_has_calls_to_spare(office: Office) -> None:
    for _ in range(3):
        office.slack.skip(seconds=1)
        assert office.reads(office.first)
    assert office.looks() == 3


def test_while_calls_run_short_an_answer_counts_for_two_minutes_in_all_processes(office: Office) -> None:
    office.reads(office.first)
    asked = []
    for _ in range(5):
        office.slack.skip(seconds=30)
        office.used(INFO, 40)
        office.looks()
        assert office.reads(office.second)
        asked.append(office.looks())
    assert asked == [0, 0, 0, 0, 1]


@pytest.mark.parametrize("text", [INTERNAL, OF_GROUP])
def test_a_change_that_slack_told_of_ends_what_is_believed_in_all_processes(office: Office, text: Audience) -> None:
    office.slack.put(HERE, "U0ONE", is_private=True)
    assert office.reads(office.first, text)
    assert office.reads(office.second, text)
    office.slack.skip(seconds=20)
    office.slack.put(HERE, "U0ONE", "U0GUEST", is_private=True)
    office.beliefs.changed([HERE])
    office.used(INFO, 40)
    assert not office.reads(office.first, text)
    assert not office.reads(office.second, text)


def test_somebody_who_left_a_group_reads_nothing_of_it_once_slack_has_told(office: Office) -> None:
    office.slack.put(HERE, "U0ONE", is_private=True)
    assert office.reads(office.first, OF_GROUP)
    office.slack.skip(seconds=20)
    office.slack.groups["S1"] = []
    office.used(INFO, 40)
    assert office.reads(office.first, OF_GROUP)  # nobody has told
    office.beliefs.changed(["S1"])
    assert not office.reads(office.first, OF_GROUP)


def test_what_was_asked_just_before_or_after_a_change_does_not_count(office: Office) -> None:
    office.beliefs.changed([HERE])
    office.slack.skip(seconds=1)
    office.reads(office.first)
    office.looks()
    office.used(INFO, 40)
    office.slack.skip(seconds=6)
    office.reads(office.first)
    assert office.looks() == 1


def test_a_shared_channel_is_never_believed_to_be_ours(office: Office) -> None:
    office.slack.put(HERE, "U0ONE", is_ext_shared=True)
    office.used(INFO, 40)
    for _ in range(3):
        assert not office.reads(office.first)
        office.slack.skip(seconds=5)


def test_when_one_channel_cannot_be_asked_about_all_are_looked_at_together(office: Office) -> None:
    office.slack.put("C0MORE", "U0ONE")
    office.used(INFO, 47)
    assert office.reads(office.first)
    assert "conversations" in office.slack.calls
    office.slack.calls.clear()
    assert office.first.of_post("C0MORE", [INTERNAL], office.slack.now).may_read(INTERNAL)
    assert "conversations" not in office.slack.calls


def test_without_calls_nothing_is_guessed(office: Office) -> None:
    office.used(MEMBERS, 95)
    with pytest.raises(SlackUnavailable) as refused:
        office.reads(office.first)
    assert refused.value.retry_after is not None
    office.slack.skip(seconds=refused.value.retry_after)
    assert office.reads(office.first)


def test_an_answer_from_a_clock_that_was_ahead_is_not_believed(office: Office) -> None:
    office.slack.skip(hours=1)
    office.reads(office.first)
    office.slack.skip(hours=-1)
    office.slack.put(HERE, "U0ONE", "U0GUEST")
    office.used(INFO, 40)
    assert not office.reads(office.second)
