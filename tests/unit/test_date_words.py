"""Days in words: read when they mean one day, left open when they could mean two."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.date_words import find_dates, single_date

WEDNESDAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("we need it by Friday", date(2026, 11, 20)),
        ("next Thursday would be great", date(2026, 11, 26)),
        ("Tuesday next week", date(2026, 11, 24)),
        ("this Friday", date(2026, 11, 20)),
        ("tomorrow", date(2026, 11, 19)),
        ("May 14", date(2027, 5, 14)),
        ("14 May 2027", date(2027, 5, 14)),
        ("Friday, 14 May 2027", date(2027, 5, 14)),
        ("on 14.05.2027", date(2027, 5, 14)),
        ("05/14/2027", date(2027, 5, 14)),
        ("2027-05-14", date(2027, 5, 14)),
        ("by end of week", date(2026, 11, 20)),
        ("EOM", date(2026, 11, 30)),
        ("end of next quarter", date(2027, 3, 31)),
        ("in two weeks", date(2026, 12, 2)),
    ],
)
def test_a_day_in_words_is_read(text: str, day: date) -> None:
    found = single_date(text, WEDNESDAY)
    assert found is not None
    assert found.day == day


@pytest.mark.parametrize(
    "text",
    [
        "next week",
        "05/06/2027",
        "on Wednesday",  # said on a Wednesday
        "Thursday, 14 May 2027",  # that is a Friday
        "Oct 14",  # more likely the past one
        "31 February",
        "either Monday 23 November or 1 December",
        "tomorrow at 10am PST",  # another moment in our zone
        "in three months",
    ],
)
def test_what_could_mean_two_days_stays_open(text: str) -> None:
    assert single_date(text, WEDNESDAY) is None
    assert find_dates(text, WEDNESDAY)


@pytest.mark.parametrize("text", ["last Friday", "we may 14 times", "version 3.10.5", "1/2 of them", "asap", "sun"])
def test_what_is_no_coming_day_is_not_found(text: str) -> None:
    assert find_dates(text, WEDNESDAY) == ()


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("tomorrow 10am", time(10)),
        ("14 May at 14:30", time(14, 30)),
        ("9:30 on Friday", time(9, 30)),
        ("Friday noon", time(12)),
        ("Friday, somebody said 10am", None),
    ],
)
def test_a_time_next_to_the_day_goes_with_it(text: str, at: time | None) -> None:
    found = single_date(text, WEDNESDAY)
    assert found is not None
    assert found.time == at


@given(st.text(max_size=300), st.dates(min_value=date(2020, 1, 1), max_value=date(2090, 1, 1)))
def test_no_text_breaks_it(text: str, today: date) -> None:
    for found in find_dates(f"{text} by Friday {text}", today):
        assert found.day is None or found.day.year >= 2000


JUMBLE = ["next", "mon", "friday", "14", "may", "2027", "at", "10am", "end", "of", "week", "/", ".", ":", "in", "two"]


@given(st.lists(st.sampled_from(JUMBLE), max_size=40))
def test_no_jumble_of_dates_breaks_it(words: list[str]) -> None:
    assert all(one.start < one.end for one in find_dates(" ".join(words), WEDNESDAY))
