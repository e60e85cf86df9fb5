"""Duties from an iCalendar file (.ics): the one module of icalendar and dateutil.

Recurring events are written out for a year. Somebody is found by the e-mail of an attendee, then of the organizer,
then by e-mail or name in the event's title.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from icalendar import Calendar, Event

from escalation.errors import CalendarInvalid
from escalation.rotation import ChangeKind, DutyChange, Member, Rotation

HORIZON = timedelta(days=366)
"""How far ahead recurring events are written out."""

MAX_CALENDAR_BYTES = 5_000_000
_MAX_OCCURRENCES = 1_000
_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})

When = date | datetime


@dataclass(frozen=True)
class DutyCalendar:
    """What a calendar says: changes in the order of their days, and titles of events that name nobody we know."""

    changes: tuple[DutyChange, ...]
    unknown: tuple[str, ...]


def read_calendar(content: bytes, rotation: Rotation, kind: ChangeKind, today: date) -> DutyCalendar:
    """The duties in a calendar that are not over yet, up to a year ahead. Raises CalendarInvalid.

    All-day events are those duty days. A timed event counts from its first day to the duty day it ends in.
    """
    if len(content) > MAX_CALENDAR_BYTES:
        raise CalendarInvalid("This calendar is larger than 5 MB. Export the duty calendar alone.")
    try:
        events = [event for event in Calendar.from_ical(content).walk("VEVENT") if isinstance(event, Event)]
        found = [(event, days) for event in events for days in _days(event, _moved(events, event), rotation, today)]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError) as exc:
        raise CalendarInvalid(
            f"This is no calendar I can read ({type(exc).__name__}). Export it again as an .ics file."
        ) from exc
    named = [(_person(event, rotation.members), days, str(event.get("SUMMARY", ""))) for event, days in found]
    changes = {DutyChange(person, kind, *days) for person, days, _ in named if person}
    unknown = dict.fromkeys(title or "(no title)" for person, _, title in named if person is None)
    return DutyCalendar(tuple(sorted(changes, key=lambda c: (c.first_day, c.last_day, c.person))), tuple(unknown))


def _days(event: Event, moved: frozenset[When], rotation: Rotation, today: date) -> Iterator[tuple[date, date]]:
    """First and last duty day of each time the event takes place."""
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return
    starts: When = event.get("DTSTART").dt
    length = _length(event, starts)
    for start in _occurrences(event, starts, today - length):
        if start in moved:
            continue
        first, last = _duty_days(start, length, rotation)
        if last >= today and first <= today + HORIZON:
            yield first, last


def _length(event: Event, starts: When) -> timedelta:
    if (ends := event.get("DTEND")) is not None:
        length: timedelta = ends.dt - starts
        return length
    if (lasts := event.get("DURATION")) is not None:
        duration: timedelta = lasts.dt
        return duration
    return timedelta(0) if isinstance(starts, datetime) else timedelta(days=1)


def _duty_days(start: When, length: timedelta, rotation: Rotation) -> tuple[date, date]:
    if not isinstance(start, datetime):
        return start, max(start, start + length - timedelta(days=1))
    zone = ZoneInfo(rotation.hours.timezone)
    aware = start if start.tzinfo else start.replace(tzinfo=zone)
    first = aware.astimezone(zone).date()
    end = aware.astimezone(UTC) + length - timedelta(seconds=1)
    return first, max(first, rotation.duty_day(end))


def _occurrences(event: Event, starts: When, earliest: date) -> Iterator[When]:
    """When the event begins, each time, by its own clock: 09:00 stays 09:00 when the clocks change."""
    rule = event.get("RRULE")
    if rule is None:
        yield from {starts, *_dates(event, "RDATE")} - set(_dates(event, "EXDATE"))
        return
    if not set(rule.get("FREQ", ())) <= _FREQUENCIES:
        raise CalendarInvalid("An event recurs within the day. Duties last a day at least; mend or remove it.")
    zone = starts.tzinfo if isinstance(starts, datetime) else None
    clock = _clock(starts)
    without = {_clock(when) for when in _dates(event, "EXDATE")}
    recurrence: Any = rrulestr(_floating(rule.to_ical().decode(), zone), dtstart=clock, ignoretz=True)
    begins = max(clock, datetime.combine(earliest, time(0)) - timedelta(days=1))
    times = islice(recurrence.xafter(begins, inc=True), _MAX_OCCURRENCES)
    for at in times:
        if at > datetime.combine(earliest, time(0)) + 2 * HORIZON:
            break
        if at not in without:
            yield at.replace(tzinfo=zone) if isinstance(starts, datetime) else at.date()
    yield from _dates(event, "RDATE")


def _clock(when: When) -> datetime:
    """What a wall clock at the place shows."""
    return when.replace(tzinfo=None) if isinstance(when, datetime) else datetime.combine(when, time(0))


def _floating(rule: str, zone: Any) -> str:  # noqa: ANN401 - a tzinfo
    """The rule with its last moment on the event's own clock: recurrences are counted on that."""
    parts = []
    for part in rule.split(";"):
        name, _, value = part.partition("=")
        if name == "UNTIL" and value.endswith("Z") and zone is not None:
            until = datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).astimezone(zone)
            value = f"{until:%Y%m%dT%H%M%S}"
        parts.append(f"{name}={value}")
    return ";".join(parts)


def _dates(event: Event, name: str) -> list[When]:
    """The dates of EXDATE or RDATE, which may stand there several times, with several dates each."""
    lists = event.get(name, [])
    return [one.dt for dates in (lists if isinstance(lists, list) else [lists]) for one in dates.dts]


def _moved(events: Sequence[Event], event: Event) -> frozenset[When]:
    """The times of a recurring event for which another event of the same id stands instead."""
    if event.get("RECURRENCE-ID") is not None:
        return frozenset()
    same = (other for other in events if other.get("UID") == event.get("UID") and other.get("RECURRENCE-ID"))
    return frozenset(other.get("RECURRENCE-ID").dt for other in same)


def _person(event: Event, members: Sequence[Member]) -> str | None:
    by_email = {member.email.casefold(): member.id for member in members if member.email}
    for name in ("ATTENDEE", "ORGANIZER"):
        who = event.get(name, [])
        for address in who if isinstance(who, list) else [who]:
            email = str(address).casefold().removeprefix("mailto:")
            if email in by_email:
                return by_email[email]
    title = " ".join(str(event.get("SUMMARY", "")).casefold().split())
    named = {m.id for m in members if any(word and word.casefold() in title for word in (m.email, m.name, m.id))}
    if not named:
        first_names = {m.id: m.name.casefold().split()[0] for m in members if m.name}
        named = {member for member, name in first_names.items() if name in title.replace(":", " ").split()}
    return named.pop() if len(named) == 1 else None
