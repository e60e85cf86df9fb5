"""When a team works: its days, hours, holidays and time zone. No I/O."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from escalation.dates import WORKING_WEEK
from escalation.holiday_calendar import is_holiday


@dataclass(frozen=True)
class WorkingHours:
    """A team's working time. ``opens`` comes before ``closes``; ``days`` as ``date.weekday`` numbers them.

    ``holidays``: ISO 8601 dates, countries ("DE") and their parts ("DE-BY").
    """

    timezone: str = "UTC"
    days: frozenset[int] = WORKING_WEEK
    opens: time = time(9)
    closes: time = time(17)
    holidays: tuple[str, ...] = ()

    def is_working_day(self, day: date) -> bool:
        """Whether anybody works on this day."""
        return day.weekday() in self.days and not is_holiday(day, self.holidays)

    def local(self, moment: datetime) -> datetime:
        """The moment on the team's own clock."""
        return moment.astimezone(ZoneInfo(self.timezone))

    def day_of(self, moment: datetime) -> date:
        """The team's own date at a moment."""
        return self.local(moment).date()

    def at(self, day: date, hour: time) -> datetime:
        """The moment (UTC) when the team's clock shows ``hour`` on ``day``.

        An hour that the change to summer time skips comes when it would have been; one that occurs twice, the
        first time.
        """
        return datetime.combine(day, hour, ZoneInfo(self.timezone)).astimezone(UTC)

    def is_open(self, moment: datetime) -> bool:
        """Whether the team works at this moment."""
        day = self.day_of(moment)
        return self.is_working_day(day) and self.at(day, self.opens) <= moment < self.at(day, self.closes)

    def after(self, start: datetime, working: timedelta) -> datetime:
        """The moment when the team has worked for ``working`` since ``start``. ``days`` must not be empty."""
        start, left = start.astimezone(UTC), working  # differences between local times ignore a change of clocks
        for opens, closes in self._shifts(start):
            since = max(start, opens)
            if closes - since >= left:
                return since + left
            left -= max(closes - since, timedelta(0))
        raise AssertionError("working hours never end")

    def business_days_after(self, start: date, count: int) -> date:
        """The ``count``-th working day after ``start``; ``start`` itself for 0. ``days`` must not be empty."""
        day = start
        while count > 0:
            day += timedelta(days=1)
            count -= self.is_working_day(day)
        return day

    def _shifts(self, since: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The working shifts from a moment on, the running one included."""
        day = self.day_of(since)
        while True:
            if self.is_working_day(day):
                yield self.at(day, self.opens), self.at(day, self.closes)
            day += timedelta(days=1)
