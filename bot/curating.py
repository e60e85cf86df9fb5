"""The parts of a desk that look after what it knows, joined: what bot.desk is for the whole, this is for curation."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.asking import Work
from bot.clock import Clock
from bot.curation.checks import Checks
from bot.curation.curation import Curation
from bot.curation.owners import Owners
from bot.curation.review_digest import ReviewDigest
from bot.database import Database
from bot.failures import Failures
from bot.incoming import Due
from bot.ops_people import OpsPeople
from bot.outbox import Outbox
from bot.runtime import Steps
from bot.settings import Settings
from bot.slack.ops import OpsChannel
from bot.timetable import What
from escalation.working_hours import WorkingHours


class Curating:
    """One per desk. Whoever writes entries does it through ``curation``."""

    def __init__(
        self,
        settings: Settings,
        people: OpsPeople,
        checks: Checks,
        hours: WorkingHours,
        outbox: Outbox,
        ops: OpsChannel,
        database: Database,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._owners = Owners(settings.owners)
        self._hours = hours
        self._outbox = outbox
        self._ops = ops
        self._database = database
        self._clock = clock
        self.people = people
        self.checks = checks
        self.curation = Curation(people, clock, second_person=settings.second_approval, owners=self._owners)

    def loops(self) -> Mapping[str, Steps]:
        """What runs beside the workers, by name."""
        return {"failures": Failures(self._settings.data_dir, self._database, self._clock)}

    def occasions(self) -> Mapping[str, Callable[[Due], Work]]:
        """Who handles what is due."""
        reviews = ReviewDigest(self._owners, self._hours, self._outbox, self._ops, self._database, self._clock)
        return {What.REVIEWS: reviews.due}
