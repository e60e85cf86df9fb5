"""FAQ files in CSV, as spreadsheets write and read them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge.domain import Audience, Entry, EntryStatus, Level, SourceLink
from knowledge.faq_file import check_faq, read_faq, write_faq

HEADER = "id,question,answer,variants,tags,owner,sources,reviewed_at,review_by,status\n"


def write(folder: Path, content: str | bytes) -> Path:
    path = folder / "faq.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_every_column_is_read(tmp_path: Path) -> None:
    row = 'a,Why?,Because.,"how so\nwhat for","x, y",ops,"Page <https://example.com/p>",2026-01-02,2027-01-02,draft\n'
    (read,) = read_faq(write(tmp_path, HEADER + row))
    assert read.variants == ("how so", "what for")
    assert read.tags == ("x", "y")
    assert read.sources == (SourceLink("Page", "https://example.com/p"),)
    assert (read.owner, read.reviewed_at, read.review_by) == ("ops", date(2026, 1, 2), date(2027, 1, 2))
    assert read.status is EntryStatus.DRAFT


def test_variants_may_be_separated_by_bars(tmp_path: Path) -> None:
    (read,) = read_faq(write(tmp_path, "question,answer,variants\nWhy?,Because.,how so | what for\n"))
    assert read.variants == ("how so", "what for")
    assert read.id == "why"


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_of_spreadsheets_are_understood(tmp_path: Path, delimiter: str) -> None:
    text = "ID,Question,Answer\r\na,Why?,Because.\r\n".replace(",", delimiter)
    assert read_faq(write(tmp_path, b"\xef\xbb\xbf" + text.encode()))[0].answer == "Because."


def test_formulas_are_disarmed_on_export_and_come_back_as_they_were(tmp_path: Path) -> None:
    entries = tuple(
        Entry(f"{n}", f"Why {n}?", answer) for n, answer in enumerate(["=1+1", "- a\n- b", "'=x", "@here"])
    )
    path = tmp_path / "faq.csv"
    write_faq(path, entries)
    assert "'=1+1" in path.read_text(encoding="utf-8-sig")
    assert "''=x" in path.read_text(encoding="utf-8-sig")
    assert read_faq(path) == entries


def test_a_separator_inside_an_item_survives(tmp_path: Path) -> None:
    groups = Audience(Level.GROUP, frozenset({"a | b", "c"}))
    entry = Entry("a", "Why?", "Because.", variants=("x | y",), tags=("p, q",), audience=groups)
    write_faq(tmp_path / "faq.csv", [entry])
    assert read_faq(tmp_path / "faq.csv") == (entry,)


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("", 1, "the file is empty"),
        (HEADER, 1, "there are no entries"),
        ("id,question\n", 1, "`answer` is missing"),
        ("id,question,anser\n", 1, "Did you mean `answer`?"),
        ("id,id,question,answer\n", 1, "stands twice"),
        ('id,question,answer\na,"b\n,c\n', 2, "quotes"),
        ('id,question,answer\na,b,"c\nd"\nb,x,\n', 4, "entry b has no answer"),
        ("id,question,answer\na,b,c,d\n", 2, "4 cells for 3 columns"),
        ("id,question,answer,review_by\na,b,c,31/03/2027\n", 2, "Write it as 2027-03-31"),
        ("id,question,answer,sources\na,b,c,Only a title\n", 2, "wrong url"),
        ("id,question,answer\na,b,c\n\na,d,e\n", 4, "the id a is taken by the entry on line 2"),
    ],
)
def test_each_mistake_is_named_with_its_line(tmp_path: Path, content: str, line: int, words: str) -> None:
    found = check_faq(write(tmp_path, content))
    assert [problem.line for problem in found if words in problem.message] == [line], found
