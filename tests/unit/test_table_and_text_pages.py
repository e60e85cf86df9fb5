"""CSV tables and plain texts."""

from __future__ import annotations

import pytest

from knowledge.errors import DocumentUnreadable
from knowledge.page import Page
from knowledge.places import place
from knowledge.plain_pages import parse_text
from knowledge.table_pages import MAX_ROWS, SECTION_ROWS, parse_csv


def sections(page: Page) -> list[tuple[str, str, str]]:
    return [(section.heading, place(section.anchor), section.text) for section in page.sections]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_any_separator_will_do(separator: str) -> None:
    data = separator.join(("Channel", "Owner")) + "\n" + separator.join(("Paid social", '"Li, Priya"'))
    table = "| Channel | Owner |\n| --- | --- |\n| Paid social | Li, Priya |"
    assert sections(parse_csv(data.encode(), "owners.csv")) == [("Owners", "row 2", table)]


def test_long_tables_are_cut_and_each_piece_has_the_head() -> None:
    data = "Code,Region\n" + "".join(f"R{number},EMEA\n" for number in range(60))
    page = parse_csv(data.encode(), "regions.csv")
    assert [found[1] for found in sections(page)] == ["rows 2–26", "rows 27–51", "rows 52–61"]
    assert all(section.text.startswith("| Code | Region |") for section in page.sections)
    assert len(page.sections[0].text.splitlines()) == SECTION_ROWS + 2


def test_pipes_line_breaks_and_short_rows_do_not_break_the_table() -> None:
    data = 'a,b,c\n"x|y","two\nlines"\n,,\n1\n'
    assert parse_csv(data.encode(), "t.csv").sections[0].text.splitlines()[2:] == [
        "| x\\|y | two lines |  |",
        "| 1 |  |  |",
    ]


def test_a_head_without_rows_is_still_found() -> None:
    assert sections(parse_csv(b"Name,Mail\n", "t.csv")) == [("T", "row 1", "| Name | Mail |")]


def test_a_data_dump_is_refused() -> None:
    with pytest.raises(DocumentUnreadable, match="rows"):
        parse_csv(b"a,b\n" + b"1,2\n" * MAX_ROWS, "t.csv")


def test_a_text_is_cut_at_its_headings() -> None:
    text = "Preface.\n\nList imports\n============\nTwo days.\n\n"
    text += "CLEAN-UP\n\nOn Mondays.\n\n2.1 Bounces\n\nHard ones go.\n"
    assert sections(parse_text(text.encode(), "ops notes.txt")) == [
        ("Ops notes", "line 1", "Preface."),
        ("List imports", "line 5", "Two days."),
        ("CLEAN-UP", "line 9", "On Mondays."),
        ("2.1 Bounces", "line 13", "Hard ones go."),
    ]


def test_a_text_without_headings_comes_in_pieces_of_whole_paragraphs() -> None:
    paragraph = "These are ten words of a text that goes on. " * 6
    page = parse_text("\n\n".join([paragraph] * 9).encode(), "log.txt")
    assert [place(section.anchor) for section in page.sections] == ["lines 1–5", "lines 7–11", "lines 13–17"]
    assert {section.heading for section in page.sections} == {"Log"}
