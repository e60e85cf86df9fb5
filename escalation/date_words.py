"""Days and times as people write them ("next Thursday", "14 May at 10am"), found in a text. No I/O.

Relative words count from ``today``; weeks begin on Monday, so "next Thursday" is the Thursday of next week. What
could mean two days ("05/06", "next week", a weekday said on that weekday) is found without a day: nobody guesses.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from itertools import zip_longest

MAX_READ = 4_000
"""Characters of a text that are looked at."""

_FAR = timedelta(days=270)  # a day without a year that would lie further ahead is more likely a past one
_JOINT = re.compile(r"[\s,(]{0,3}(?:(?:at|around|on|from|um|@) ?)?")  # between a day and its time
_WEEK = 7
_FRIDAY = 4
_DECEMBER = 12

_MONTH_NAMES = {
    "jan": 1, "feb": 2, "mar": 3, "mär": 3, "apr": 4, "may": 5, "mai": 5, "jun": 6, "jul": 7,
    "aug": 8, "sep": 9, "oct": 10, "okt": 10, "nov": 11, "dec": 12, "dez": 12,
}  # fmt: skip
_MONTH = (
    r"(?P<month>jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch)?|märz|apr(?:il)?|may|mai|june?|juni|july?|juli|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|okt(?:ober)?|nov(?:ember)?|dec(?:ember)?|dez(?:ember)?)\b\.?"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?"
_YEAR = r"(?:,? (?P<year>20\d\d)\b)?"
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY = r"(?P<weekday>mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?P<rest>day)?s?\b"
_ENTRY = r"(?:on|by|until|till|before|from|for|am|bis|zum|vom)"
_COUNTS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_COUNT = r"(?P<count>\d{1,2}|a|one|two|three|four|five|six)"

_TIME = re.compile(
    r"(?<![\d:.,/-])(?:(?P<h12>1[0-2]|0?[1-9])(?:[:.](?P<m12>[0-5]\d))? ?(?P<half>[ap])\.?m\b\.?|"
    r"(?P<h24>[01]?\d|2[0-3]):(?P<m24>[0-5]\d)\b|(?P<uhr>[01]?\d|2[0-3]) uhr\b|(?P<noon>noon)\b)"
    r"(?P<zone> ?(?:[A-Z]{1,4}T|UTC|GMT)\b)?"
)


@dataclass(frozen=True)
class FoundDate:
    """A day or stretch of time somebody wrote at ``start`` to ``end`` of a text. ``day`` is None when it is open."""

    start: int
    end: int
    day: date | None
    time: time | None = None


_Reader = Callable[[re.Match[str], date], date | None]


def find_dates(text: str, today: date) -> tuple[FoundDate, ...]:
    """The days a text names, in its order; those that are over ("last Friday") are left out."""
    text = text[:MAX_READ]
    found: list[FoundDate] = []
    for pattern, read in _PATTERNS:
        for match in pattern.finditer(text):
            if all(match.end() <= other.start or match.start() >= other.end for other in found):
                found.append(FoundDate(match.start(), match.end(), read(match, today)))
    found.sort(key=lambda one: one.start)
    kept = [one for one in _joined(found, text) if not _LAST.search(text[: one.start])]
    return tuple(_with_time(one, text) for one in kept)


def single_date(text: str, today: date) -> FoundDate | None:
    """The one day a text names; None when it names none or several. Open ones ("next week") do not count."""
    found = [one for one in find_dates(text, today) if one.day]
    return found[0] if len({(one.day, one.time) for one in found}) == 1 else None


_LAST = re.compile(r"\b(?:last|since|past|letzten?)\s+$", re.IGNORECASE)


def _joined(found: Sequence[FoundDate], text: str) -> Iterator[FoundDate]:
    """ "Thursday, 14 May" is one day: the exact one, or an open one when the weekday contradicts it."""
    skip = False
    for one, after in zip_longest(found, found[1:]):
        if skip:
            skip = False
            continue
        weekday = _weekday_in(text[one.start : one.end])
        if after and after.day and weekday is not None and text[one.end : after.start].strip(" ,(") == "":
            skip = True
            fits = after.day.weekday() == weekday
            yield replace(after, start=one.start, day=after.day if fits else None)
        else:
            yield one


def _weekday_in(text: str) -> int | None:
    match = re.search(_WEEKDAY, text, re.IGNORECASE)
    return _weekday(match) if match else None


def _with_time(found: FoundDate, text: str) -> FoundDate:
    """The day with the time written next to it. In another time zone it is another moment: then it stays open."""
    for match in _TIME.finditer(text):
        first, last = min(found.end, match.end()), max(found.start, match.start())
        if first <= last and _JOINT.fullmatch(text[first:last]):
            day = None if match["zone"] else found.day
            return FoundDate(min(found.start, match.start()), max(found.end, match.end()), day, _time(match))
    return found


def _time(match: re.Match[str]) -> time:
    if match["noon"]:
        return time(12)
    if match["h12"]:
        hour = int(match["h12"]) % 12 + (12 if match["half"] == "p" else 0)
        return time(hour, int(match["m12"] or 0))
    return time(int(match["h24"] or match["uhr"]), int(match["m24"] or 0))


def _safe(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _coming(month: int, day: int, today: date) -> date | None:
    """The next such day; None when it is so far ahead that the last one may be meant."""
    found = _safe(today.year, month, day)
    if found is None or found < today:
        found = _safe(today.year + 1, month, day)
    return found if found and found - today <= _FAR else None


def _iso(match: re.Match[str], _today: date) -> date | None:
    return _safe(int(match["year"]), int(match["mm"]), int(match["day"]))


def _dotted(match: re.Match[str], today: date) -> date | None:
    month, day = int(match["mm"]), int(match["day"])
    return _safe(int(match["year"]), month, day) if match["year"] else _coming(month, day, today)


def _slashed(match: re.Match[str], today: date) -> date | None:
    """Read only where the order of day and month cannot be doubted."""
    one, two = int(match["one"]), int(match["two"])
    if one != two and max(one, two) <= _DECEMBER:
        return None
    day, month = max(one, two), min(one, two)
    return _safe(int(match["year"]), month, day) if match["year"] else _coming(month, day, today)


def _named(match: re.Match[str], today: date) -> date | None:
    month, day = _MONTH_NAMES[match["month"][:3].lower()], int(match["day"])
    return _safe(int(match["year"]), month, day) if match["year"] else _coming(month, day, today)


def _weekday(match: re.Match[str]) -> int:
    return next(number for number, name in enumerate(_DAYS) if name.startswith(match["weekday"].lower()[:3]))


def _monday(today: date) -> date:
    return today - timedelta(days=today.weekday())


def _of_next_week(match: re.Match[str], today: date) -> date:
    return _monday(today) + timedelta(days=_WEEK + _weekday(match))


def _of_this_week(match: re.Match[str], today: date) -> date | None:
    day = _monday(today) + timedelta(days=_weekday(match))
    return day if day >= today else None


def _next_such(match: re.Match[str], today: date) -> date | None:
    ahead = (_weekday(match) - today.weekday()) % _WEEK
    return today + timedelta(days=ahead) if ahead else None


def _near(match: re.Match[str], today: date) -> date:
    word = match["near"].lower()
    if word.startswith(("day after", "übermorgen")):
        return today + timedelta(days=2)
    return today + timedelta(days=1) if word.startswith(("tomorrow", "tmrw")) else today


def _ahead(match: re.Match[str], today: date) -> date | None:
    said = match["count"].lower()
    count = int(said) if said.isdigit() else _COUNTS[said]
    if match["business"] or match["unit"].lower().startswith("month"):
        return None
    return today + timedelta(days=count * (_WEEK if match["unit"].lower().startswith("week") else 1))


def _end(match: re.Match[str], today: date) -> date | None:
    later = (match["which"] or "").strip().lower() == "next"
    unit = (match["unit"] or match["short"]).lower()
    if unit in ("day", "d"):
        return None if later else today
    if unit in ("week", "w"):
        friday = _monday(today) + timedelta(days=_FRIDAY + (_WEEK if later else 0))
        return friday if friday >= today else None
    step = {"month": 1, "m": 1, "quarter": 3, "q": 3}.get(unit, 12)
    last = (today.month - 1) // step * step + step + (step if later else 0)
    year, month = today.year + (last - 1) // 12, (last - 1) % 12 + 1
    return date(year, month, calendar.monthrange(year, month)[1])


def _open(_match: re.Match[str], _today: date) -> None:
    return None


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_NOT_A_VERB = r"(?<!\bwe )(?<!\byou )(?<!\bthey )(?<!\bit )(?<!\bthat )"  # "we may 14 times" names no day
_LATE_IN = rf"\b(?:early|mid|late)[ -]{_MONTH}"
_PATTERNS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (_compiled(r"(?<![\w-])(?P<year>20\d\d)-(?P<mm>\d\d)-(?P<day>\d\d)(?![\d-])"), _iso),
    (_compiled(r"(?<![\d.])(?P<day>\d{1,2})\.(?P<mm>\d{1,2})\.(?P<year>20\d\d)\b"), _dotted),
    (_compiled(rf"\b{_ENTRY} (?P<day>\d{{1,2}})\.(?P<mm>\d{{1,2}})\.(?P<year>)(?!\d)"), _dotted),
    (_compiled(r"(?<![\d/.])(?P<one>\d{1,2})/(?P<two>\d{1,2})/(?P<year>20\d\d)\b(?!/)"), _slashed),
    (_compiled(rf"\b{_ENTRY} (?P<one>\d{{1,2}})/(?P<two>\d{{1,2}})(?P<year>)\b(?![/%])"), _slashed),
    (_compiled(rf"(?<![\w.]){_DAY} (?:of )?{_MONTH}{_YEAR}"), _named),
    (_compiled(rf"\b{_NOT_A_VERB}{_MONTH} {_DAY}(?![\d:%]){_YEAR}"), _named),
    (_compiled(r"\bend of (?P<which>the |this |next )?(?P<unit>day|week|month|quarter|year)\b(?P<short>)"), _end),
    (_compiled(r"\b(?P<which>)(?P<unit>)eo(?P<short>[dwmqy])\b"), _end),
    (_compiled(rf"\b{_WEEKDAY},? (?:of |in )?next week\b"), _of_next_week),
    (_compiled(rf"\bnext week (?:on )?{_WEEKDAY}"), _of_next_week),
    (_compiled(rf"\bnext {_WEEKDAY}"), _of_next_week),
    (_compiled(rf"\b(?:this|coming) {_WEEKDAY}"), _of_this_week),
    (_compiled(rf"\b{_ENTRY} {_WEEKDAY}(?!\w)"), _next_such),
    (_compiled(r"\b(?P<weekday>mon|tues|wednes|thurs|fri|satur|sun)(?P<rest>day)\b"), _next_such),
    (_compiled(r"\b(?P<near>day after tomorrow|tomorrow|tmrw|today|tonight|heute|übermorgen)\b"), _near),
    (_compiled(rf"\bin {_COUNT} (?P<business>(?:business|working) )?(?P<unit>day|week|month)s?\b"), _ahead),
    (_compiled(rf"\bwithin {_COUNT} (?:business |working )?(?:days?|weeks?|months?)\b"), _open),
    (_compiled(rf"\b(?:this|next) (?:week|month|quarter)\b|{_LATE_IN}|\bq[1-4](?: 20\d\d)?\b"), _open),
)
"""Tried in this order; what an earlier one has read, a later one leaves alone."""
