"""Duties from calendars: all-day and timed, recurring within a year, people by e-mail or name."""

from __future__ import annotations

from datetime import date, time

import pytest

from escalation.duty_calendar import read_calendar
from escalation.errors import CalendarInvalid
from escalation.rotation import ChangeKind, DutyChange, Member, Rotation
from escalation.working_hours import WorkingHours

TEAM = (
    Member("U0PRIYA", "Priya Raman", "priya@example.com"),
    Member("U0JONAS", "Jonas Weber", "jonas@example.com"),
)
ROTATION = Rotation(TEAM, date(2026, 11, 2), handover=time(9), hours=WorkingHours("Europe/Berlin"))
TODAY = date(2026, 11, 22)


def read(*events: str) -> tuple[list[tuple[str, date, date]], tuple[str, ...]]:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Larkfield//duties//EN"]
    for event in events:
        lines += ["BEGIN:VEVENT", "UID:one", *event.split(), "END:VEVENT"]
    content = "\r\n".join([*lines, "END:VCALENDAR", ""]).replace("_", " ").encode()
    found = read_calendar(content, ROTATION, ChangeKind.ON, TODAY)
    return [(change.person, change.first_day, change.last_day) for change in found.changes], found.unknown


def days(*spans: tuple[str, str, str]) -> list[tuple[str, date, date]]:
    return [(who, date.fromisoformat(first), date.fromisoformat(last)) for who, first, last in spans]


def test_an_all_day_event_is_those_days_for_its_attendee() -> None:
    found, unknown = read(
        "DTSTART;VALUE=DATE:20261123 DTEND;VALUE=DATE:20261128 ATTENDEE;CN=P:mailto:Priya@example.com"
    )
    assert (found, unknown) == (days(("U0PRIYA", "2026-11-23", "2026-11-27")), ())


def test_a_timed_event_ends_with_the_duty_day_it_reaches() -> None:
    found, _ = read(
        "DTSTART;TZID=Europe/Berlin:20261123T090000 DTEND;TZID=Europe/Berlin:20261130T090000 SUMMARY:Jonas"
    )
    assert found == days(("U0JONAS", "2026-11-23", "2026-11-29"))


def test_times_in_utc_are_the_teams_days() -> None:
    found, _ = read("DTSTART:20261123T233000Z DTEND:20261125T120000Z SUMMARY:triage:_Jonas_Weber")
    assert found == days(("U0JONAS", "2026-11-24", "2026-11-25"))


def test_a_recurring_event_is_written_out_for_a_year_without_its_exceptions() -> None:
    found, _ = read(
        "DTSTART;VALUE=DATE:20261102 DTEND;VALUE=DATE:20261109 RRULE:FREQ=WEEKLY;INTERVAL=2 "
        "EXDATE;VALUE=DATE:20261214 ORGANIZER:mailto:priya@example.com"
    )
    firsts = [first for _, first, _ in found]
    assert firsts[:3] == [date(2026, 11, 16), date(2026, 11, 30), date(2026, 12, 28)]  # the first is running
    assert firsts[-1] == date(2027, 11, 15)
    assert {(last - first).days for _, first, last in found} == {6}


def test_a_recurring_hour_stays_when_the_clocks_change() -> None:
    found, _ = read(
        "DTSTART;TZID=Europe/Berlin:20270322T093000 DTEND;TZID=Europe/Berlin:20270322T170000 "
        "RRULE:FREQ=WEEKLY;UNTIL=20270405T073000Z SUMMARY:Priya_Raman"
    )
    assert [first for _, first, _ in found] == [date(2027, 3, 22), date(2027, 3, 29), date(2027, 4, 5)]


def test_a_moved_occurrence_stands_instead_of_its_own() -> None:
    found, _ = read(
        "DTSTART;VALUE=DATE:20261123 RRULE:FREQ=DAILY;COUNT=3 SUMMARY:Priya",
        "RECURRENCE-ID;VALUE=DATE:20261124 DTSTART;VALUE=DATE:20261201 SUMMARY:Jonas",
    )
    assert found == days(
        ("U0PRIYA", "2026-11-23", "2026-11-23"),
        ("U0PRIYA", "2026-11-25", "2026-11-25"),
        ("U0JONAS", "2026-12-01", "2026-12-01"),
    )


def test_what_is_over_cancelled_or_names_nobody_is_left_out() -> None:
    found, unknown = read(
        "DTSTART;VALUE=DATE:20261101 SUMMARY:Priya",
        "DTSTART;VALUE=DATE:20261201 SUMMARY:Priya STATUS:CANCELLED",
        "DTSTART;VALUE=DATE:20261201 SUMMARY:Team_lunch",
        "DTSTART;VALUE=DATE:20261202 SUMMARY:Priya_or_Jonas",
    )
    assert (found, unknown) == ([], ("Team lunch", "Priya or Jonas"))


def test_a_calendar_of_days_off_says_so() -> None:
    content = (
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261224\r\nDURATION:P3D\r\nSUMMARY:Priya\r\n"
        b"END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    (change,) = read_calendar(content, ROTATION, ChangeKind.OFF, TODAY).changes
    assert change == DutyChange("U0PRIYA", ChangeKind.OFF, date(2026, 12, 24), date(2026, 12, 26))


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 not a calendar",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Priya\r\nEND:VEVENT\r\nEND:VCALENDAR",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20261123T000000Z\r\nRRULE:FREQ=SECONDLY\r\nEND:VEVENT\r\n"
        b"END:VCALENDAR",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:99991399T000000Z\r\nEND:VEVENT\r\nEND:VCALENDAR",
    ],
)
def test_what_is_no_calendar_of_duties_is_refused_with_advice(content: bytes) -> None:
    with pytest.raises(CalendarInvalid, match=r"Export it again|mend or remove"):
        read_calendar(content, ROTATION, ChangeKind.ON, TODAY)
