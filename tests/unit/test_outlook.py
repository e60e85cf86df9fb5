"""What a new request can honestly expect, and when a reason is asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.outlooks import Outlooks
from escalation.domain import FieldType, Form, FormField, Rules, Workload
from escalation.outlook import (
    EARLIER_REASON,
    Outlook,
    is_too_early,
    outlook,
    wished_day,
    wished_field,
    with_earlier_reason,
)
from escalation.testing import Fault, InMemoryTracker
from escalation.working_hours import WorkingHours

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)  # a Monday
HOURS = WorkingHours()
FORM = Form(
    "send",
    "Email send",
    "",
    (
        FormField("period", "Period from", FieldType.DATE),
        FormField("go_live", "Go-live", FieldType.DATETIME, rules=Rules(not_in_past=True)),
        FormField("title", "Title", FieldType.TEXT),
    ),
)


@pytest.mark.parametrize(
    ("workload", "lead_time", "expected"),
    [
        (Workload(14, 2.0), 0, Outlook(14, date(2026, 12, 3))),  # 15 tickets at two a day: eight working days
        (Workload(14, 2.0), 10, Outlook(14, date(2026, 12, 7))),
        (Workload(0, 0.5), 0, Outlook(0, date(2026, 11, 25))),
        (Workload(3, None, date(2026, 12, 4)), 0, Outlook(3, date(2026, 12, 7))),
        (Workload(3, None, date(2026, 11, 1)), 0, Outlook(3, None)),  # a sprint that should have ended
        (Workload(3), 5, Outlook(3, None)),
        (Workload(), 5, Outlook(None, None)),
    ],
)
def test_the_outlook_promises_no_more_than_the_pace_allows(
    workload: Workload, lead_time: int, expected: Outlook
) -> None:
    assert outlook(workload, lead_time, NOW, HOURS) == expected


def test_the_wished_day_is_the_first_that_may_not_lie_in_the_past() -> None:
    field = wished_field(FORM)
    assert field is not None
    assert field.key == "go_live"
    assert wished_day(FORM, {"period": "2026-01-01", "go_live": "2026-12-01T09:00+01:00"}) == date(2026, 12, 1)
    assert wished_day(FORM, {"go_live": "tbd"}) is None


def test_what_is_broken_is_wanted_at_once_whatever_is_ahead() -> None:
    form = replace(FORM, issue_type="Bug")
    assert wished_field(form) is None
    assert not is_too_early(form, {"go_live": "2026-11-24T09:00"}, Outlook(14, date(2026, 12, 3)))


def test_a_day_before_the_realistic_one_is_too_early() -> None:
    expected = Outlook(14, date(2026, 12, 3))
    assert is_too_early(FORM, {"go_live": "2026-12-02T09:00"}, expected)
    assert not is_too_early(FORM, {"go_live": "2026-12-03T09:00"}, expected)
    assert not is_too_early(FORM, {"go_live": "2026-12-02T09:00"}, Outlook(14))
    assert not is_too_early(FORM, {}, expected)


def test_the_reason_stands_right_after_the_day_it_explains_and_only_there() -> None:
    (form, general) = with_earlier_reason((FORM, Form("general", "", "", ())), "Reason")
    assert [field.key for field in form.fields] == ["period", "go_live", EARLIER_REASON, "title"]
    assert general.fields == ()


def test_a_form_asks_for_the_reason_only_while_the_day_is_too_early() -> None:
    tracker = InMemoryTracker()
    tracker.load = Workload(14, 2.0)
    (form,) = with_earlier_reason((FORM,), "Reason")
    outlooks = Outlooks(tracker, (form,), "OPS", HOURS, lambda: NOW)
    outlooks.run_once()
    early = outlooks.asking(form, {"go_live": "2026-12-01T09:00"}).field(EARLIER_REASON)
    assert early is not None
    assert (early.required, early.label) == (True, "Why it must be before Thu 3 Dec")
    assert outlooks.asking(form, {"go_live": "2026-12-20T09:00"}).field(EARLIER_REASON) is None


def test_a_day_of_another_year_says_which() -> None:
    tracker = InMemoryTracker()
    tracker.load = Workload(59, 2.0)
    (form,) = with_earlier_reason((FORM,), "Reason")
    outlooks = Outlooks(tracker, (form,), "OPS", HOURS, lambda: NOW)
    outlooks.run_once()
    assert outlooks.in_words(form) == "59 requests are ahead of yours; realistic from Mon 4 Jan 2027."
    asked = outlooks.asking(form, {"go_live": "2026-12-01T09:00"}).field(EARLIER_REASON)
    assert asked is not None
    assert asked.label == "Why it must be before Mon 4 Jan 2027"


def test_without_a_pace_a_form_says_how_much_is_ahead_and_demands_no_reason() -> None:
    tracker = InMemoryTracker()
    tracker.load = Workload(7)
    (form,) = with_earlier_reason((FORM,), "Reason")
    outlooks = Outlooks(tracker, (form,), "OPS", HOURS, lambda: NOW)
    outlooks.run_once()
    assert outlooks.in_words(form) == "7 requests are ahead of yours."
    assert outlooks.asking(form, {"go_live": "2026-11-24T09:00"}).field(EARLIER_REASON) is None


def test_nothing_is_said_before_the_tracker_was_read_or_when_it_is_silent_for_long() -> None:
    tracker, now = InMemoryTracker(), [NOW]
    tracker.load = Workload(14, 2.0)
    outlooks = Outlooks(tracker, (FORM,), "OPS", HOURS, lambda: now[0])
    assert outlooks.of(FORM) is None
    tracker.fail("workload", *[Fault.UNAVAILABLE] * 3)
    outlooks.run_once()
    assert outlooks.of(FORM) is None
    now[0] = NOW.replace(hour=11)
    for _ in range(3):
        now[0] = now[0].replace(minute=now[0].minute + 6)
        outlooks.run_once()
    assert outlooks.of(FORM) == Outlook(14, date(2026, 12, 3))
    now[0] = NOW.replace(hour=14)
    assert outlooks.of(FORM) is None
