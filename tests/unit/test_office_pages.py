"""Word, PowerPoint and Excel files: what a reader of the file sees, under its headings, slides and sheets."""

from __future__ import annotations

import pytest
from support_pages import deck, playbook, price_list

from knowledge.domain import Section
from knowledge.page import Page
from knowledge.places import place
from knowledge.sheet_pages import parse_workbook
from knowledge.slide_pages import parse_slides
from knowledge.word_pages import parse_word


@pytest.fixture(scope="module")
def word() -> Page:
    return parse_word(playbook(), "playbook.docx")


@pytest.fixture(scope="module")
def slides() -> Page:
    return parse_slides(deck(), "launch.pptx")


@pytest.fixture(scope="module")
def sheets() -> Page:
    return parse_workbook(price_list(), "price-list.xlsx")


def named(page: Page, heading: str) -> Section:
    return next(section for section in page.sections if section.heading == heading)


def test_word_headings_nest(word: Page) -> None:
    assert word.title == "Event playbook"
    assert named(word, "Checklist (at the event)").parents == ("At the event",)
    assert len(word.sections) == 1 + 3 + 9 + 1


def test_word_lists_and_tables_stay_lists_and_tables(word: Page) -> None:
    money = named(word, "Money (before the event)").text
    assert "- who owns the list\n- who signs invoices" in money
    assert "1. Write it down in the brief." in money
    badges = named(word, "Badge colours").text
    assert "| Role | Colour | Access |\n| --- | --- | --- |\n| Speaker | purple | all |" in badges
    assert badges.endswith("> Badges are printed nine days ahead.")


def test_word_anchors_are_unique(word: Page) -> None:
    assert len({section.anchor for section in word.sections}) == len(word.sections)


def test_each_slide_is_a_section_with_its_number(slides: Page) -> None:
    assert slides.title == "Launch step 1"
    assert [place(section.anchor) for section in slides.sections] == [
        f"slide {number}" for number in range(1, 12) if number != 5
    ]


def test_slide_text_groups_tables_and_notes_are_read(slides: Page) -> None:
    third = named(slides, "Launch step 3").text
    assert "- Step 3 has an owner\n- It has a date as well" in third
    assert "Embargo ends at noon" in third
    assert third.endswith("Notes: Remember to thank team 3.")
    assert "| Channel | Lead time |\n| --- | --- |\n| Paid social | 6 days |" in named(slides, "Launch step 7").text


def test_a_slide_without_a_title_goes_under_the_deck(slides: Page) -> None:
    last = slides.sections[-1]
    assert (last.heading, last.level, last.text) == (slides.title, 0, "Thanks to everyone")


def test_sheets_are_headings_and_long_tables_come_in_ranges_under_their_head(sheets: Page) -> None:
    assert [(s.heading, place(s.anchor)) for s in sheets.sections] == [
        ("Sponsoring", "rows 4–28"),
        ("Sponsoring", "rows 29–53"),
        ("Sponsoring", "rows 54–63"),
        ("Print", "rows 4–28"),
        ("Print", "rows 29–53"),
        ("Print", "rows 54–63"),
        ("Notes", "rows 1–2"),
    ]
    assert all("| Item | Price | Discount | Valid from |" in s.text for s in sheets.sections[:6])
    assert sheets.sections[0].text.startswith("Sponsoring prices 2027\n\n| Item")


def test_values_look_as_in_the_sheet(sheets: Page) -> None:
    assert "| Sponsoring item 7 | 87.5 | 3.5% | 2027-01-08 |" in sheets.sections[0].text
    assert sheets.sections[-1].text == "- Prices are net.\n- Rush orders cost a third more."


def test_hidden_sheets_are_left_out(sheets: Page) -> None:
    assert not [section for section in sheets.sections if "Salar" in section.heading + section.text]
