"""Dates as forms mean them: ISO 8601 texts, a form's time zone, and its business days. No I/O."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_LONGEST = 366  # days: nobody has a year of holidays, and the search must end

WORKING_WEEK = frozenset(range(5))
"""Monday to Friday, as ``date.weekday`` numbers them."""


def parse_date(text: str) -> date | None:
    """The day of an ISO 8601 date, or of a date with a time; None for anything else."""
    try:
        return datetime.fromisoformat(text.strip()).date()
    except ValueError:
        return None


def parse_datetime(text: str, timezone: str) -> datetime | None:
    """An ISO 8601 moment; one without an offset is in ``timezone``. None for anything else, a bare date included."""
    text = text.strip()
    if len(text) <= len("2027-05-14"):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(timezone))


def add_business_days(
    start: date,
    count: int,
    business_days: frozenset[int] = WORKING_WEEK,
    is_off: Callable[[date], bool] = lambda _day: False,
) -> date:
    """The ``count``-th business day after ``start``; ``start`` itself for 0. ``business_days`` must not be empty.

    ``is_off`` names further days that do not count, such as holidays; of a year of them the rest is ignored.
    """
    day, last = start, start + timedelta(days=_LONGEST + 7 * count)
    while count > 0 and day < last:
        day += timedelta(days=1)
        if day.weekday() in business_days and not is_off(day):
            count -= 1
    return day


def moment_in_words(moment: datetime, timezone: str) -> str:
    """A moment as people in a time zone write it: ``Thu 14 May 2027, 10:00 (Europe/Berlin)``."""
    there = moment.astimezone(ZoneInfo(timezone))
    return f"{in_words(there.date())}, {there:%H:%M} ({timezone})"


def in_words(day: date) -> str:
    """A day as people write it: ``Thu 14 May 2027``."""
    return f"{day:%a} {day.day} {day:%b %Y}"
