"""The taxonomy of campaign links: read with line numbers, applied wherever a link appears."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.link_check import LinkCheck
from bot.settings import SAMPLES
from escalation.domain import FieldType, Form, FormField
from escalation.errors import TaxonomyInvalid
from escalation.forms_file import load_forms
from escalation.taxonomy import load_taxonomy, taxonomy_of, with_taxonomy
from escalation.utm import check_utm
from escalation.validation import check

RULES = load_taxonomy(SAMPLES / "taxonomy.yaml")
GOOD = "https://x.example/p?utm_medium=email&utm_source=newsletter&utm_campaign=2027q1-emea-webinar"
NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("link", "said", "corrected"),
    [
        (GOOD.replace("=email", "=E-Mail"), "For utm_medium=E-Mail we write email.", GOOD),
        (GOOD.replace("=email", "=e mail"), "For utm_medium=e mail we write email.", GOOD),
        (GOOD.replace("utm_medium=email", "utm_medium=facebook"), "we write paid-social", None),
        (GOOD + "&utm_id=4", "We don't use utm_id.", GOOD),
        (GOOD + "&utm_source=newsletter", "utm_source is there twice.", GOOD),
        (GOOD + "&utm_source=partner", "keep the right one", ""),
        (GOOD.replace("&utm_campaign=2027q1-emea-webinar", ""), "has no utm_campaign", ""),
        (GOOD.upper().replace("HTTPS", "https"), "Write utm_medium in lower case.", None),
    ],
)
def test_a_link_is_judged_and_mended(link: str, said: str, corrected: str | None) -> None:
    verdict = check_utm(link, RULES)
    assert said in " ".join(verdict.problems)
    if corrected is not None:
        assert (verdict.corrected or "") == corrected
    if verdict.corrected:
        assert check_utm(verdict.corrected, RULES).problems == ()


def test_every_problem_of_the_file_has_its_line(tmp_path: Path) -> None:
    file = tmp_path / "taxonomy.yaml"
    file.write_text(
        "version: 1\nparameters:\n  utm_medium: {require: true, one_of: [a], aliases: {x: b}}\n"
        "  medium: {pattern: '(a+)+$'}\n  utm_term: {forbidden_if: {field: utm_x, equals: a}}\n",
        encoding="utf-8",
    )
    with pytest.raises(TaxonomyInvalid) as caught:
        load_taxonomy(file)
    lines = "\n".join(caught.value.problems)
    for expected in (
        ":3  There is no key 'require'",
        ":3  x stands for 'b'",
        "medium is no campaign",
        ":4  This pattern",
    ):
        assert expected in lines
    assert "utm_term refers to utm_x" in lines


@pytest.mark.parametrize(
    "text", ["", "- a", "version: 1", "parameters: {}", "parameters: [utm_medium]", "version: 2"]
)
def test_a_file_without_rules_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "taxonomy.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(TaxonomyInvalid, match=r"taxonomy\.yaml:1"):
        load_taxonomy(file)


def test_any_link_field_is_held_to_the_rules_once_it_is_tagged() -> None:
    (form,) = with_taxonomy([Form("f", "F", "", (FormField("page", "Page", FieldType.URL),))], RULES)
    assert check(form, {"page": "https://x.example/p?id=1"}, NOW) == ()
    assert check(form, {"page": GOOD}, NOW) == ()
    (problem,) = check(form, {"page": GOOD.replace("=email", "=newsletter")}, NOW)
    assert problem.message.endswith(f"Try: {GOOD}")
    assert taxonomy_of([form]) == RULES


def test_a_report_of_something_broken_takes_the_link_that_is_broken() -> None:
    (form,) = with_taxonomy(
        [f for f in load_forms(SAMPLES / "intake_forms.yaml") if f.id == "something_broken"], RULES
    )
    problems = check(form, {"link": "https://go.example.com/summit?utm_medium=E-Mail"}, NOW)
    assert "link" not in [problem.key for problem in problems]


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        (f"is this link ok? {GOOD}", True),
        (GOOD, True),
        (f"can you check the utm tags of {GOOD} please", True),
        (f"where are my MQLs from {GOOD}?", False),
    ],
)
def test_a_question_about_nothing_but_the_link_is_known_as_one(text: str, alone: bool) -> None:
    review = LinkCheck(RULES).review(text)
    assert review is not None
    assert review.is_the_question is alone
    assert review.notes == ()


def test_untagged_links_and_missing_rules_are_nobodys_business() -> None:
    assert LinkCheck(RULES).review("see https://x.example/p?id=1") is None
    assert LinkCheck(()).review(GOOD) is None


@given(st.text(max_size=200))
def test_no_link_breaks_it(text: str) -> None:
    verdict = check_utm(f"https://x.example/?utm_source={text}", RULES)
    assert verdict.problems
    LinkCheck(RULES).review(f"{text} https://x.example/?utm_source={text}")
