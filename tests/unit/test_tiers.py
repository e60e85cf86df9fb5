"""Slack's calls a minute: never more than its tiers allow, whoever of the desk's processes makes them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from support_database import desk_database

from bot.database import Database
from bot.demo import slack_tiers
from bot.demo.slack_tiers import MethodRates
from bot.errors import SlackUnavailable
from bot.tiers import GROUP_MEMBERS, INFO, PER_MINUTE, REACTION, Tiers


class Time:
    """Stands still unless told."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def skip(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    opened = desk_database(tmp_path_factory.mktemp("tiers"))
    yield opened
    opened.close()


@pytest.fixture
def time(database: Database) -> Time:
    """Each test a day later: what the others took does not count."""
    time = Time()
    time.skip(86_400 * next(_DAYS))
    return time


_DAYS = iter(range(1, 100))


def test_the_desk_knows_the_tiers_that_slacks_sdk_lists() -> None:
    assert {method: slack_tiers.PER_MINUTE[method] for method in PER_MINUTE} == dict(PER_MINUTE)


def test_two_processes_that_ask_whenever_they_may_are_never_refused_by_slack(database: Database, time: Time) -> None:
    chance, slack = random.Random(7), MethodRates(lambda: time.now.timestamp())
    desks, late, made = [Tiers(database, time), Tiers(database, time)], 0, 0
    for _ in range(300):
        time.skip(chance.choice((0.0, 0.1, 0.4, 1.0, 3.0)))
        try:
            chance.choice(desks).take(INFO)
        except SlackUnavailable:
            late += 1
            continue
        made += 1
        assert slack.take(INFO) is None
    assert late > 20
    assert made > 150


def test_who_asks_too_often_hears_when_to_come_back(database: Database, time: Time) -> None:
    tiers = Tiers(database, time)
    for _ in range(19):
        tiers.take(GROUP_MEMBERS)
    with pytest.raises(SlackUnavailable) as refused:
        tiers.take(GROUP_MEMBERS)
    assert refused.value.retry_after is not None
    time.skip(refused.value.retry_after)
    tiers.take(GROUP_MEMBERS)


def test_half_of_a_minutes_calls_are_kept_for_what_cannot_be_done_without(database: Database, time: Time) -> None:
    tiers = Tiers(database, time)
    with database.write() as session:
        assert tiers.spare(session, REACTION)
        assert tiers.reserve(session, REACTION, 40, keep=0.5) == 23
        assert not tiers.spare(session, REACTION)
        assert tiers.reserve(session, REACTION, 40) == 24
        assert tiers.left(session, REACTION) == 0


def test_calls_of_a_clock_that_was_set_back_do_not_count(database: Database, time: Time) -> None:
    tiers = Tiers(database, time)
    for _ in range(19):
        tiers.take(GROUP_MEMBERS)
    time.skip(-3600)
    tiers.take(GROUP_MEMBERS)


def test_slack_counts_sixty_seconds_back_and_names_the_seconds_to_wait() -> None:
    now = [1000.0]
    slack = MethodRates(lambda: now[0])
    assert [slack.take("users.list") for _ in range(21)] == [None] * 20 + [60]
    now[0] += 59.5
    assert slack.take("users.list") == 1
    now[0] += 0.6
    assert slack.take("users.list") is None
    assert [slack.take("no.such.method") for _ in range(200)] == [None] * 200
