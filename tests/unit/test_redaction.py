"""Secrets that people type are taken out; what only sounds like one stays."""

from __future__ import annotations

import re
import time

import pytest
from support_canaries import CARDS, TOKENS

from bot.redaction import Secret, is_card, removed_from, without_secrets


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS.keys())
@pytest.mark.parametrize("around", ["{}", "use {} please", "<{}>", "`{}`", "it's\n{}\nok?", "({})."])
def test_tokens_of_known_formats_are_taken_out_wherever_they_stand(token: str, around: str) -> None:
    found = without_secrets(around.format(token))
    assert found.removed == {Secret.TOKEN}
    assert Secret.TOKEN.marker in found.text
    assert token[-12:] not in found.text
    assert removed_from(found.text) == {Secret.TOKEN}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("password: hunter2!", "password: [password removed]"),
        ("the pwd is Summer2026, thanks", "the pwd is [password removed], thanks"),
        ("Passwort=Geheim#Wort", "Passwort=[password removed]"),
        ("login: mia\npw: s3cret-thing", "login: mia\npw: [password removed]"),
        ("client secret: 3F9a27bQ11xZ0987", "client secret: [token removed]"),
        ("api_key=0f1e2d3c4b5a69788796a5b4", "api_key=[token removed]"),
        ("access token is 7d4c2b1a-93e8-4f70-a5d6-1b2c3d4e5f60", "access token is [token removed]"),
        ("Authorization: Bearer abc123def456ghi789", "Authorization: Bearer [token removed]"),
        ("postgresql://mia:hunter2@db/desk", "postgresql://[token removed]@db/desk"),
    ],
)
def test_what_is_called_a_password_or_key_and_looks_like_one_goes(typed: str, kept: str) -> None:
    assert without_secrets(typed).text == kept


@pytest.mark.parametrize(
    "typed",
    [
        "what is our UTM token",
        "token: utm_source",
        "token: 2027Q1-EMEA-Launch",
        "the token is not working for {{my.Event Date}}",
        "use the token {{lead.First Name}} or ${token}",
        "token = {{my.unsubscribe-link-2026}}",
        "password: reset please",
        "the password is incorrect",
        "my password is wrong/expired since 2024-12-01",
        "Passwort: vergessen",
        "pass: 12 of 13",
        "key: business-goal-2026-q1",
        "the key is consistency",
        "secret is out",
        "starts with xoxb- or xapp-",
        "bearer of bad news about the dashboard",
        "https://crm.example.com/campaign/4111111111111111",
        "https://e.com/?utm_campaign=2027q1-emea-launch&utm_id=4242424242424242",
        "ad id 120210456789012345, campaign 23843216549870123",
        "4111 1111 1111 1112 leads",
        "1700000000.000100 and 2026-11-22 10:30",
        "skip it: sk-y is the limit",
        "a1b2c3",
        "",
    ],
)
def test_normal_questions_stay_as_typed(typed: str) -> None:
    found = without_secrets(typed)
    assert (found.text, found.removed) == (typed, frozenset())


@pytest.mark.parametrize("card", CARDS)
def test_card_numbers_are_taken_out_with_blanks_and_dashes(card: str) -> None:
    for shown in (card, " ".join(re.findall(".{1,4}", card)), "-".join(re.findall(".{1,4}", card))):
        assert without_secrets(f"paid with {shown}, ok?").text == "paid with [card number removed], ok?"


def test_one_wrong_digit_is_no_card() -> None:
    card = CARDS[0]
    assert is_card(card)
    assert not any(is_card(card[:-1] + str(d)) for d in range(10) if str(d) != card[-1])


def test_the_receiver_loses_no_time_over_it() -> None:
    """Below a millisecond for a message of usual length; linear in what is hostile."""
    usual = "where are my MQLs for the Berlin event? The key metric: token 2027q1. " * 6
    hostile = [
        "password:" * 4_000,
        "eyJ" * 13_000,
        "4 " * 20_000,
        ("-----BEGIN PRIVATE " + "KEY-----") * 1_500,
        "00D" * 13_000,
    ]
    started = time.process_time()
    for _ in range(20):
        without_secrets(usual)
    assert (time.process_time() - started) / 20 < 0.001
    for text in hostile:
        started = time.process_time()
        without_secrets(text)
        assert time.process_time() - started < 1.0, text[:20]
