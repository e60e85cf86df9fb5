"""Who is on duty, from the rotation and what people changed about it."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.clock import Clock
from bot.database import Database
from bot.duties import Duties
from escalation.rotation import DutyChange, Rotation, Shift, on_duty, shift_at

_LOOK_BACK = timedelta(days=2)
"""A duty day can begin the day before, elsewhere in the world."""


class OnDuty:
    """Answers for now. Reads the database only where there is a rotation to make exceptions to."""

    def __init__(self, rotation: Rotation, database: Database, clock: Clock) -> None:
        self.rotation = rotation
        self._database = database
        self._clock = clock

    def now(self) -> str | None:
        """The id of the person on duty; None when nobody is. Raises DatabaseUnavailable."""
        moment = self._clock()
        return on_duty(self.rotation, self.changes(moment), moment)

    def shift(self) -> Shift:
        """Who is on duty, until when, and who follows. Raises DatabaseUnavailable."""
        moment = self._clock()
        return shift_at(self.rotation, self.changes(moment), moment)

    def changes(self, moment: datetime) -> tuple[DutyChange, ...]:
        """The exceptions that matter at a moment and later. Raises DatabaseUnavailable."""
        if len(self.rotation.members) < 2:  # noqa: PLR2004 - alone, there is nobody to swap with
            return ()
        with self._database.read() as session:
            return Duties(session).since(self.rotation.duty_day(moment) - _LOOK_BACK)

    def is_member(self, person: str) -> bool:
        """Whether somebody takes turns."""
        return any(member.id == person for member in self.rotation.members)
