"""Names, codes and error texts win by their letters; misspelt words find the ones that were meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from support_knowledge import ask, knowledge_base, page, section

from knowledge.lexical_index import LexicalIndex, terms_of
from knowledge.testing import HashingEncoder

PAGES = (
    page("utm.md", "Links", section("Content", "Set utm_content to the place of the link on the page.")),
    page("source.md", "Links", section("Source", "Set utm_source to where the reader comes from.")),
    page("text.md", "Writing", section("Content", "Content for a page: UTM links go into the button of the page.")),
    page("pay.md", "Partners", section("Payments", "Questions on commission go to the channel #ask-commission.")),
    page("rates.md", "Partners", section("Rates", "Ask your partner manager which commission they get for a deal.")),
    page("errors.md", "Imports", section("Row errors", "INVALID_EMAIL_ADDRESS: the address has no domain.")),
    page("mail.md", "E-mail", section("Addresses", "An e-mail address is invalid when two people share it.")),
    page("field.md", "CRM", section("Fields", "Lead_Source_Original__c keeps the first source of a lead.")),
    page("leads.md", "CRM", section("Sources", "The original source of a lead is the one that counts in reports.")),
    page("code.md", "Errors", section("Limits", "Error 1042 means too many rows, error 1024 too many columns.")),
    page("rows.md", "Errors", section("Rows", "Too many rows in an import make an error with a number.")),
)


@pytest.mark.parametrize(
    ("question", "path"),
    [
        ("what goes into utm_content?", "utm.md"),
        ("utm_source meaning", "source.md"),
        ("who answers in #ask-commission", "pay.md"),
        ("INVALID_EMAIL_ADDRESS when importing", "errors.md"),
        ("what is Lead_Source_Original__c for", "field.md"),
        ("error 1042", "code.md"),
    ],
)
def test_an_exact_token_wins_over_its_words(tmp_path: Path, question: str, path: str) -> None:
    base = knowledge_base(tmp_path, (), PAGES, HashingEncoder())
    found = base.verdict(ask(question)).hits
    assert found[0].path == path
    assert found[0].features["lexical"] == max(hit.features["lexical"] for hit in found)


TEXTS = (
    "Attribution is different for customers in a nurture program",
    "Recipients of the newsletter approve the initial segmentation",
    "The venue for the dinner, and who is required to change it",
)


@pytest.mark.parametrize(
    ("misspelt", "text"),
    [
        ("newletter", 1),
        ("recpients", 1),
        ("segmentatoin", 1),
        ("aprove", 1),
        ("intial", 1),
        ("custmer", 0),
        ("diffrent", 0),
        ("attribtuion", 0),
        ("requierd", 2),
        ("chnage", 2),
    ],
)
def test_a_misspelt_word_finds_the_text_that_was_meant(tmp_path: Path, misspelt: str, text: int) -> None:
    built = LexicalIndex.build(TEXTS)
    built.save(tmp_path)
    for index in (built, LexicalIndex.load(tmp_path)):
        found = index.scores((term, 1.0) for term in terms_of(misspelt))
        assert found.bm25.argmax() == text
        assert found.bm25.max() > 0


@pytest.mark.parametrize("other", ["venues", "zebra", "1043", "dinr", "xx"])
def test_other_words_are_not_bent_into_known_ones(other: str) -> None:
    index = LexicalIndex.build([*TEXTS[:2], "error 1042, utm_content"])
    assert index.scores((term, 1.0) for term in terms_of(other)).bm25.max() == 0
