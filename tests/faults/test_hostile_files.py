"""A folder full of bombs and broken files: each fails alone, with one clear line, and the sync goes on."""

from __future__ import annotations

import io
import os
import random
import re
import time
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support_database import database_with
from support_hostile import (
    HOSTILE,
    SIDECARS,
    WITH_SIDECARS,
    Hostile,
    repacked,
    small_docx,
    small_pdf,
    small_pptx,
    small_xlsx,
)
from support_hostile_more import MORE, ORDER, WHITE, WHOLE

from knowledge.corpus import load_corpus
from knowledge.domain import Document
from knowledge.errors import DocumentUnreadable
from knowledge.folder_source import FolderSource
from knowledge.ingest import IngestSummary, ingest
from knowledge.page_reader import Limits, PageReader
from knowledge.prose import plain
from knowledge.tables import Base

pytestmark = pytest.mark.timeout(400)  # the corpus is read once, in the first test's name

TIGHT = Limits(memory=600_000_000, seconds=3, wait=60)  # honest files take up to .8 s here, more on a busy machine
GOOD = {"first.md": b"# First\nStill here.\n", "zz-last.md": b"# Last\nStill here too.\n", "zz-last.pdf": small_pdf()}
ALL = (*HOSTILE, *MORE, *WITH_SIDECARS)


@dataclass(frozen=True)
class Outcome:
    """What came of ingesting the whole corpus once."""

    summary: IngestSummary
    documents: dict[str, Document]
    seconds: float

    @property
    def reasons(self) -> dict[str, str]:
        return dict(self.summary.failed)


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    root = tmp_path_factory.mktemp("hostile")
    docs = root / "docs"
    docs.mkdir()
    for name, data in {**GOOD, **SIDECARS, **{file.name: file.make() for file in ALL}}.items():
        (docs / name).write_bytes(data)
    (root / "secret.pdf").write_bytes(small_pdf())
    (docs / "link.pdf").symlink_to(root / "secret.pdf")
    (docs / "folder.pdf").mkdir()
    os.mkfifo(docs / "pipe.pdf")
    database = database_with(root / "desk.sqlite3", Base.metadata)
    started = time.monotonic()
    summary = ingest(FolderSource("docs", docs, pages=PageReader(TIGHT)), database, lambda: datetime.now(UTC))
    with database.read() as session:
        documents = {document.path: document for document in load_corpus(session).documents}
    return Outcome(summary, documents, time.monotonic() - started)


@pytest.mark.parametrize("file", ALL, ids=lambda file: file.name)
def test_each_file_is_told_apart_in_one_line_or_read_as_text(outcome: Outcome, file: Hostile) -> None:
    reason = outcome.reasons.get(file.name, "")
    assert re.search(file.reason, reason) if file.reason else reason == ""
    assert "\n" not in reason
    assert (file.name in outcome.documents) == (file.reason == "")


def test_the_good_files_among_them_are_taken_in(outcome: Outcome) -> None:
    assert outcome.documents.keys() >= GOOD.keys()
    assert outcome.summary.added == len(outcome.documents)


def test_links_folders_and_pipes_are_not_taken_for_files(outcome: Outcome) -> None:
    assert not {"link.pdf", "folder.pdf", "pipe.pdf"} & (outcome.documents.keys() | outcome.reasons.keys())


def test_nothing_is_written_to_the_disk_and_nothing_run() -> None:
    assert not list(Path("/tmp").glob("mops-desk-was-here*"))


def test_what_a_file_points_at_is_not_read(outcome: Outcome) -> None:
    said = " ".join(section.text for document in outcome.documents.values() for section in document.sections)
    assert "Words beside a picture" in said
    assert "root:" not in said


@pytest.mark.parametrize("file", WHITE, ids=lambda file: file.name)
def test_words_nobody_sees_are_only_words(outcome: Outcome, file: Hostile) -> None:
    said = plain(" ".join(section.text for section in outcome.documents[file.name].sections))
    assert said.count(ORDER.rstrip(".")) >= 1  # what is seen by search is shown as it stands, in the citation
    assert WHOLE in said or file.name.endswith(".pdf")  # no character that is not seen splits a word


def test_flipped_bytes_end_in_a_page_or_in_one_line() -> None:
    chance = random.Random(6)
    reader = PageReader(TIGHT)
    sound = {"a.pdf": small_pdf(), "a.docx": small_docx(), "a.xlsx": small_xlsx(), "a.pptx": small_pptx()}
    refused = 0
    for number in range(60):
        name, data = list(sound.items())[number % len(sound)]
        try:
            assert reader.page(flipped(data, chance), name).title
        except DocumentUnreadable as exc:
            refused += 1
            assert "\n" not in exc.reason
            assert "could not be parsed" not in exc.reason  # a library's error that we do not know yet
    assert 20 < refused < 60


def flipped(data: bytes, chance: random.Random) -> bytes:
    """Some bytes exchanged: of the file, or of one part of an archive."""
    if not data.startswith(b"PK"):
        return _flip(data, chance)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        part = chance.choice([name for name in archive.namelist() if name.endswith((".xml", ".rels"))])
        return repacked(data, {part: _flip(archive.read(part), chance)})


def _flip(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def test_the_corpus_is_large_and_quickly_dealt_with(outcome: Outcome) -> None:
    assert len(ALL) >= 60
    assert outcome.seconds < 150  # 11 on two idle cores
