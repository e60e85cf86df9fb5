"""Who is on duty: exactly one person at any moment, through summer time, swaps and days off."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.rotation import (
    ChangeKind,
    DutyChange,
    Member,
    Rotation,
    Turn,
    on_duty,
    rest_of_turn,
    shift_at,
)
from escalation.working_hours import WorkingHours

BERLIN = WorkingHours("Europe/Berlin")
TEAM = tuple(Member(name) for name in ("priya", "jonas", "maya"))
WEEKLY = Rotation(TEAM, date(2026, 11, 2), hours=BERLIN)
DAILY = Rotation(TEAM, date(2026, 11, 2), Turn.DAILY, hours=BERLIN)

moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))
days = st.dates(date(2026, 10, 1), date(2027, 1, 31))
clocks = st.times().map(lambda at: at.replace(second=0, microsecond=0))
zones = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
people = st.sampled_from([member.id for member in TEAM])


@st.composite
def rotations(draw: st.DrawFn) -> Rotation:
    return Rotation(
        TEAM[: draw(st.integers(1, 3))],
        draw(days),
        draw(st.sampled_from(Turn)),
        draw(clocks),
        draw(st.integers(0, 6)),
        WorkingHours(draw(zones), draw(st.frozensets(st.integers(0, 6), min_size=1))),
    )


@st.composite
def changes(draw: st.DrawFn) -> DutyChange:
    first = draw(days)
    return DutyChange(
        draw(people), draw(st.sampled_from(ChangeKind)), first, first + timedelta(draw(st.integers(0, 9)))
    )


def berlin(year: int, month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo("Europe/Berlin"))


def off(person: str, first: date, last: date | None = None) -> DutyChange:
    return DutyChange(person, ChangeKind.OFF, first, last or first)


def takes(person: str, first: date, last: date | None = None) -> DutyChange:
    return DutyChange(person, ChangeKind.ON, first, last or first)


@given(rotations(), st.lists(changes(), max_size=6), moments)
def test_exactly_one_person_is_on_duty_unless_all_are_away(
    rotation: Rotation, exceptions: list[DutyChange], moment: datetime
) -> None:
    day = rotation.duty_day(moment)
    last_word = {change.person: change.kind for change in exceptions if change.covers(day)}
    everybody = {member.id for member in rotation.members} | {p for p, k in last_word.items() if k == ChangeKind.ON}
    all_away = all(last_word.get(person) == ChangeKind.OFF for person in everybody)
    found = on_duty(rotation, exceptions, moment)
    assert (found is None) == all_away
    assert found is None or last_word.get(found) != ChangeKind.OFF


@given(rotations(), moments, st.integers(0, 60 * 24 * 3))
def test_duty_days_never_go_back_also_when_the_clock_does(rotation: Rotation, moment: datetime, minutes: int) -> None:
    assert rotation.duty_day(moment) <= rotation.duty_day(moment + timedelta(minutes=minutes))


@given(rotations(), moments)
def test_a_duty_day_holds_the_moments_from_its_beginning_to_the_next_days(
    rotation: Rotation, moment: datetime
) -> None:
    day = rotation.duty_day(moment)
    assert rotation.begins(day) <= moment < rotation.begins(day + timedelta(days=1))


@given(rotations(), st.lists(changes(), max_size=6), moments)
def test_a_shift_lasts_until_somebody_else_is_on_duty(
    rotation: Rotation, exceptions: list[DutyChange], moment: datetime
) -> None:
    shift = shift_at(rotation, exceptions, moment)
    assert shift.person == on_duty(rotation, exceptions, moment)
    if shift.until is not None:
        assert shift.until > moment
        assert on_duty(rotation, exceptions, shift.until - timedelta(seconds=1)) == shift.person
        assert on_duty(rotation, exceptions, shift.until) == shift.next_person != shift.person


@given(st.integers(0, 200), st.integers(0, 6))
def test_weekly_turns_last_seven_days_and_follow_the_order(weeks: int, weekday: int) -> None:
    moment = berlin(2026, 11, 2, 10) + timedelta(days=7 * weeks + weekday)
    expected = TEAM[weeks % 3].id
    assert on_duty(WEEKLY, (), moment) == expected


def test_the_turn_changes_at_the_handover_hour_of_the_teams_own_clock() -> None:
    assert on_duty(WEEKLY, (), berlin(2026, 11, 9, 8, 59)) == "priya"
    assert on_duty(WEEKLY, (), berlin(2026, 11, 9, 9)) == "jonas"


@pytest.mark.parametrize("monday", [date(2027, 3, 29), date(2026, 10, 26)])
def test_the_handover_keeps_its_hour_after_summer_time_changes(monday: date) -> None:
    before = berlin(monday.year, monday.month, monday.day, 8, 59)
    after = berlin(monday.year, monday.month, monday.day, 9)
    assert on_duty(WEEKLY, (), before) != on_duty(WEEKLY, (), after)


def test_a_handover_in_the_hour_that_occurs_twice_happens_once() -> None:
    rotation = Rotation(
        TEAM, date(2026, 10, 24), Turn.DAILY, time(2, 30), hours=WorkingHours("Europe/Berlin", frozenset(range(7)))
    )
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 summer time
    again = first + timedelta(minutes=45)  # 02:15, winter time
    assert on_duty(rotation, (), first) == on_duty(rotation, (), again) == "jonas"


def test_daily_turns_rest_on_weekends() -> None:
    on = [on_duty(DAILY, (), berlin(2026, 11, day)) for day in range(2, 11)]
    assert on == ["priya", "jonas", "maya", "priya", "jonas", "jonas", "jonas", "maya", "priya"]


def test_a_day_off_passes_to_the_next_person() -> None:
    assert on_duty(WEEKLY, [off("priya", date(2026, 11, 3))], berlin(2026, 11, 3)) == "jonas"
    both = [off("priya", date(2026, 11, 3)), off("jonas", date(2026, 11, 3))]
    assert on_duty(WEEKLY, both, berlin(2026, 11, 3)) == "maya"


def test_a_day_off_begins_and_ends_with_the_handover() -> None:
    day_off = [off("priya", date(2026, 11, 3))]
    assert on_duty(WEEKLY, day_off, berlin(2026, 11, 3, 8, 59)) == "priya"
    assert on_duty(WEEKLY, day_off, berlin(2026, 11, 4, 8, 59)) == "jonas"
    assert on_duty(WEEKLY, day_off, berlin(2026, 11, 4, 9)) == "priya"


def test_what_was_said_last_counts() -> None:
    day = date(2026, 11, 3)
    assert on_duty(WEEKLY, [takes("maya", day), takes("jonas", day)], berlin(2026, 11, 3)) == "jonas"
    assert on_duty(WEEKLY, [off("maya", day), takes("maya", day)], berlin(2026, 11, 3)) == "maya"
    assert on_duty(WEEKLY, [takes("maya", day), off("maya", day)], berlin(2026, 11, 3)) == "priya"


def test_the_rest_of_a_turn_ends_before_the_next_persons() -> None:
    assert rest_of_turn(WEEKLY, (), berlin(2026, 11, 4)) == (date(2026, 11, 4), date(2026, 11, 8))
    alone = Rotation(TEAM[:1], date(2026, 11, 2), hours=BERLIN)
    assert rest_of_turn(alone, (), berlin(2026, 11, 4)) == (date(2026, 11, 4), date(2026, 11, 4))


def test_a_shift_names_its_end_and_who_follows() -> None:
    shift = shift_at(WEEKLY, (), berlin(2026, 11, 4))
    assert (shift.person, shift.until, shift.next_person) == ("priya", berlin(2026, 11, 9, 9), "jonas")


@given(moments, st.integers(0, 60 * 100))
def test_working_time_adds_up(start: datetime, minutes: int) -> None:
    first = BERLIN.after(start, timedelta(minutes=minutes))
    assert BERLIN.after(first, timedelta(minutes=30)) == BERLIN.after(start, timedelta(minutes=minutes + 30))
    assert first >= start + timedelta(minutes=minutes)


def test_working_time_stands_still_at_night_on_weekends_and_holidays() -> None:
    hours = WorkingHours("Europe/Berlin", holidays=("2026-11-09",))
    friday = berlin(2026, 11, 6, 16)
    assert hours.after(friday, timedelta(hours=1)) == berlin(2026, 11, 6, 17)
    assert hours.after(friday, timedelta(hours=2)) == berlin(2026, 11, 10, 10)
    assert not hours.is_open(berlin(2026, 11, 9, 10))
    assert hours.business_days_after(date(2026, 11, 6), 2) == date(2026, 11, 11)


def test_a_working_day_with_a_change_of_clocks_has_its_hours() -> None:
    hours = WorkingHours("Europe/Berlin", frozenset(range(7)), time(0), time(23))
    spring = berlin(2027, 3, 28, 0)
    assert hours.after(spring, timedelta(hours=22)) == berlin(2027, 3, 28, 23)
