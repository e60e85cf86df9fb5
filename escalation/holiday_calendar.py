"""Public holidays by country (the one module of the holidays library), and single days off. Needs no network."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import holidays

from escalation.dates import parse_date


def holiday_problem(entry: str) -> str | None:
    """Why an entry of a holiday list cannot be used; None when it can."""
    if parse_date(entry):
        return None
    try:
        _country(entry)
    except (NotImplementedError, ValueError, KeyError):
        return f"There is no holiday calendar {entry!r}. Write a country (DE), a part (DE-BY) or a day (2027-05-14)."
    return None


def is_holiday(day: date, entries: Sequence[str]) -> bool:
    """Whether a day is off by any of the entries: ISO 8601 dates, country codes, or country and part (DE-BY)."""
    return any(
        parse_date(entry) == day or (parse_date(entry) is None and day in _country(entry)) for entry in entries
    )


@lru_cache(maxsize=32)
def _country(entry: str) -> holidays.HolidayBase:
    country, _, part = entry.partition("-")
    return holidays.country_holidays(country.upper(), subdiv=part.upper() or None)
