"""The process that opens files: it lives through many, and its death costs one."""

from __future__ import annotations

import gc
import os
import signal
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from support_hostile import pdf_laughs, small_docx, small_pdf, small_pptx, small_xlsx

from knowledge import parsing_child
from knowledge.domain import Audience, Level, Section, Standing
from knowledge.errors import DocumentUnreadable
from knowledge.page import Page
from knowledge.page_json import page_from_json, page_to_json
from knowledge.page_kinds import GUARDED
from knowledge.page_reader import LARGE_TEXT, Limits, PageReader

SOUND = {"a.pdf": small_pdf, "a.docx": small_docx, "a.xlsx": small_xlsx, "a.pptx": small_pptx}


@pytest.fixture(scope="module")
def reader() -> PageReader:
    return PageReader()


def child_of(reader: PageReader) -> int:
    """The process that reads for this one."""
    reader.page(small_pdf(), "a.pdf")
    assert reader._child is not None
    return reader._child._process.pid


def test_the_child_knows_every_kind_that_needs_it() -> None:
    assert set(parsing_child.PARSERS) == set(GUARDED) == {name.removeprefix("a") for name in SOUND}


def test_one_process_reads_many_files(reader: PageReader) -> None:
    before = child_of(reader)
    pages = [reader.page(make(), name) for name, make in SOUND.items()]
    assert all(page.sections for page in pages)
    assert child_of(reader) == before != os.getpid()


def test_a_large_parent_does_not_make_its_process_look_large() -> None:
    ballast = b"x" * 400_000_000  # as an embedding model is
    reader = PageReader()
    before = child_of(reader)
    assert child_of(reader) == before
    assert len(ballast) == 400_000_000


def test_small_texts_need_no_process() -> None:
    reader = PageReader()
    assert reader.page(b"# A\ntext\n", "a.md").title == "A"
    assert reader._child is None


def test_large_texts_are_read_in_the_process_with_the_same_result(reader: PageReader) -> None:
    text = b"# A\n" + b"One more line of it.\n" * (LARGE_TEXT // 20)
    page = reader.page(text, "a.md")
    assert (page.title, len(page.sections[0].text)) == ("A", len(text) - 5)


def test_a_killed_process_is_replaced_and_only_its_file_fails(reader: PageReader) -> None:
    os.kill(child_of(reader), signal.SIGKILL)
    with pytest.raises(DocumentUnreadable, match="broke its reader"):
        reader.page(small_pdf(), "a.pdf")
    assert reader.page(small_pdf(), "b.pdf").sections


def test_a_file_that_takes_too_long_is_given_up() -> None:
    reader = PageReader(Limits(seconds=100, wait=2))
    with pytest.raises(DocumentUnreadable, match="longer than 2 seconds"):
        reader.page(pdf_laughs(), "a.pdf")


def test_a_process_that_left_while_idle_is_replaced_without_a_word() -> None:
    reader = PageReader(Limits(idle=0.2))
    before = child_of(reader)
    assert reader._child is not None
    reader._child._process.wait(20)
    assert reader.page(small_pdf(), "a.pdf").sections
    assert child_of(reader) != before


def test_secrets_are_not_in_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")
    own = PageReader()
    pid = child_of(own)
    assert b"xoxb-secret" not in Path(f"/proc/{pid}/environ").read_bytes()


def test_it_goes_with_its_reader() -> None:
    reader = PageReader()
    pid = child_of(reader)
    del reader
    gc.collect()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_pages_survive_the_way_through_json() -> None:
    section = Section("H", ("P",), 2, "Text \N{SNOWMAN} \ud83d", "page=1", 7)
    page = Page("T", (section,), "o", date(2027, 1, 2), Audience(Level.GROUP, frozenset("ab")), "https://x.example")
    for wanted in (page, replace(page, standing=Standing.OUTDATED), Page("T", ())):
        assert page_from_json(page_to_json(wanted)) == wanted


@pytest.mark.parametrize("body", [{}, {"title": 3}, {**page_to_json(Page("T", ())), "sections": [[1, 2]]}])
def test_an_answer_that_is_no_page_is_refused(body: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        page_from_json(body)
