"""Who is on duty: a rotation, the exceptions people made to it, and the answer for any moment. No I/O."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from escalation.working_hours import WorkingHours

LOOK_AHEAD_DAYS = 366
"""How far ahead a change of duty is looked for."""


class Turn(StrEnum):
    """How long somebody's turn lasts. Daily turns count working days: Friday's person stays until Monday."""

    WEEKLY = "weekly"
    DAILY = "daily"


@dataclass(frozen=True)
class Member:
    """Somebody who takes turns. ``id`` is opaque here; name and e-mail are empty when the file has none."""

    id: str
    name: str = ""
    email: str = ""


@dataclass(frozen=True)
class Rotation:
    """Who takes turns, in which order, and what the team promises meanwhile.

    The first member's first turn begins with ``start``. A duty day begins at ``handover`` on the team's clock and
    ends at the next day's; weekly turns begin on ``handover_day``. ``owner_within`` is working time.
    """

    members: tuple[Member, ...]
    start: date = date(2026, 1, 5)
    turn: Turn = Turn.WEEKLY
    handover: time = time(9)
    handover_day: int = 0
    hours: WorkingHours = WorkingHours()
    owner_within: timedelta | None = None
    digest_at: time | None = None

    def duty_day(self, moment: datetime) -> date:
        """The duty day a moment belongs to. Never goes back, also when the clock does."""
        day = self.hours.day_of(moment)
        return day if moment >= self.begins(day) else day - timedelta(days=1)

    def begins(self, day: date) -> datetime:
        """When a duty day begins."""
        return self.hours.at(day, self.handover)

    def order_on(self, day: date) -> tuple[str, ...]:
        """Everybody on a duty day: whose turn it is, then who is asked next when they are away."""
        ids = [member.id for member in self.members]
        first = self._turns_since_start(day) % len(ids) if ids else 0
        return (*ids[first:], *ids[:first])

    def _turns_since_start(self, day: date) -> int:
        if self.turn is Turn.WEEKLY:
            first = self.start - timedelta(days=(self.start.weekday() - self.handover_day) % 7)
            return (day - first).days // 7
        return self._working_days_to(day) - self._working_days_to(self.start)

    def _working_days_to(self, day: date) -> int:
        """How many working days there have been up to and with ``day``; holidays count, so they move no turns."""
        weeks, rest = divmod(day.toordinal() - 1, 7)  # ordinal 1 is a Monday
        return weeks * len(self.hours.days) + sum(1 for weekday in self.hours.days if weekday <= rest)


def alone(person: str, timezone: str = "UTC", digest_at: time | None = None) -> Rotation:
    """The simplest rotation: always the same person; nobody when ``person`` is empty."""
    members = (Member(person),) if person else ()
    return Rotation(members, hours=WorkingHours(timezone), digest_at=digest_at)


class ChangeKind(StrEnum):
    """What an exception says."""

    ON = "on"
    OFF = "off"


@dataclass(frozen=True)
class DutyChange:
    """Somebody takes these duty days, or is away on them; both days included."""

    person: str
    kind: ChangeKind
    first_day: date
    last_day: date

    def covers(self, day: date) -> bool:
        """Whether the day is one of them."""
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True)
class Shift:
    """Who is on duty (None: everybody is away), until when, and who follows. None for what is not in sight."""

    person: str | None
    until: datetime | None
    next_person: str | None


def on_duty(rotation: Rotation, changes: Sequence[DutyChange], moment: datetime) -> str | None:
    """Who is on duty at a moment: exactly one person, None only when every one of them is away.

    ``changes`` oldest first; what was said last counts. Who takes days comes before whose turn it is, and when they
    are away the next in the rotation steps in.
    """
    return on_duty_on(rotation, changes, rotation.duty_day(moment))


def on_duty_on(rotation: Rotation, changes: Sequence[DutyChange], day: date) -> str | None:
    """Who is on duty for a whole duty day."""
    taken: list[str] = []
    away: set[str] = set()
    for change in changes:
        if not change.covers(day):
            continue
        if change.kind is ChangeKind.OFF:
            away.add(change.person)
        else:
            away.discard(change.person)
            taken.insert(0, change.person)
    candidates = (*taken, *rotation.order_on(day))
    return next((person for person in candidates if person not in away), None)


def shift_at(rotation: Rotation, changes: Sequence[DutyChange], moment: datetime) -> Shift:
    """Who is on duty at a moment, until when, and who comes then."""
    today = rotation.duty_day(moment)
    person = on_duty_on(rotation, changes, today)
    for day in _days_after(today):
        other = on_duty_on(rotation, changes, day)
        if other != person:
            return Shift(person, rotation.begins(day), other)
    return Shift(person, None, None)


def rest_of_turn(rotation: Rotation, changes: Sequence[DutyChange], moment: datetime) -> tuple[date, date]:
    """First and last duty day of what is left of the turn at a moment; the day alone when no end is in sight."""
    today = rotation.duty_day(moment)
    person, last = on_duty_on(rotation, changes, today), today
    for day in _days_after(today):
        if on_duty_on(rotation, changes, day) != person:
            return today, last
        last = day
    return today, today


def _days_after(day: date) -> Iterator[date]:
    return (day + timedelta(days=ahead) for ahead in range(1, LOOK_AHEAD_DAYS + 1))
