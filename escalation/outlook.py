"""What a new request can honestly expect: what is ahead of it, and from which day it is realistic. No I/O."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from escalation.dates import parse_date
from escalation.domain import Answers, FieldType, Form, FormField, Rules, Workload
from escalation.working_hours import WorkingHours

EARLIER_REASON = "earlier_reason"
"""The key of the field that says why it must be earlier than is realistic."""

REASON_LIMIT = 500


@dataclass(frozen=True)
class Outlook:
    """How many tickets are ahead, and the first realistic day. None for what cannot be told."""

    ahead: int | None = None
    earliest: date | None = None

    @property
    def says_something(self) -> bool:
        """Whether there is anything to show."""
        return self.ahead is not None or self.earliest is not None


def outlook(workload: Workload, lead_time: int, now: datetime, hours: WorkingHours) -> Outlook:
    """The outlook for a request made now, of a type that takes ``lead_time`` business days by itself.

    What is ahead is done at the pace of the last weeks, then this one. Where no pace is known nothing of the running
    sprint is promised: it is realistic after its last day. Where neither is known, no day is named.
    """
    today = hours.day_of(now)
    days: list[date] = []
    if workload.ahead is not None and workload.done_per_business_day:
        days.append(
            hours.business_days_after(today, math.ceil((workload.ahead + 1) / workload.done_per_business_day))
        )
    elif workload.sprint_ends is not None and workload.sprint_ends >= today:
        days.append(hours.business_days_after(workload.sprint_ends, 1))
    if days and lead_time:
        days.append(hours.business_days_after(today, lead_time))
    return Outlook(workload.ahead, max(days) if days else None)


def wished_field(form: Form) -> FormField | None:
    """The field with the day a request is wanted for: its first date that may not lie in the past.

    What is broken is wanted at once: it has none.
    """
    if form.reports_breakage:
        return None
    dates = (f for f in form.fields if f.type in (FieldType.DATE, FieldType.DATETIME))
    return next((f for f in dates if f.rules.min_business_days_from_now is not None or f.rules.not_in_past), None)


def wished_day(form: Form, answers: Answers) -> date | None:
    """The day a request is wanted for, as far as it is filled in."""
    field = wished_field(form)
    answer = answers.get(field.key) if field else None
    return parse_date(answer) if isinstance(answer, str) else None


def is_too_early(form: Form, answers: Answers, expected: Outlook | None) -> bool:
    """Whether the day somebody wishes comes before the realistic one."""
    wished = wished_day(form, answers)
    return bool(wished and expected and expected.earliest and wished < expected.earliest)


def with_earlier_reason(forms: Sequence[Form], label: str) -> tuple[Form, ...]:
    """The forms with a field for the reason, right after the day it explains; without such a day as they are."""
    return tuple(_with_reason(form, label) for form in forms)


def without_earlier_reason(form: Form) -> Form:
    """The form as it is while nobody needs to give a reason."""
    return replace(form, fields=tuple(f for f in form.fields if f.key != EARLIER_REASON))


def _with_reason(form: Form, label: str) -> Form:
    wished = wished_field(form)
    if wished is None or form.field(EARLIER_REASON) is not None:
        return form
    reason = FormField(EARLIER_REASON, label, FieldType.LONG_TEXT, rules=Rules(max_length=REASON_LIMIT))
    at = form.fields.index(wished) + 1
    return replace(form, fields=(*form.fields[:at], reason, *form.fields[at:]))
