"""Which requests ask for the same thing."""

from __future__ import annotations

import pytest

from escalation.domain import Draft, FieldType, Form, FormField, Origin, Person
from escalation.likeness import SAME, best_match, differ, gist
from escalation.testing import TableSimilarity

MAYA = Person("U1", "Maya")
FORM = Form(
    "f", "Forms", "", (FormField("title", "Title", FieldType.TEXT), FormField("when", "When", FieldType.DATE))
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("import the list of the Berlin event", "import the list of the Madrid event"),
        ("set up the campaign for Q2", "set up the campaign for Q3"),
        ("send it to 500 customers on 12 May", "send it to 500 customers on 19 May"),
        ("fix https://a.example/one", "fix https://a.example/two"),
    ],
)
def test_requests_that_name_different_things_differ(one: str, other: str) -> None:
    assert differ(one, other)
    assert best_match(one, [other], TableSimilarity({other: 1.0})) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("merge the duplicates of Siemens", "Siemens is twice in the CRM"),
        ("import the Berlin list", "please import the list of the berlin event"),
        ("the links lead to a 404", "the links are dead"),
        ("PLEASE FIX THE FORM", "please fix the Pardot form"),
    ],
)
def test_a_name_only_one_of_them_has_does_not_part_them(one: str, other: str) -> None:
    assert not differ(one, other)


def test_the_best_of_those_that_are_the_same_is_chosen_and_the_older_of_two_equals() -> None:
    similarity = TableSimilarity({"a": SAME - 0.01, "b": SAME, "c": 0.9, "d": 0.9})
    assert best_match("x", ["a"], similarity) is None
    assert best_match("x", ["a", "b"], similarity) == 1
    assert best_match("x", ["a", "b", "c", "d"], similarity) == 2
    assert best_match("x", [], similarity) is None


def test_a_request_is_about_what_was_typed_each_thing_once() -> None:
    asked = Draft("Move forms", MAYA, Origin("#ask"), question="Move the forms!", form_id="f")
    assert gist(asked, None) == "Move the forms!"
    filled = {"title": "Forms of the relaunch", "when": "2026-12-01"}
    assert gist(Draft("Move forms", MAYA, Origin("#ask"), answers=filled), FORM) == "Move forms Forms of the relaunch"
    prefilled = Draft(
        "Move forms", MAYA, Origin("#ask"), question="Move the forms!", answers={"title": "Move the forms"}
    )
    assert gist(prefilled, FORM) == "Move the forms!"
