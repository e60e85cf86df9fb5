"""The desk's copy: the rules every sentence keeps."""

from __future__ import annotations

import re
from datetime import date

import pytest
from support_messages import every_message

from bot import checklist_texts, form_texts, late_texts, texts, ticket_texts
from bot.slack.message import Message
from escalation.domain import RequestState

CONSTANTS = [
    (f"{module.__name__}.{name}", value)
    for module in (texts, ticket_texts, form_texts, checklist_texts, late_texts)
    for name, value in vars(module).items()
    if name.isupper() and isinstance(value, str)
]


@pytest.mark.parametrize(("name", "value"), CONSTANTS)
def test_constants_are_short_and_calm(name: str, value: str) -> None:
    assert value == value.strip()
    assert len(value) <= 300
    assert "!!" not in value
    assert not re.search(r"<[!@#]|@here|\bsorry\b|great question|%", value, re.IGNORECASE)


@pytest.mark.parametrize(("name", "message"), every_message())
def test_no_message_shows_a_percentage_or_an_empty_slot(name: str, message: Message) -> None:
    assert "%" not in message.text, name
    assert not re.search(r"\{\w*\}|(?<!^)None|\bnull\b", message.text)


def test_every_state_has_words() -> None:
    assert ticket_texts.STATES.keys() == {state.value for state in RequestState}


@pytest.mark.parametrize(
    ("items", "said"),
    [
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (list("abcd"), "a, b, c and d"),
        (list("abcdefg"), "a, b, c, d and 3 more"),
    ],
)
def test_lists_read_like_sentences(items: list[str], said: str) -> None:
    assert texts.listed(items) == said


def test_days_drop_the_year_only_when_it_is_this_one() -> None:
    assert texts.day(date(2026, 10, 2), date(2026, 11, 21)) == "2 Oct"
    assert texts.day(date(2025, 10, 2), date(2026, 11, 21)) == "2 Oct 2025"
    assert texts.day(date(2026, 10, 2)) == "2 Oct 2026"


def test_counts_are_words_up_to_ten_and_figures_never_say_1_requests() -> None:
    assert texts.counted(1, "request", "requests") == "one request"
    assert texts.counted(12, "request", "requests") == "12 requests"
    assert texts.figure(1, "request", "requests") == "1 request"
    assert texts.figure(12_345, "request", "requests") == "12,345 requests"
    assert texts.suggest(3) == "I have three things close to that. Which one is it?"


def test_alternatives_read_like_sentences() -> None:
    assert form_texts.alternatives(("a",)) == "a"
    assert form_texts.alternatives(("a", "b", "c")) == "a, b or c"
