"""FAQ files in YAML: what is read, and what is said about every mistake."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge.domain import Audience, EntryStatus, Level, SourceLink
from knowledge.errors import FaqInvalid
from knowledge.faq_file import MAX_BYTES, check_faq, read_faq

GOOD = """\
version: 1
company: Larkfield
entries:
  - id: faq-001
    question: What is an MQL?
    variants:
      - mql definition
      - yes
    answer: |
      A lead that is ready.

      - fit
    tags: [mql]
    owner: ops
    sources:
      - {title: "MQL", url: "https://example.com/mql"}
      - https://example.com/score
    reviewed_at: 2026-10-12
    review_by: "2027-03-31"
    status: draft
    audience: {group: leads}
"""


def write(folder: Path, content: str | bytes, name: str = "faq.yaml") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def problems(folder: Path, content: str | bytes, name: str = "faq.yaml") -> list[tuple[int, str]]:
    return [(problem.line, problem.message) for problem in check_faq(write(folder, content, name))]


def entry(body: str) -> str:
    return "version: 1\nentries:\n  - id: faq-001\n    question: Why?\n    answer: Because.\n" + body


def test_every_field_of_an_entry_is_read(tmp_path: Path) -> None:
    (read,) = read_faq(write(tmp_path, GOOD))
    assert (read.id, read.question, read.owner, read.tags) == ("faq-001", "What is an MQL?", "ops", ("mql",))
    assert read.variants == ("mql definition", "yes")
    assert read.answer == "A lead that is ready.\n\n- fit"
    assert read.sources[0] == SourceLink("MQL", "https://example.com/mql")
    assert read.sources[1].title == "https://example.com/score"
    assert (read.reviewed_at, read.review_by) == (date(2026, 10, 12), date(2027, 3, 31))
    assert read.status is EntryStatus.DRAFT
    assert read.audience == Audience(Level.GROUP, frozenset({"leads"}))


def test_a_sparse_entry_is_published_and_internal(tmp_path: Path) -> None:
    (read,) = read_faq(write(tmp_path, entry("    variants: []\n")))
    assert read.status is EntryStatus.PUBLISHED
    assert read.audience == Audience.internal()


def test_an_entry_without_id_gets_one_from_its_question(tmp_path: Path) -> None:
    text = "entries:\n  - {question: Where are my MQLs?, answer: 'In the list.'}\n"
    assert read_faq(write(tmp_path, text))[0].id == "where-are-my-mqls"


def test_numbers_and_booleans_stay_the_text_that_was_typed(tmp_path: Path) -> None:
    (read,) = read_faq(write(tmp_path, "entries:\n  - {id: 007, question: 3.0, answer: yes}\n"))
    assert (read.id, read.question, read.answer) == ("007", "3.0", "yes")


def test_variants_that_differ_in_case_only_are_fine(tmp_path: Path) -> None:
    assert problems(tmp_path, entry("    variants: [Order Status, Order status]\n")) == []


def test_a_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    assert read_faq(write(tmp_path, b"\xef\xbb\xbf" + GOOD.encode()))[0].id == "faq-001"


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("", 1, "the file is empty"),
        ("# only a comment\n", 1, "the file is empty"),
        ("- id: x\n", 1, "the file holds a list"),
        ("version: 1\nentries: []\n", 2, "there are no entries"),
        ("version: 2\nentries:\n  - {id: a, question: b, answer: c}\n", 1, "Write `version: 1`"),
        ("entries:\n  - just text\n", 2, "entry 1 is a text"),
        ("entries:\n  - id: a\n    question: What: now?\n    answer: b\n", 3, "needs quotes"),
        ("entries:\n\t- id: a\n", 2, "tab"),
        ('entries:\n  - question: "open\n    answer: b\n', 4, "opens on line 2"),
        ("entries:\n  - id: faq-031\n    question: b\n", 2, "entry faq-031 has no answer. Add `answer:` or remove"),
        ("entries:\n  - id: a\n    question: \n    answer: c\n", 2, "entry a has no question"),
        (entry("    variant: [x]\n"), 6, "Did you mean `variants`?"),
        (entry("    answer: Again.\n"), 6, "twice (first on line 5)"),
        (entry("    variants:\n      - why: though\n"), 7, "needs quotes"),
        (entry("    variants: one\n"), 6, "not a list"),
        (entry("    variants:\n      -\n"), 7, "is empty"),
        (entry("    variants:\n      - so why\n      - so  why\n"), 8, "twice"),
        (entry("    review_by: 31.03.2027\n"), 6, "Write it as 2027-03-31"),
        (entry("    review_by: 2027-02-30\n"), 6, "not a date"),
        (entry("    status: publishd\n"), 6, "Did you mean `published`?"),
        (entry("    audience: everyone\n"), 6, "`public`, `internal`"),
        (entry("    sources:\n      - {title: T, url: 'example.com'}\n"), 7, "wrong url"),
        (entry("    sources:\n      - {title: T}\n"), 7, "has no url"),
        (entry("    sources: {title: T}\n"), 6, "not a list of title and url"),
        (entry("    owner: [a, b]\n"), 6, "is a list, not a text"),
        (entry('    owner: "a\\0b"\n'), 6, "control character"),
        (entry("    owner: " + "x" * 3000 + "\n"), 6, "2,000 fit"),
        ("a: [*nowhere]\n", 1, "refers to nothing"),
        ("a: 1\n---\nb: 1\n", 2, "second document"),
        ("\x07", 1, "does not allow"),
        ("[" * 100_000, 1, "nest deeper"),
    ],
)
def test_each_mistake_is_named_with_its_line(tmp_path: Path, content: str, line: int, words: str) -> None:
    found = problems(tmp_path, content)
    assert [(at, words in message) for at, message in found if words in message] == [(line, True)], found


def test_every_mistake_in_a_file_is_reported_at_once(tmp_path: Path) -> None:
    text = entry("    tag: [x]\n") + "  - id: faq-002\n    question: Who?\n    review_by: soon\n"
    assert [line for line, _ in problems(tmp_path, text)] == [6, 7, 9]


def test_a_repeated_id_names_both_lines(tmp_path: Path) -> None:
    ((line, message),) = problems(tmp_path, entry("  - {id: faq-001, question: Who?, answer: Me.}\n"))
    assert line == 6
    assert "line 3" in message


def test_the_same_words_may_not_lead_to_two_answers(tmp_path: Path) -> None:
    ((line, message),) = problems(tmp_path, entry("  - {id: b, question: Who?, answer: Me., variants: [Why?]}\n"))
    assert line == 6
    assert "line 4" in message
    assert "faq-001" in message


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("version: 1".encode("utf-16"), "UTF-16"),
        (b"\x00\x01\x02", "binary"),
        (b"version: 1\nentries: \xff\n", "not UTF-8"),
        (b" " * (MAX_BYTES + 1), "10 MB fit"),
    ],
)
def test_a_file_that_is_no_text_says_so(tmp_path: Path, data: bytes, words: str) -> None:
    ((_, message),) = problems(tmp_path, data)
    assert words in message


def test_aliases_that_unfold_without_end_are_refused(tmp_path: Path) -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    ((_, message),) = problems(tmp_path, "\n".join(levels))
    assert "unfold into far too much" in message


def test_a_missing_file_and_a_foreign_suffix_are_named(tmp_path: Path) -> None:
    assert "no such file" in check_faq(tmp_path / "none.yaml")[0].message
    assert "neither YAML nor CSV" in problems(tmp_path, "x", "faq.docx")[0][1]


def test_an_invalid_file_raises_with_all_its_problems(tmp_path: Path) -> None:
    path = write(tmp_path, entry("  - id: b\n"))
    with pytest.raises(FaqInvalid, match=r"faq\.yaml:6  entry b has no question") as caught:
        read_faq(path)
    assert len(caught.value.problems) == 2
