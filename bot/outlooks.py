"""The outlook for new requests, read from the tracker in the background: a form never waits for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot import triage_texts
from bot.clock import Clock
from bot.logs import get_logger
from escalation.domain import Answers, Form, FormField, Workload
from escalation.errors import TrackerError
from escalation.outlook import EARLIER_REASON, Outlook, is_too_early, outlook, without_earlier_reason
from escalation.protocols import Tracker
from escalation.working_hours import WorkingHours

log = get_logger(__name__)

REFRESH_EVERY = timedelta(minutes=5)
STALE_AFTER = timedelta(hours=2)
"""How long the last word of a tracker that no longer answers is believed."""


class Outlooks:
    """A loop that reads, and answers from memory. Safe to ask from several threads."""

    def __init__(
        self, tracker: Tracker, forms: Sequence[Form], project: str, hours: WorkingHours, clock: Clock
    ) -> None:
        self._tracker = tracker
        self._project = project
        self._projects = tuple(dict.fromkeys(self._project_of(form) for form in forms))
        self._hours = hours
        self._clock = clock
        self._known: dict[str, tuple[datetime, Workload]] = {}
        self._next_look: datetime | None = None

    def run_once(self) -> bool:
        """Read the workloads again, if it is time to. Returns False: nothing waits for it."""
        now = self._clock()
        if self._next_look is not None and now < self._next_look:
            return False
        self._next_look = now + REFRESH_EVERY
        for project in self._projects:
            try:
                self._known[project] = (now, self._tracker.workload(project))
            except TrackerError as exc:
                log.info("workload_unknown", project=project, error=type(exc).__name__)
        return False

    def of(self, form: Form) -> Outlook | None:
        """What a request of this type can expect; None while nothing is known."""
        now = self._clock()
        read_at, workload = self._known.get(self._project_of(form), (now - STALE_AFTER, Workload()))
        if read_at <= now - STALE_AFTER:
            return None
        found = outlook(workload, form.lead_time_business_days, now, self._hours)
        return found if found.says_something else None

    def asking(self, form: Form, answers: Answers) -> Form:
        """The form as it is asked now: with the reason when the day is too early, without it otherwise."""
        expected = self.of(form)
        if expected is None or expected.earliest is None or not is_too_early(form, answers, expected):
            return without_earlier_reason(form)
        day = triage_texts.short_day(expected.earliest, self._hours.day_of(self._clock()))
        return replace(form, fields=tuple(_demanded(field, day) for field in form.fields))

    def in_words(self, form: Form) -> str:
        """The line at the top of a form; empty while nothing is known."""
        expected = self.of(form)
        if expected is None:
            return ""
        today = self._hours.day_of(self._clock())
        return triage_texts.outlook(
            expected.ahead, triage_texts.short_day(expected.earliest, today) if expected.earliest else ""
        )

    def _project_of(self, form: Form) -> str:
        return self._project or form.project


def _demanded(field: FormField, day: str) -> FormField:
    if field.key != EARLIER_REASON:
        return field
    label, why = triage_texts.earlier_label(day), triage_texts.earlier_needed(day)
    return replace(field, label=label, required=True, help=why)
