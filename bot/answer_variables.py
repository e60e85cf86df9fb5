"""What the variables of an answer stand for, for the person it is shown to and the place it is shown at."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot import texts
from bot.audiences import is_dm
from bot.clock import Clock
from bot.domain import Place, Surface
from bot.people import Directory, PersonInfo
from escalation.working_hours import WorkingHours
from knowledge.checklists import texts_of
from knowledge.domain import Hit
from knowledge.variables import CHANNEL, FIRST_NAME, REGION, TODAY, Known, Variable, has_variables, nothing_known


class AnswerVariables:
    """Looks values up, and only where an answer needs them. Never raises: what Slack does not say is unknown.

    ``regions`` names a region for time zones ("Europe/Berlin") and for their areas ("Europe"); the zone itself wins.
    Business days are the team's, holidays included.
    """

    def __init__(self, directory: Directory, hours: WorkingHours, regions: Mapping[str, str], clock: Clock) -> None:
        self._directory = directory
        self._hours = hours
        self._regions = dict(regions)
        self._clock = clock

    def known(self, hit: Hit, place: Place, person: str | None) -> Known:
        """The values for an answer, looked up now; ``person`` is None when it is shown to everybody alike."""
        further = texts_of(hit.checklist) if hit.checklist else ()
        if not hit.template and not any(has_variables(text) for text in further):
            return nothing_known
        asker = self._directory.person(person) if person else None
        values = {CHANNEL: self._channel(place)}
        if asker is not None and asker.name != asker.id:
            values |= {FIRST_NAME: asker.name.split()[0], REGION: self._region(asker)}
        today = self._today(asker)

        def value(variable: Variable) -> str | None:
            if variable.name == TODAY:
                return self._day(today, variable)
            return values.get(variable.name)

        return value

    def _channel(self, place: Place) -> str | None:
        """With its #; nothing for a conversation of two, or one whose name Slack does not tell."""
        if place.surface is Surface.DM or is_dm(place.channel):
            return None
        channel = self._directory.channel(place.channel)
        return None if channel.name == channel.id else f"#{channel.name}"

    def _region(self, asker: PersonInfo) -> str | None:
        area, _, _ = asker.zone.partition("/")
        return self._regions.get(asker.zone) or self._regions.get(area)

    def _today(self, asker: PersonInfo | None) -> date:
        try:
            zone = ZoneInfo(asker.zone if asker and asker.zone else self._hours.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            zone = ZoneInfo(self._hours.timezone)
        return self._clock().astimezone(zone).date()

    def _day(self, today: date, variable: Variable) -> str:
        if variable.business and variable.days > 0:
            day = self._hours.business_days_after(today, variable.days)
        elif variable.business:
            day = self._business_days_before(today, -variable.days)
        else:
            day = today + timedelta(days=variable.days)
        return f"{day:%a} {texts.day(day, today)}"

    def _business_days_before(self, day: date, count: int) -> date:
        while count > 0:
            day -= timedelta(days=1)
            count -= self._hours.is_working_day(day)
        return day
