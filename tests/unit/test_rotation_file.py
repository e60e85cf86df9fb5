"""The rotation file: what it may say, and every mistake with its line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from bot.settings import SAMPLES
from escalation.errors import FormsInvalid, RotationInvalid
from escalation.patience import Patience, load_patience
from escalation.rotation import Member, Rotation, Turn
from escalation.rotation_file import load_rotation
from escalation.working_hours import WorkingHours

WHOLE = """\
version: 1
timezone: Europe/Berlin
turns: weekly
handover: tue 10:30
start: 2026-11-02
people:
  - {id: U0PRIYA, name: Priya Raman, email: priya@example.com}
  - U0JONAS
working_hours: 8-16:30
working_days: [mon, tue, wed, thu]
holidays: [DE-BE, 2026-12-24]
owner_within_hours: 4
digest_at: 09:15
"""

Load = Callable[[str], Rotation]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def write_and_load(text: str) -> Rotation:
        path = tmp_path / "rotation.yaml"
        path.write_text(text, encoding="utf-8")
        return load_rotation(path)

    return write_and_load


def test_everything_a_rotation_file_says_is_read(load: Load) -> None:
    assert load(WHOLE) == Rotation(
        members=(Member("U0PRIYA", "Priya Raman", "priya@example.com"), Member("U0JONAS")),
        start=date(2026, 11, 2),
        turn=Turn.WEEKLY,
        handover=time(10, 30),
        handover_day=1,
        hours=WorkingHours(
            "Europe/Berlin",
            frozenset({0, 1, 2, 3}),
            time(8),
            time(16, 30),
            ("DE-BE", "2026-12-24"),
        ),
        owner_within=timedelta(hours=4),
        digest_at=time(9, 15),
    )


def test_a_short_file_is_enough(load: Load) -> None:
    rotation = load("start: 2026-11-02\nturns: daily\nhandover: 8\npeople: [U0PRIYA]\n")
    assert (rotation.turn, rotation.handover, rotation.owner_within) == (Turn.DAILY, time(8), None)


@pytest.mark.parametrize(
    ("line", "replaced_by", "complaint"),
    [
        (2, "timezone: Berlin", "There is no time zone 'Berlin'"),
        (3, "turns: weeky", "There are no 'weeky' turns. Did you mean weekly?"),
        (4, "handover: 10:30", "handover must look like `handover: mon 09:00`"),
        (4, "handover: tue 25:00", "handover must look like"),
        (5, "start: 2.11.2026", "start must be a day such as 2027-01-04"),
        (8, "  - jonas", "'jonas' is no Slack member id"),
        (8, "  - U0PRIYA", "U0PRIYA stands here twice"),
        (9, "working_hours: 17-9", "the earlier hour first"),
        (10, "working_days: []", "working_days must name some of"),
        (11, "holidays: [christmas]", "There is no holiday calendar 'christmas'"),
        (12, "owner_within_hours: -1", "must lie between 0 (never) and 200"),
        (12, "owner_within: 4", "There is no key 'owner_within'. Did you mean owner_within_hours?"),
        (13, "digest_at: nine", "digest_at must be an hour such as 09:00"),
    ],
)
def test_a_mistake_is_named_with_its_line(load: Load, line: int, replaced_by: str, complaint: str) -> None:
    lines = WHOLE.splitlines()
    lines[line - 1] = replaced_by
    with pytest.raises(RotationInvalid) as caught:
        load("\n".join(lines))
    (problem,) = caught.value.problems
    where, _, said = problem.rpartition("rotation.yaml:")[2].partition("  ")
    assert where == str(line)
    assert complaint in said


@pytest.mark.parametrize("text", ["", "- a list", "people: [U0PRIYA]", "start: 2026-11-02", "people: [", "a: {b"])
def test_what_is_no_rotation_is_refused(load: Load, text: str) -> None:
    with pytest.raises(RotationInvalid):
        load(text)


def test_the_sample_rotation_loads() -> None:
    rotation = load_rotation(SAMPLES / "rotation.yaml")
    assert [member.name for member in rotation.members] == ["Priya Raman", "Noor Haddad"]
    assert not rotation.hours.is_working_day(date(2027, 1, 1))


def test_patience_is_read_from_the_forms_file(tmp_path: Path) -> None:
    assert load_patience(SAMPLES / "intake_forms.yaml") == Patience(2, 10)
    path = tmp_path / "forms.yaml"
    path.write_text("defaults: {max_reminders: 0, close_when_silent_business_days: many}\n", encoding="utf-8")
    with pytest.raises(FormsInvalid, match="forms.yaml:1  close_when_silent_business_days must be a whole number"):
        load_patience(path)
    path.write_text("forms: []\n", encoding="utf-8")
    assert load_patience(path) == Patience()
