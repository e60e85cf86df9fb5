"""What looks like an abbreviation in a question, and where a text says what one stands for."""

from __future__ import annotations

import pytest

from knowledge.abbreviations import abbreviations_in, defined_in, long_form


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("how do PQAs differ from MQLs?", {"PQA", "MQL"}),
        ("is the pqa score live", {"PQA"}),  # the first question has it in capitals
        ("my pql list", {"PQL"}),
        ("WHY IS THIS NOT WORKING AT ALL", set()),
        ("MOPS-12 says FYI, ok? See https://example.com/ABC", set()),
        ("we moved it to LinkedIn last Q3", set()),
        ("is our SaaS report a PoC?", {"SAAS", "POC"}),
        ("is it the it team?", set()),
    ],
)
def test_abbreviations_are_told_from_words(said: str, expected: set[str]) -> None:
    *_, found = abbreviations_in(["how do PQAs differ from MQLs?", said])
    assert found == expected


@pytest.mark.parametrize(
    "text",
    [
        "A product qualified account (PQA) is one with three active users.",
        "PQA (product-qualified account)",
        "PQA stands for product qualified account",
        "What is a PQA?",
        "*PQA*: three active users",
        "PQAs are accounts with three active users",
    ],
)
def test_a_definition_is_seen(text: str) -> None:
    assert defined_in(text, ["PQA", "MQL"]) == {"PQA"}


@pytest.mark.parametrize(
    "text", ["Upload the PQA list (see below).", "Where do PQAs go after the sync?", "PQA list", "the pqa thing"]
)
def test_a_mere_mention_defines_nothing(text: str) -> None:
    assert defined_in(text, ["PQA"]) == frozenset()


def test_the_long_form_begins_where_its_first_letter_begins_a_word() -> None:
    assert long_form("PQA", "we call it a product qualified account") == "product qualified account"
    assert long_form("PQA", "send it to the team") is None
