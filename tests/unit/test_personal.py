"""E-mail addresses and phone numbers of people are left out; what only looks like one stays."""

from __future__ import annotations

import time

import pytest

from bot.personal import Personal, left_out_of, without_personal

EMAIL, PHONE = Personal.EMAIL.marker, Personal.PHONE.marker


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("remove jane.doe@acme.example.com please", f"remove {EMAIL} please"),
        ("Jane (mailto:jane@acme.co)", f"Jane ({EMAIL})"),
        ("jane@acme.co, bob@acme.co", f"{EMAIL}, {EMAIL}"),
        ("it's from: <jane+news@mail.acme.co>.", f"it's from: <{EMAIL}>."),
        ("call +49 170 1234567 today", f"call {PHONE} today"),
        ("+1 (415) 555-2671 or +44 20 7946 0958", f"{PHONE} or {PHONE}"),
        ("Jane (+49 170 1234567)", f"Jane ({PHONE})"),
        ("my phone: 0170 1234567.", f"my phone: {PHONE}."),
        ("call me at (415) 555-2671", f"call me at {PHONE}"),
        ("Handy 0170/1234567, Fax: 030 123456", f"Handy {PHONE}, Fax: {PHONE}"),
    ],
)
def test_people_are_left_out(text: str, shown: str) -> None:
    found = without_personal(text)
    assert found.text == shown
    assert left_out_of(found.text) == tuple(kind for kind in Personal if kind in found.left_out)


@pytest.mark.parametrize(
    "text",
    [
        "write to press@example.com or events-emea@example.com",
        "noreply@mail.example.com is our sender, support+crm@example.com the reply-to",
        "Google Ads account 415-555-2671, pixel 1234567890123456",
        "+20 000 000 leads and +12% CTR, budget +1,200,000",
        "2026-11-22 10:30 +0100 in C0123ABCD at 1700000000.000100",
        "our phone number field is empty for 1200 people",
        "the number of MQLs: 123456",
        "utm_source=linkedin&utm_campaign=2027q1@emea",
        "@here @channel a@b",
    ],
)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert without_personal(text).text == text


def test_addresses_on_the_teams_own_domains_stay() -> None:
    text = "uma@larkfield.example, uma@mail.larkfield.example, uma@notlarkfield.example"
    shown = without_personal(text, {"larkfield.example"}).text
    assert shown == f"uma@larkfield.example, uma@mail.larkfield.example, {EMAIL}"


def test_hostile_texts_cost_little_time() -> None:
    for text in ("a@" * 10_000, "a." * 10_000 + "@", "+1 " * 7_000, "phone " * 4_000, "+" * 20_000):
        started = time.process_time()
        without_personal(text)
        assert time.process_time() - started < 1.0, text[:10]
