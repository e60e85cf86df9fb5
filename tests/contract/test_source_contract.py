"""What every Source does (protocols.Source), run against each of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.errors import DocumentUnreadable, SourceUnavailable
from knowledge.folder_source import FolderSource
from knowledge.protocols import Source
from knowledge.source_testing import MemorySource

TEXTS = {"a.md": "# First\nOne.\n", "b/c.html": "<h1>Second</h1><p>Two.</p>"}
KINDS = {
    "notes.txt": ("Notes", "Three."),
    "owners.csv": ("Owners", "| Region | Owner |\n| --- | --- |\n| EMEA | Priya |"),
    "talk.vtt": ("Talk", "Four."),
    "call.srt": ("Call", "Five."),
    "clip.loom.json": ("Clip", "Six."),
}
RAW = {
    "notes.txt": "Three.\n",
    "owners.csv": "Region,Owner\nEMEA,Priya\n",
    "talk.vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\nFour.\n",
    "call.srt": "1\n00:00:01,000 --> 00:00:02,000\nFive.\n",
    "clip.loom.json": '{"phrases": [{"ts": 1, "value": "Six."}]}',
}


class FolderStage:
    """A folder source whose texts a test can change."""

    def __init__(self, root: Path) -> None:
        self.root = root / "docs"
        self.root.mkdir()
        self.source: Source = FolderSource("docs", self.root)

    def put(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(exist_ok=True)
        (self.root / path).write_text(text)

    def drop(self, path: str) -> None:
        (self.root / path).unlink()

    def go_away(self) -> None:
        self.root.rename(self.root.with_name("moved"))


class MemoryStage:
    """The same for the source in memory."""

    def __init__(self, _root: Path) -> None:
        self.memory = MemorySource("docs", {})
        self.source: Source = self.memory

    def put(self, path: str, text: str) -> None:
        self.memory.texts[path] = text

    def drop(self, path: str) -> None:
        del self.memory.texts[path]

    def go_away(self) -> None:
        self.memory.away = True


Stage = FolderStage | MemoryStage


@pytest.fixture(params=[FolderStage, MemoryStage])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Stage:
    make: Callable[[Path], Stage] = request.param
    made = make(tmp_path)
    for path, text in TEXTS.items():
        made.put(path, text)
    return made


def test_every_document_is_listed_in_a_stable_order(stage: Stage) -> None:
    assert [ref.path for ref in stage.source.list()] == ["a.md", "b/c.html"]
    assert list(stage.source.list()) == list(stage.source.list())


def test_a_document_is_read_with_its_sections(stage: Stage) -> None:
    documents = [stage.source.read(ref) for ref in stage.source.list()]
    assert [(d.source, d.path, d.title) for d in documents] == [
        ("docs", "a.md", "First"),
        ("docs", "b/c.html", "Second"),
    ]
    assert [d.sections[-1].text for d in documents] == ["One.", "Two."]


@pytest.mark.parametrize("path", KINDS)
def test_other_kinds_of_text_are_read_as_well(stage: Stage, path: str) -> None:
    stage.put(path, RAW[path])
    (ref,) = (ref for ref in stage.source.list() if ref.path == path)
    document = stage.source.read(ref)
    assert (document.title, document.sections[-1].text) == KINDS[path]


def test_an_empty_file_of_another_kind_is_unreadable(stage: Stage) -> None:
    stage.put("zero.csv", "")
    (ref,) = (ref for ref in stage.source.list() if ref.path == "zero.csv")
    with pytest.raises(DocumentUnreadable, match="empty"):
        stage.source.read(ref)


def test_another_text_means_another_version_and_content(stage: Stage) -> None:
    before = next(iter(stage.source.list()))
    old = stage.source.read(before)
    stage.put("a.md", "# First\nOne and a half.\n")
    after = next(iter(stage.source.list()))
    assert (after.path, after.version == before.version) == ("a.md", False)
    assert stage.source.read(after).content_hash != old.content_hash


def test_the_same_content_has_the_same_hash_wherever_it_lies(stage: Stage) -> None:
    stage.put("b/d.md", TEXTS["a.md"])
    first, _, copy = (stage.source.read(ref) for ref in stage.source.list())
    assert first.content_hash == copy.content_hash


def test_a_document_that_is_gone_is_unreadable(stage: Stage) -> None:
    ref = next(iter(stage.source.list()))
    stage.drop("a.md")
    with pytest.raises(DocumentUnreadable) as caught:
        stage.source.read(ref)
    assert caught.value.path == "a.md"
    assert "\n" not in caught.value.reason


def test_a_source_that_cannot_be_listed_is_unavailable(stage: Stage) -> None:
    stage.go_away()
    with pytest.raises(SourceUnavailable):
        list(stage.source.list())
