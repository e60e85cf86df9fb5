"""Holidays, files and half-filled forms; and nothing a person types breaks a check."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_database import database_with

from bot.settings import SAMPLES
from escalation.dates import add_business_days
from escalation.domain import FieldType, Form, FormField, Rules
from escalation.errors import FormsInvalid
from escalation.files import FileRef, file_problem, files_of
from escalation.form_drafts import KEPT_FOR, FormDrafts
from escalation.forms_file import load_forms
from escalation.holiday_calendar import holiday_problem, is_holiday
from escalation.tables import Base
from escalation.validation import check, missing

FORMS = load_forms(SAMPLES / "intake_forms.yaml")
CHRISTMAS = datetime(2026, 12, 23, 9, tzinfo=UTC)  # a Wednesday


def test_holidays_of_a_country_a_part_of_it_and_single_days() -> None:
    epiphany = date(2027, 1, 6)
    assert is_holiday(epiphany, ("DE-BY",))
    assert not is_holiday(epiphany, ("DE", "US"))
    assert is_holiday(epiphany, ("DE", "2027-01-06"))
    assert [holiday_problem(entry) is None for entry in ("DE", "DE-BY", "2027-05-14", "XX", "DE-ZZ", "")] == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]


def test_business_days_leave_holidays_out() -> None:
    def off(day: date) -> bool:
        return is_holiday(day, ("DE",))

    assert add_business_days(CHRISTMAS.date(), 3, is_off=off) == date(2026, 12, 29)
    assert add_business_days(CHRISTMAS.date(), 3) == date(2026, 12, 28)
    assert add_business_days(CHRISTMAS.date(), 3, is_off=lambda _: True) > CHRISTMAS.date()  # and it ends


def test_a_forms_file_names_its_holidays_and_its_dates_honour_them(tmp_path: Path) -> None:
    text = """
version: 1
defaults: {timezone: Europe/Berlin, holidays: [DE, 2026-12-28]}
forms:
- id: f
  name: F
  fields: [{key: day, label: Day, type: date, validate: {min_business_days_from_now: 2}}]
"""
    file = tmp_path / "forms.yaml"
    file.write_text(text, encoding="utf-8")
    (form,) = load_forms(file)
    (problem,) = check(form, {"day": "2026-12-28"}, CHRISTMAS)
    assert problem.message == "The earliest is Tue 29 Dec 2026."
    file.write_text(text.replace("DE, 2026-12-28", "Atlantis"), encoding="utf-8")
    with pytest.raises(FormsInvalid, match=r"forms\.yaml:3  There is no holiday calendar 'Atlantis'"):
        load_forms(file)


FILES = FormField("k", "Images", FieldType.FILE, True, rules=Rules(max_size_mb=2, extensions=("png", "jpg")))


@pytest.mark.parametrize(
    ("refs", "said"),
    [
        (("F1 100 a.png", "F2 100 b.JPEG"), None),
        (("F1 100 a.exe",), "a.exe can't be taken here. Use: png, jpg."),
        (("F1 100 png",), "png can't be taken here"),
        (("F1 2500000 a.png",), "a.png has 2.5 MB; 2 MB is the most."),
        (("F1",), None),  # Slack says nothing about files of other workspaces
        (tuple(f"F{n} 1 a.png" for n in range(11)), "10 files are the most."),
    ],
)
def test_files_are_held_to_the_forms_limits(refs: tuple[str, ...], said: str | None) -> None:
    problem = file_problem(FILES, refs)
    assert problem is None if said is None else said in (problem or "")


def test_a_mandatory_file_is_asked_for_and_each_file_goes_once() -> None:
    form = Form("f", "F", "", (FILES, FormField("more", "More", FieldType.FILE)))
    assert missing(form, {}) == (FILES,)
    answers = {"k": ("F1 3 my logo.png",), "more": ("F1 3 my logo.png", "F2 4 b.png")}
    assert list(files_of(form, answers)) == [FileRef("F1", "my logo.png", 3), FileRef("F2", "b.png", 4)]
    assert FileRef.read(str(FileRef("F1", "my logo.png", 3))) == FileRef("F1", "my logo.png", 3)


def test_half_filled_forms_are_kept_by_key_for_their_person_and_for_two_weeks(tmp_path: Path) -> None:
    with database_with(tmp_path / "desk.sqlite3", Base.metadata).write() as session:
        drafts = FormDrafts(session, CHRISTMAS)
        drafts.keep("k1", "U1", "webinar", {"title": "One"}, {"form": "{}"})
        drafts.keep("k1", "U1", "webinar", {"title": "Two", "regions": ("dach",)}, {"form": "{}"})
        newest = drafts.keep("k2", "U1", "email_send", {}, {})
        assert [draft.form_id for draft in drafts.of("U1")] == ["email_send", "webinar"]
        kept = drafts.find("k1", "U1")
        assert kept is not None
        assert kept.answers == {"title": "Two", "regions": ("dach",)}
        assert drafts.find("k1", "U2") is None
        drafts.drop(newest.id, "U2")
        assert drafts.find("k2", "U1")
        assert FormDrafts(session, CHRISTMAS + KEPT_FOR + timedelta(seconds=1)).of("U1") == ()


ANSWER = st.one_of(
    st.text(max_size=60),
    st.lists(st.text(max_size=20), max_size=4).map(tuple),
    st.sampled_from(["tbd", "yes", "2027-02-30", "1e400", "https://[", "utm_source=%ff", "F1 1 x.png", "9" * 400]),
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FORMS), st.data())
def test_no_answer_breaks_a_check(form: Form, data: st.DataObject) -> None:
    answers = {field.key: data.draw(ANSWER) for field in form.fields}
    for problem in check(form, answers, CHRISTMAS):
        assert form.field(problem.key)
        assert problem.message
