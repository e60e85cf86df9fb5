"""Campaign links: what is wrong is said exactly, and mended where that needs no guess."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot.demo
from escalation.domain import UtmPart
from escalation.forms_file import load_forms
from escalation.utm import check_utm, read_utm
from escalation.validation import check

SAMPLE = load_forms(Path(bot.demo.__file__).parent / "data" / "intake_forms.yaml")
_UTM = SAMPLE[0].field("utm")
PARTS: tuple[UtmPart, ...] = _UTM.parts if _UTM else ()
NOW = datetime(2027, 1, 4, tzinfo=UTC)
GOOD = "utm_medium=email&utm_source=newsletter&utm_campaign=2027q1-emea-webinar"


@pytest.mark.parametrize(
    "link", [GOOD, f"https://x.example/p?id=3&{GOOD}#top", f"?{GOOD}", f"<https://x.example/?{GOOD}>"]
)
def test_a_right_link_or_query_string_passes(link: str) -> None:
    assert check_utm(link, PARTS).problems == ()


@pytest.mark.parametrize(
    ("link", "corrected"),
    [
        (GOOD.replace("newsletter", "Newsletter"), GOOD),
        (GOOD.replace("webinar", "Web%20Inar"), GOOD.replace("webinar", "web-inar")),
        (GOOD.replace("email", "Paid_Social"), GOOD.replace("email", "paid-social")),
        (GOOD.replace("utm_medium", "UTM_Medium"), GOOD),
        (f"{GOOD}&utm_source=newsletter", GOOD),
        (f"{GOOD}&utm_id=7", GOOD),
        (f"{GOOD}&utm_term=crm+tools", GOOD),
        (GOOD.replace("&", "&amp;").replace("newsletter", "News letter"), GOOD.replace("newsletter", "news-letter")),
    ],
)
def test_what_needs_no_guess_is_corrected_ready_to_copy(link: str, corrected: str) -> None:
    verdict = check_utm(f"https://x.example/p?a=1&{link}#part", PARTS)
    assert verdict.problems
    assert verdict.corrected == f"https://x.example/p?a=1&{corrected}#part"


@pytest.mark.parametrize(
    ("link", "problem"),
    [
        ("https://x.example/", "That link has no utm_medium, utm_source, utm_campaign."),
        (f"{GOOD}&utm_source=other", "utm_source is there twice (newsletter and other): keep the right one."),
        (GOOD.replace("2027q1-emea-webinar", "spring"), "utm_campaign=spring doesn't have the agreed form."),
        ("just words", "That link has no utm_medium, utm_source, utm_campaign."),
        ("x" * 3000, "That link is longer than 2000 characters."),
    ],
)
def test_what_a_person_must_decide_is_only_named(link: str, problem: str) -> None:
    verdict = check_utm(link, PARTS)
    assert problem in verdict.problems
    assert verdict.corrected is None


def test_search_terms_belong_to_paid_search_only() -> None:
    verdict = check_utm(f"{GOOD}&utm_term=crm+tools", PARTS)
    assert verdict.problems == ("utm_term is only for utm_medium=paid-search.",)
    assert check_utm(f"{GOOD}&utm_term=crm+tools".replace("=email", "=paid-search"), PARTS).problems == ()


def test_the_person_sees_the_corrected_link_under_the_field() -> None:
    problems = {p.key: p.message for p in check(SAMPLE[0], {"utm": GOOD.replace("email", "Email")}, NOW)}
    assert problems["utm"].endswith(f"Try: {GOOD}")


@given(st.text(max_size=200))
def test_nothing_typed_breaks_the_reader_and_corrections_are_right(text: str) -> None:
    verdict = check_utm(text, PARTS)
    if verdict.corrected is not None:
        assert check_utm(verdict.corrected, PARTS).problems == ()


def test_the_rest_of_the_link_survives() -> None:
    link = read_utm("https://x.example/p?q=a%20b&utm_source=x#frag")
    assert link.text() == "https://x.example/p?q=a%20b&utm_source=x#frag"
