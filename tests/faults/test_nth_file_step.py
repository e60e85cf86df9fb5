"""The N-th fsync, rename or file that is opened fails, N = 1, 2, 3 … to the end of everything the desk writes.

What stood there goes on serving, nothing half-written is ever read, and the next time it works.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from support_database import database_with
from support_failing_files import FailingDisk, failing_disk
from support_knowledge import ENTRIES, MQL, NOON, ask, over, store

from bot.database import Database
from knowledge.domain import Band
from knowledge.entry_store import EntryStore
from knowledge.errors import FaqNotWritten, KnowledgeError
from knowledge.exported_model import MODEL, Export, ExportedModel
from knowledge.failing import Failing, save_failing, saved_failing
from knowledge.faq_file import read_faq, write_faq
from knowledge.generations import Generations
from knowledge.lessons import Lesson, Lessons, save_lessons, saved_lessons
from knowledge.model_files import ModelFiles
from knowledge.tables import Base
from knowledge.testing import HashingEncoder
from knowledge.thresholds import KindThresholds, Thresholds, chosen_thresholds, save_thresholds

NEW = replace(MQL, answer="Open the *Lifecycle dashboard* instead.")


def every_step(attempt: Callable[[FailingDisk], None], most: int = 200) -> int:
    """Let the N-th step fail until an attempt needs fewer. How many were struck."""
    with failing_disk() as disk:
        for number in range(1, most):
            disk.arm(number)
            attempt(disk)
            if not disk.failed:
                return number - 1
    raise AssertionError("it never ends")


def loadable(folder: Path, database: Database) -> list[str]:
    """Every generation that stands there under its name, after each was verified and loaded."""
    generations = Generations(folder / "index")
    names = sorted(path.name for path in (folder / "index").iterdir() if path.is_dir() and path.name[0] != ".")
    for name in names:
        origin = generations.origin(name)
        generations.load(name, origin.encoder, origin.content_id)
    return names


def test_an_index_that_cannot_be_written_leaves_the_old_one_serving(tmp_path: Path) -> None:
    database = database_with(tmp_path / "d.sqlite3", Base.metadata)
    store(database, ENTRIES)
    serving = over(tmp_path, database)
    serving.ensure_current()
    content = [NEW, MQL]

    def attempt(disk: FailingDisk) -> None:
        before, changed = serving.generation_id, content[0]
        content.reverse()
        with database.write() as session:
            EntryStore(session).import_entries([changed], author="tests", now=NOON)
        try:
            serving.refresh()
        except KnowledgeError as exc:
            assert "DATA_DIR" in str(exc)
            assert serving.generation_id == before
            assert serving.verdict(ask("where are my MQLs?")).band is Band.ANSWER
        assert loadable(tmp_path, database)
        disk.calm()
        serving.refresh()
        for base in (serving, over(tmp_path, database)):
            assert base.verdict(ask("where are my MQLs?")).hits[0].text.endswith(changed.answer)

    assert every_step(attempt) >= 20
    database.close()


def test_an_exported_model_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "model.safetensors").write_bytes(b"weights")
    files, folder = ModelFiles.of(str(tmp_path / "tiny")), tmp_path / "models"

    def export(target: Path) -> Export:
        target.write_bytes(b"graph")
        return Export(1.0, "", {"torch": "2"})

    def attempt(disk: FailingDisk) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        try:
            ExportedModel(folder, files).make(export)
        except OSError:
            found = ExportedModel(folder, files).verified()
            assert found is None or found.read_bytes() == b"graph"
        disk.calm()
        exported = ExportedModel(folder, files)
        if exported.verified() is None:
            exported.make(export)
        assert exported.verified() == exported.folder / MODEL
        assert [path.name for path in folder.iterdir()] == [exported.folder.name]

    assert every_step(attempt) >= 8


def thresholds(folder: Path, value: float) -> None:
    save_thresholds(folder, Thresholds("hashing@1", KindThresholds(value, None)))


def lessons(folder: Path, value: float) -> None:
    save_lessons(folder, Lessons("hashing@1", Lesson(value, 0.5, 40), Lesson()))


def failing(folder: Path, value: float) -> None:
    save_failing(folder, Failing({"faq-mql": -value}))


def faq(folder: Path, value: float) -> None:
    write_faq(folder / "faq.yaml", [replace(MQL, answer=f"It is {value}.")])


def read(folder: Path, write: Callable[[Path, float], None]) -> object:
    """What a fresh process reads there."""
    encoder = HashingEncoder()
    readers = {
        thresholds: lambda: chosen_thresholds(folder, encoder),
        lessons: lambda: saved_lessons(folder, encoder),
        failing: lambda: saved_failing(folder),
        faq: lambda: read_faq(folder / "faq.yaml"),
    }
    return readers[write]()


@pytest.mark.parametrize("write", [thresholds, lessons, failing, faq])
def test_a_small_file_is_as_it_was_or_as_it_should_be(tmp_path: Path, write: Callable[[Path, float], None]) -> None:
    write(tmp_path, 0.25)
    old = read(tmp_path, write)
    write(tmp_path, 0.75)
    new = read(tmp_path, write)
    assert old != new

    def attempt(disk: FailingDisk) -> None:
        number = disk.fails_at
        disk.calm()
        write(tmp_path, 0.25)
        disk.arm(number)
        try:
            write(tmp_path, 0.75)
        except (KnowledgeError, FaqNotWritten) as exc:
            assert "folder" in str(exc) or "DATA_DIR" in str(exc)
            assert disk.failed
            assert read(tmp_path, write) in (old, new)
        assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []

    assert every_step(attempt) >= 3
    assert read(tmp_path, write) == new
