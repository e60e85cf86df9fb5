"""Prefill: literal finds, by field; what is ambiguous stays empty."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import bot.demo
from escalation.description import describe
from escalation.domain import Draft, FieldType, Form, FormField, Origin, Person
from escalation.drafts import prefilled
from escalation.forms_file import load_forms
from escalation.prefill import read_fields

FORMS = {form.id: form for form in load_forms(Path(bot.demo.__file__).parent / "data" / "intake_forms.yaml")}
NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)  # a Wednesday
IMPORT = (
    "Please import 486 rows from our own event by next Thursday for dach and emea, sheet "
    "https://sheets.example.com/abc, campaign https://crm.example.com/campaign/berlin-1. Budget FY27-FIELD-0142."
)


def test_links_go_by_host_numbers_by_label_options_by_name_and_codes_by_form() -> None:
    assert read_fields(FORMS["list_import"], IMPORT, NOW) == {
        "campaign_link": "https://crm.example.com/campaign/berlin-1",
        "sheet_link": "https://sheets.example.com/abc",
        "list_source": "own-event",
        "row_count": "486",
        "regions": ("emea", "dach"),
        "budget_code": "FY27-FIELD-0142",
        "go_live": "2026-11-26",
    }


def test_a_time_goes_with_its_day_in_the_forms_zone() -> None:
    read = read_fields(FORMS["webinar"], "a live webinar on 14 May at 10am", NOW)
    assert read["go_live"] == "2027-05-14T10:00:00+02:00"


def test_the_metrics_date_is_no_deadline() -> None:
    read = read_fields(FORMS["email_send"], "Send it on 14 December. Target is 120 registrations by 12 May.", NOW)
    assert read["go_live"] == "2026-12-14"


def test_the_day_something_broke_is_no_deadline() -> None:
    assert "next_deadline" not in read_fields(FORMS["something_broken"], "the form is broken since 14 December", NOW)


def test_two_links_for_one_field_and_two_options_of_one_choice_stay_open() -> None:
    words = "live and pre-recorded, https://docs.example.com/a https://docs.example.com/b"
    assert {"format", "copy_doc"}.isdisjoint(read_fields(FORMS["webinar"], words, NOW))


def test_an_audience_is_never_read_as_an_exclusion() -> None:
    assert "exclusions" not in read_fields(FORMS["email_send"], "an invitation for all customers and partners", NOW)


def test_what_was_read_is_listed_on_the_ticket_to_be_confirmed() -> None:
    draft = Draft("Import", Person("U1", "Maya"), Origin("#ask-mops"), question=IMPORT, form_id="list_import")
    filled = prefilled(draft, FORMS["list_import"], NOW)
    assert set(filled.to_confirm) == set(read_fields(FORMS["list_import"], IMPORT, NOW))
    _, _, read = describe(filled, FORMS["list_import"], "7F3K", "m").partition("to be confirmed")
    assert "Number of rows: 486" in read
    assert "Needed in the CRM by: Thu 26 Nov 2026" in read


@given(st.text(max_size=400))
def test_no_text_breaks_it(text: str) -> None:
    for form in FORMS.values():
        read_fields(form, f"{text} https://x.example/?{text} by Friday", NOW)


def test_a_campaign_named_in_quotes_fills_its_field() -> None:
    form = Form("f", "F", "", (FormField("campaign_name", "Campaign", FieldType.TEXT),))
    assert read_fields(form, 'for the campaign "Munich Summit 2027"', NOW) == {"campaign_name": "Munich Summit 2027"}


def test_options_are_found_in_any_script_and_none_that_was_not_said() -> None:
    field = FormField("office", "Office", FieldType.MULTI_SELECT, options=("日本地域", "Île-de-France", "Europe"))
    form = Form("x", "X", "", (field,))
    assert "office" not in read_fields(form, "Please update the list.", NOW)
    assert read_fields(form, "La liste pour île de France, s'il vous plaît", NOW)["office"] == ("Île-de-France",)
