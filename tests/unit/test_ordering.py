from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from support_database import database_with
from support_knowledge import NOON, ask, knowledge_base, page, section

from knowledge.document_store import DocumentStore
from knowledge.domain import Document, Hit, Standing
from knowledge.folder_source import FolderSource
from knowledge.ingest import ingest
from knowledge.page import Page
from knowledge.standing import marked_standing
from knowledge.tables import Base
from knowledge.targets import from_record, targets_of, to_record
from knowledge.testing import HashingTokenEncoder

BADGES = (
    "Badge scans from a trade show arrive as a spreadsheet. Remove duplicates before the upload, then send the list "
    "to the events desk with the name of the show, the day it ended and the person who scanned. A list of over a "
    "thousand rows takes one more day."
)
OTHERS = tuple(
    page(
        f"other-{n}.md", f"Other {n}", section(f"Topic {n}", f"Something else about matter number {n} and its rules.")
    )
    for n in range(4)
)


def badges(path: str, text: str = BADGES, **facts: object) -> Document:
    return replace(page(path, "Badges", section("Badge scans", text)), **facts)  # type: ignore[arg-type]


def hits(folder: Path, *documents: Document) -> tuple[Hit, ...]:
    base = knowledge_base(folder, (), (*documents, *OTHERS), HashingTokenEncoder())
    return base.verdict(ask("how do I send badge scans?")).hits


def test_the_same_text_is_shown_once_and_the_repeat_follows(tmp_path: Path) -> None:
    found = hits(tmp_path, badges("a.md"), badges("b.md", BADGES.replace("then", "and then")))
    assert [hit.path for hit in found[:3]].count("a.md") + [hit.path for hit in found[:3]].count("b.md") == 1
    assert {"a.md", "b.md"} <= {hit.path for hit in found}
    assert len({(hit.path, hit.heading) for hit in found}) == len(found) == 6


def test_texts_that_differ_in_what_is_asked_are_no_repeats(tmp_path: Path) -> None:
    north, south = badges("a.md", f"{BADGES} Ask Nora."), badges("b.md", f"{BADGES} Ask Sven.")
    base = knowledge_base(tmp_path, (), (north, south, *OTHERS), HashingTokenEncoder())
    found = base.verdict(ask("do I send badge scans to Sven?")).hits
    assert [hit.path for hit in found[:2]] == ["b.md", "a.md"]


def test_repeats_do_not_take_the_confidence_away(tmp_path: Path) -> None:
    (tmp_path / "1").mkdir()
    (tmp_path / "2").mkdir()
    alone = knowledge_base(tmp_path / "1", (), (badges("a.md"), *OTHERS), HashingTokenEncoder())
    twice = knowledge_base(tmp_path / "2", (), (badges("a.md"), badges("b.md"), *OTHERS), HashingTokenEncoder())
    question = ask("how do I send badge scans?")
    assert twice.verdict(question).confidence == pytest.approx(alone.verdict(question).confidence, abs=0.1)


def test_the_freshest_of_equal_texts_is_shown(tmp_path: Path) -> None:
    old, new = badges("a.md", changed_at=date(2023, 1, 1)), badges("b.md", changed_at=date(2026, 1, 1))
    assert hits(tmp_path, old, new)[0].path == "b.md"


def test_a_stale_page_yields_to_an_equally_good_fresh_one(tmp_path: Path) -> None:
    text = "Send badge scans to the list desk by Friday."
    other = "Send badge scans to the event desk by Monday."
    old = badges("a.md", text, changed_at=date(2022, 1, 1))
    new = badges("b.md", other, changed_at=date(2026, 5, 1))
    assert hits(tmp_path, old, new)[0].path == "b.md"


@pytest.mark.parametrize("standing", [Standing.OUTDATED, Standing.UNFINISHED])
def test_a_marked_page_sinks_below_one_that_counts(tmp_path: Path, standing: Standing) -> None:
    marked = badges("a.md", "Send badge scans to the list desk.", standing=standing)
    current = badges("b.md", "Badge scans: send them as a spreadsheet to the event team.")
    found = hits(tmp_path, marked, current)
    assert found[0].path == "b.md"
    assert next(hit for hit in found if hit.path == "a.md").citation.standing is standing


def test_scores_never_rise_along_the_hits(tmp_path: Path) -> None:
    found = hits(tmp_path, badges("a.md"), badges("b.md"), badges("c.md"), badges("d.md", standing=Standing.OUTDATED))
    scores = [hit.score for hit in found]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    ("title", "line", "standing"),
    [
        ("Imports", "**DEPRECATED**: use the new page.", Standing.OUTDATED),
        ("Imports", "> ⚠️ This page is deprecated.", Standing.OUTDATED),
        ("Imports", "This document has been archived, see the wiki.", Standing.OUTDATED),
        ("Imports (deprecated)", "How to import.", Standing.OUTDATED),
        ("[ARCHIVED] Imports", "How to import.", Standing.OUTDATED),
        ("Imports", "WIP", Standing.UNFINISHED),
        ("WIP: Imports", "How to import.", Standing.UNFINISHED),
        ("Imports", "*This page is a work in progress.*", Standing.UNFINISHED),
        ("Imports", "Archived leads are kept for a year.", Standing.CURRENT),
        ("Deprecated fields", "How to hide deprecated fields.", Standing.CURRENT),
        ("Imports", "Outdated lists are removed every month.", Standing.CURRENT),
        ("Imports", "", Standing.CURRENT),
    ],
)
def test_a_page_is_taken_at_its_own_word(title: str, line: str, standing: Standing) -> None:
    marked = Page(title, (section("Imports", line),))
    assert marked_standing(marked.title, marked.sections) is standing


def test_a_page_without_text_has_no_marker() -> None:
    assert marked_standing("Imports", ()) is Standing.CURRENT


@pytest.mark.parametrize(
    ("head", "standing"),
    [
        ("status: deprecated", Standing.OUTDATED),
        ("deprecated: true", Standing.OUTDATED),
        ("status: WIP", Standing.UNFINISHED),
        ("status: current", Standing.CURRENT),
        ("deprecated: True", Standing.OUTDATED),
        ("deprecated: false", Standing.CURRENT),
    ],
)
def test_front_matter_says_how_a_page_stands(tmp_path: Path, head: str, standing: Standing) -> None:
    (tmp_path / "page.md").write_text(f"---\n{head}\n---\n# Imports\n\nSend the list.\n")
    source = FolderSource("docs", tmp_path)
    (ref,) = source.list()
    assert source.read(ref).standing is standing


def test_a_marker_that_is_taken_away_counts_at_the_next_ingest(tmp_path: Path) -> None:
    database = database_with(tmp_path / "desk.sqlite3", Base.metadata)
    folder = tmp_path / "docs"
    folder.mkdir()
    source = FolderSource("docs", folder)
    for head, standing in (("status: wip", Standing.UNFINISHED), ("status: ok", Standing.CURRENT)):
        (folder / "page.md").write_text(f"---\n{head}\n---\n# Imports\n\nSend the list.\n")
        ingest(source, database, lambda: NOON)
        with database.read() as session:
            (document,) = DocumentStore(session).documents()
        assert document.standing is standing
        assert from_record(to_record(targets_of((), (document,))[0])).citation.standing is standing
