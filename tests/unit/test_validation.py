"""What people are told about their answers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import bot.demo
from escalation.dates import add_business_days, in_words, parse_datetime
from escalation.domain import Answers, Condition, FieldType, Form, FormField, Rules
from escalation.forms_file import load_forms
from escalation.validation import check, missing

NOW = datetime(2027, 1, 8, 22, 30, tzinfo=UTC)  # Friday night; in Berlin 23:30
SAMPLE = {form.id: form for form in load_forms(Path(bot.demo.__file__).parent / "data" / "intake_forms.yaml")}
GOOD_UTM = "https://go.example.com/x?utm_medium=email&utm_source=newsletter&utm_campaign=2027q1-emea-webinar"


def form_of(*fields: FormField) -> Form:
    return Form("one", "One", "", fields, timezone="Europe/Berlin")


def message(field: FormField, answer: str | tuple[str, ...], **others: str) -> str | None:
    """What is said about one answer."""
    form = form_of(field, *(FormField(key, key, FieldType.DATE) for key in others))
    problems = check(form, {field.key: answer, **others}, NOW)
    return problems[0].message if problems else None


def of_type(kind: FieldType, **values: object) -> FormField:
    return FormField("f", "Field", kind, **values)  # type: ignore[arg-type]


def test_a_mandatory_field_left_empty_is_asked_for_kindly() -> None:
    assert message(of_type(FieldType.TEXT, required=True), "  ") == "Please fill in: Field."
    assert message(of_type(FieldType.SELECT, required=True, options=("a",)), "") == "Please choose: Field."
    assert message(of_type(FieldType.MULTI_SELECT, required=True, options=("a",)), ()) == "Please choose: Field."
    assert message(of_type(FieldType.CHECKBOX, required=True), "false") == "Please tick: Field."


def test_an_optional_field_may_stay_empty() -> None:
    assert message(of_type(FieldType.URL), "") is None


def test_tbd_is_an_answer_only_where_it_is_allowed() -> None:
    assert message(of_type(FieldType.URL, required=True, allow_tbd=True), "TBD") is None
    assert message(of_type(FieldType.URL, required=True), "tbd") is not None
    assert "tbd" in str(message(of_type(FieldType.URL, required=True, allow_tbd=True), ""))


@pytest.mark.parametrize(
    ("rules", "answer", "expected"),
    [
        (Rules(min_length=10), "short", "A little more, please: 10 characters at least (now 5)."),
        (Rules(max_length=3), "long", "That has 4 characters; 3 is the most."),
        (Rules(pattern="^[a-z]+$"), "abc", None),
        (Rules(), "x" * 10_001, "That has 10001 characters; 10000 is the most."),
    ],
)
def test_texts(rules: Rules, answer: str, expected: str | None) -> None:
    assert message(of_type(FieldType.TEXT, rules=rules), answer) == expected


def test_the_problem_comes_first_then_the_forms_own_words_each_with_its_full_stop() -> None:
    field = of_type(FieldType.TEXT, rules=Rules(min_length=9), error="Please add a number")
    assert message(field, "none") == "A little more, please: 9 characters at least (now 4). Please add a number."
    field = of_type(FieldType.NUMBER, error="Above 2,000 it takes longer.")
    assert message(field, "1,200") == "Digits only, please: 1200. Above 2,000 it takes longer."


def test_what_mends_it_stands_last_and_can_be_copied() -> None:
    field = of_type(FieldType.URL, error="Please share a sheet link.")
    assert (
        message(field, "sheets.example.com/d/1") == "Please share a sheet link. Try: https://sheets.example.com/d/1"
    )


def test_a_question_is_asked_for_without_a_full_stop_behind_it() -> None:
    assert message(FormField("f", "Since when?", FieldType.TEXT, required=True), "") == "Please fill in: Since when?"
    field = FormField("f", "Where?", FieldType.TEXT, required=True, allow_tbd=True)
    assert message(field, "") == "Please fill in: Where? Type tbd if you don't know yet."


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("1200", None),
        ("0", "Between 1 and 50,000, please."),
        ("60000", "Between 1 and 50,000, please."),
        ("1,200", "Digits only, please: 1200"),
        ("about 10", "That isn't a number. Digits only, e.g. 1200."),
        ("nan", "That isn't a number. Digits only, e.g. 1200."),
        ("1e9", "That isn't a number. Digits only, e.g. 1200."),
    ],
)
def test_numbers(answer: str, expected: str | None) -> None:
    assert message(of_type(FieldType.NUMBER, rules=Rules(minimum=1, maximum=50_000)), answer) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("https://docs.example.com/a", None),
        ("https://DOCS.example.com/a", None),
        ("docs.example.com/a", "Try: https://docs.example.com/a"),
        ("javascript:alert(1)", "A link starts with https:// (copy it from the address bar)."),
        ("https://docs.example.com/a b", "A link has no spaces. Copy it from the address bar."),
        ("https://evil.example/docs.example.com", "The link should go to docs.example.com, not to evil.example."),
        ("https://docs.example.com@evil.example/", "Please leave user names out of the link."),
        ("https://[oops", "That isn't a link. Copy it from the address bar."),
    ],
)
def test_links(answer: str, expected: str | None) -> None:
    assert message(of_type(FieldType.URL, rules=Rules(url_host_in=("docs.example.com",))), answer) == expected


def test_the_sample_campaign_link_explains_itself() -> None:
    problems = check(SAMPLE["list_import"], {"campaign_link": "https://crm.example.com/lead/1"}, NOW)
    said = {problem.key: problem.message for problem in problems}
    assert said["campaign_link"].startswith("A CRM campaign link looks like this: https://crm.example.com/campaign/")


def test_the_sample_utm_rules_say_what_is_wrong_before_the_example() -> None:
    link = GOOD_UTM.replace("utm_medium=email", "utm_medium=fax")
    said = {problem.key: problem.message for problem in check(SAMPLE["email_send"], {"utm": link}, NOW)}
    assert said["utm"].startswith("utm_medium=fax is not one of: email, paid-social, ")
    assert ". Example: utm_medium=email&utm_source=newsletter" in said["utm"]


@pytest.mark.parametrize(
    ("kind", "rules", "answer", "expected"),
    [
        (FieldType.DATE, Rules(), "2027-05-14", None),
        (FieldType.DATE, Rules(), "14.5.2027", "Write it as 2027-05-14."),
        (FieldType.DATE, Rules(not_in_past=True), "2027-01-08", None),  # still today in Berlin
        (FieldType.DATE, Rules(not_in_past=True), "2027-01-07", "Thu 7 Jan 2027 is over. Pick a later one."),
        (FieldType.DATETIME, Rules(), "2027-05-14", "Write it as 2027-05-14 10:00."),
        (FieldType.DATETIME, Rules(not_in_past=True), "2027-01-08T23:31", None),
        (
            FieldType.DATETIME,
            Rules(not_in_past=True),
            "2027-01-08T23:29",
            "Fri 8 Jan 2027 is over. Pick a later one.",
        ),
        (FieldType.DATETIME, Rules(not_in_past=True), "2027-01-08T22:31Z", None),
        (FieldType.DATETIME, Rules(min_business_days_from_now=2), "2027-01-12T09:00", None),
        (
            FieldType.DATETIME,
            Rules(min_business_days_from_now=2),
            "2027-01-11T09:00",
            "The earliest is Tue 12 Jan 2027.",
        ),
    ],
)
def test_dates_count_in_the_forms_time_zone(kind: FieldType, rules: Rules, answer: str, expected: str | None) -> None:
    assert message(of_type(kind, rules=rules), answer) == expected


def test_a_period_cannot_end_before_it_begins() -> None:
    field = of_type(FieldType.DATE, rules=Rules(not_before_field="from"))
    assert message(field, "2027-03-01", **{"from": "2027-03-02"}) == "That is before from (Tue 2 Mar 2027)."
    assert message(field, "2027-03-02", **{"from": "2027-03-02"}) is None


@pytest.mark.parametrize(
    ("kind", "answer", "expected"),
    [
        (FieldType.SELECT, "a", None),
        (FieldType.SELECT, "c", "Choose from: a, b."),
        (FieldType.SELECT, ("a", "b"), "Choose one only."),
        (FieldType.MULTI_SELECT, ("a", "b"), None),
        (FieldType.MULTI_SELECT, ("a",), "Choose at least 2."),
        (FieldType.MULTI_SELECT, ("a", "c"), "Choose from: a, b."),
    ],
)
def test_choices(kind: FieldType, answer: str | tuple[str, ...], expected: str | None) -> None:
    rules = Rules(min_selected=2) if kind is FieldType.MULTI_SELECT else Rules()
    assert message(of_type(kind, options=("a", "b"), rules=rules), answer) == expected


def test_a_field_can_become_mandatory_or_unwanted_by_another_answer() -> None:
    needed = FormField("who", "Named sender", FieldType.USER, required_if=Condition("sender", ("person",)))
    unwanted = FormField("why", "Reason", FieldType.TEXT, forbidden_if=Condition("sender", ("person",)))
    form = form_of(FormField("sender", "Sender", FieldType.TEXT), needed, unwanted)
    assert [p.key for p in check(form, {"sender": "person", "why": "x"}, NOW)] == ["who", "why"]
    assert check(form, {"sender": "company", "why": "x"}, NOW) == ()


def test_missing_lists_the_mandatory_fields_without_an_answer() -> None:
    form = SAMPLE["something_broken"]
    answers: Answers = {"title": "CRM sync stopped", "system": "crm-sync", "severity": "high", "since": "tbd"}
    assert [field.key for field in missing(form, answers)] == [
        "what_happened",
        "affected",
        "link",
        "next_deadline",  # because of the severity
        "business_impact",
        "personal_data_exposed",
    ]


def test_the_next_deadline_of_something_broken_lies_ahead_or_is_not_known_yet() -> None:
    form = SAMPLE["something_broken"]
    said = {problem.key: problem.message for problem in check(form, {"next_deadline": "2026-12-01T10:00+01:00"}, NOW)}
    assert said["next_deadline"] == "Tue 1 Dec 2026 is over. Pick a later one."
    unknown: Answers = {"severity": "urgent", "next_deadline": "tbd"}
    assert "next_deadline" not in {problem.key for problem in check(form, unknown, NOW)}


def test_a_complete_sample_request_passes() -> None:
    answers: Answers = {
        "title": "Badge scans of the Munich summit",
        "campaign_link": "https://crm.example.com/campaign/2027-munich",
        "business_goal": "Sales should call the people who asked for a demo within two days.",
        "success_metric": "25 MQLs in 30 days",
        "list_source": "own-event",
        "sheet_link": "https://sheets.example.com/d/1",
        "row_count": "486",
        "member_status": "attended",
        "consent_basis": "no-opt-in",
        "audience": "Visitors of our booth, IT leads first.",
        "regions": ("dach",),
        "go_live": "2027-01-12T10:00:00+01:00",
        "follow_up": ("follow-up-email",),
        "utm": GOOD_UTM,
        "approver": "U123",
    }
    assert check(SAMPLE["list_import"], answers, NOW) == ()
    assert missing(SAMPLE["list_import"], answers) == ()


def test_business_days_skip_the_weekend() -> None:
    friday = date(2027, 1, 8)
    assert add_business_days(friday, 1) == date(2027, 1, 11)
    assert add_business_days(friday, 5) == date(2027, 1, 15)
    assert add_business_days(friday, 0) == friday
    assert add_business_days(friday, 1, frozenset({5})) == date(2027, 1, 9)
    assert in_words(date(2027, 5, 4)) == "Tue 4 May 2027"


def test_moments_without_an_offset_are_in_the_forms_zone() -> None:
    moment = parse_datetime("2027-07-01 10:00", "Europe/Berlin")
    assert moment is not None
    assert moment.astimezone(UTC).hour == 8
