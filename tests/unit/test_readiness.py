"""Readiness: five parts, each with the words it was found in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import bot.demo
from escalation.domain import Draft, Origin, Person
from escalation.forms_file import load_forms
from escalation.general_form import GENERAL, open_parts
from escalation.readiness import Part, read_words, readiness

FORMS = {form.id: form for form in load_forms(Path(bot.demo.__file__).parent / "data" / "intake_forms.yaml")}
DRAFT = Draft("An email", Person("U1", "Maya"), Origin("#ask-mops"))
WHOLE = (
    "We need an email for all DACH customers by next Friday because renewals drop. "
    "Target is 120 registrations by 12 May. https://crm.example.com/campaign/x"
)


def test_a_request_that_says_everything_scores_five_with_evidence() -> None:
    found = readiness(replace(DRAFT, question=WHOLE), None)
    assert found.score == 5
    assert found.missing == ()
    assert found.why == "because renewals drop."
    for evidence in found.evidence.values():
        assert evidence.source == "question"
        assert WHOLE[evidence.start :].startswith(evidence.text)


@pytest.mark.parametrize(
    "text",
    [
        "can you move our Pardot forms to HubSpot?",
        "where are the leads from my campaign?",
        "14 leads are missing since Monday",
        "hi there",
        "Please build the report. It is urgent, asap.",
    ],
)
def test_a_bare_wish_says_neither_goal_nor_metric(text: str) -> None:
    assert not {Part.GOAL, Part.SUCCESS} & read_words(text).keys()


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("so that sales can follow up the same day", Part.GOAL),
        ("our goal is more demos in the Nordics", Part.GOAL),
        ("an invitation to our partners", Part.AUDIENCE),
        ("audience: CISOs in banks", Part.AUDIENCE),
        ("sometime in Q3", Part.DATE),
        ("we expect 25 MQLs", Part.SUCCESS),
        ("increase open rate by 10%", Part.SUCCESS),
    ],
)
def test_each_part_is_heard_in_ordinary_words(text: str, part: Part) -> None:
    assert part in read_words(text)


def test_answers_count_and_tbd_does_not() -> None:
    answers = {"business_goal": "Renewals drop and we want them back", "campaign_link": "https://crm.example.com/x"}
    found = readiness(replace(DRAFT, answers=answers), FORMS["email_send"])
    assert [name for name, there in found.parts.items() if there] == ["goal", "link"]
    assert found.evidence[Part.GOAL].source == "Business goal (the why)"
    report = replace(DRAFT, answers={"existing_report": "tbd"})
    assert not readiness(report, FORMS["reporting_request"]).parts["link"]


def test_something_broken_needs_no_metric() -> None:
    assert readiness(DRAFT, FORMS["something_broken"]).parts["success metric"]


def test_only_what_is_missing_is_asked_for() -> None:
    asked = open_parts(replace(DRAFT, question="for all customers by Friday because renewals drop"))
    assert [field.key for field in asked] == ["success_metric", "link"]
    assert open_parts(replace(DRAFT, question=WHOLE)) == ()
    assert {field.key for field in open_parts(DRAFT)} < {field.key for field in GENERAL.fields}
