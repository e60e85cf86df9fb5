"""`mops-desk oncall`: who is on triage, and duties from a calendar."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from support_cli import run

from bot.clock import now_utc

TODAY = now_utc().date()
ROTATION = f"""\
start: {TODAY - timedelta(days=7)}
turns: weekly
handover: {TODAY:%a} 0:00
people:
  - {{id: U0PRIYA, name: Priya Raman, email: priya@example.com}}
  - {{id: U0JONAS, name: Jonas Weber, email: jonas@example.com}}
"""


def event(summary: str, first: int, last: int) -> str:
    """An all-day event, in days from today."""
    starts, ends = TODAY + timedelta(days=first), TODAY + timedelta(days=last + 1)
    dates = f"DTSTART;VALUE=DATE:{starts:%Y%m%d}\r\nDTEND;VALUE=DATE:{ends:%Y%m%d}"
    return f"BEGIN:VEVENT\r\n{dates}\r\nSUMMARY:{summary}\r\nEND:VEVENT\r\n"


def calendar(*events: str) -> bytes:
    return ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + "".join(events) + "END:VCALENDAR\r\n").encode()


@pytest.fixture
def office(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a rotation: this week is Jonas's."""
    (home / "rotation.yaml").write_text(ROTATION, encoding="utf-8")
    monkeypatch.setenv("ROTATION_FILE", "rotation.yaml")
    return home


def test_show_names_who_is_on_triage_until_when_and_who_follows(office: Path) -> None:
    said = run("oncall", "show").out
    assert said.startswith("Jonas Weber is on triage until ")
    assert "then Priya Raman." in said


def test_a_calendar_of_duties_is_read_and_read_again_after_it_changed(office: Path) -> None:
    (office / "duties.ics").write_bytes(calendar(event("Priya", -1, 1), event("Team lunch", 2, 2)))
    ran = run("oncall", "import", "duties.ics")
    assert ran.out == "Read one duty from duties.ics.\n"
    assert "names nobody in the rotation: Team lunch" in ran.err
    assert run("oncall", "show").out.startswith("Priya Raman is on triage until ")
    (office / "duties.ics").write_bytes(calendar(event("Priya", 3, 3)))
    assert run("oncall", "import", "duties.ics").code == 0
    assert run("oncall", "show").out.startswith("Jonas Weber is on triage until ")


def test_a_calendar_of_days_off_passes_the_duty_on(office: Path) -> None:
    (office / "off.ics").write_bytes(calendar(event("Jonas: vacation", 0, 2)))
    assert run("oncall", "import", "off.ics", "--days-off").out == "Read one absence from off.ics.\n"
    assert run("oncall", "show").out.startswith("Priya Raman is on triage until ")


def test_what_cannot_be_read_changes_nothing_and_says_what_to_do(office: Path) -> None:
    assert "Check the path; nothing was changed." in run("oncall", "import", "missing.ics").problem
    (office / "duties.ics").write_bytes(b"no calendar")
    assert "Export it again as an .ics file." in run("oncall", "import", "duties.ics").problem
    (office / "rotation.yaml").write_text("start: soon\n", encoding="utf-8")
    assert "rotation.yaml:1  start must be a day such as 2027-01-04" in run("oncall", "show").problem


def test_without_a_rotation_it_is_always_triage(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE", "U0PRIYA")
    assert run("oncall", "show").out == "U0PRIYA is on triage.\n"
    monkeypatch.setenv("TRIAGE", "")
    assert run("oncall", "show").out == "Nobody is on triage.\n"
