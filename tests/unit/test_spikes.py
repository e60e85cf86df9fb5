"""A spike is far more people than usual asking for the same; a busy morning, or one person who repeats, is none."""

from __future__ import annotations

import math

import numpy as np
import pytest

from knowledge.protocols import Matrix
from knowledge.spikes import belongs, chance_in_share, chance_of, spike_among

TOPICS = 40
HOURS = 2.0


def questions(rng: np.random.Generator, topics: list[int]) -> Matrix:
    """One vector per question, near to its topic's."""
    centres = np.random.default_rng(7).normal(size=(TOPICS + 1, 64))
    rows = centres[topics] + 0.45 * rng.normal(size=(len(topics), 64))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def month(rng: np.random.Generator, count: int = 900) -> list[int]:
    """What is usually asked: few topics often, most of them seldom."""
    often = 1 / np.arange(1, TOPICS + 1)
    return [int(topic) for topic in rng.choice(TOPICS, size=count, p=often / often.sum())]


def test_the_chance_is_that_of_a_poisson_count_once_the_rate_is_well_known() -> None:
    rate = 3.0
    poisson = 1 - sum(math.exp(-rate) * rate**k / math.factorial(k) for k in range(6))
    assert chance_of(6, 30_000, 20_000, 2) == pytest.approx(poisson, rel=0.01)


def test_what_was_never_asked_is_rarer_than_what_is_asked_daily() -> None:
    assert chance_of(4, 0, 180, HOURS) < 1e-6 < chance_of(4, 60, 180, HOURS)


def test_nothing_is_surprising_before_anything_is_usual() -> None:
    assert chance_of(9, 0, 0, HOURS) == 1.0
    fresh = questions(np.random.default_rng(1), [3] * 8)
    assert spike_among(fresh, list("abcdefgh"), fresh[:0], 0, HOURS, 4) == ()


def test_a_share_counts_what_else_is_asked() -> None:
    assert chance_in_share(4, 5, 10, 100) > chance_in_share(4, 5, 1, 100)
    assert chance_in_share(0, 5, 1, 100) == pytest.approx(1.0)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_new_topic_asked_by_five_people_is_a_spike(seed: int) -> None:
    rng = np.random.default_rng(seed)
    recent = [*month(rng, 6), *[TOPICS] * 5]
    people = [f"U{number}" for number in range(len(recent))]
    found = spike_among(questions(rng, recent), people, questions(rng, month(rng)), 180, HOURS, 4)
    assert found == tuple(range(6, 11))


def test_one_person_who_asks_again_and_again_is_no_spike() -> None:
    rng = np.random.default_rng(4)
    recent = questions(rng, [TOPICS] * 6)
    assert spike_among(recent, ["U1"] * 6, questions(rng, month(rng)), 180, HOURS, 4) == ()


def test_ordinary_weeks_raise_no_alarm() -> None:
    alarms = 0
    for seed in range(3):
        rng = np.random.default_rng(100 + seed)
        before = questions(rng, month(rng))
        for _ in range(60):  # windows of two busy hours
            size = int(rng.poisson(12)) + 1
            people = [f"U{person}" for person in rng.integers(0, 100, size)]
            alarms += bool(spike_among(questions(rng, month(rng, size)), people, before, 180, HOURS, 4))
    assert alarms == 0


def test_a_question_belongs_by_the_centre_or_by_saying_the_same() -> None:
    rng = np.random.default_rng(5)
    group = questions(rng, [TOPICS] * 5)
    assert belongs(questions(rng, [TOPICS] * 20), group).mean() > 0.9
    assert belongs(group[:1], group)[0]
    assert not belongs(questions(rng, list(range(20))), group).any()
