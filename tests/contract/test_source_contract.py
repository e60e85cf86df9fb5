"""What every Source does (protocols.Source), run against each of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from support_confluence import wiki_room
from support_git import Repository
from support_trackers import new_ticket_for
from support_web import BASE, site

from bot.sources.jira_tickets import JiraTickets, TicketSettings
from escalation.testing import Fault, InMemoryTracker
from knowledge.errors import DocumentUnreadable, DocumentWithheld, SourceUnavailable
from knowledge.folder_source import FolderSource
from knowledge.git_source import GitSource
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

    def __init__(self, root: Path, _open: ExitStack) -> None:
        self.root = root / "docs"
        self.root.mkdir()
        self.source: Source = FolderSource("docs", self.root)

    def path(self, path: str) -> str:
        return path

    def put(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(exist_ok=True)
        (self.root / path).write_text(text)

    def drop(self, path: str) -> None:
        (self.root / path).unlink()

    def go_away(self) -> None:
        self.root.rename(self.root.with_name("moved"))


class MemoryStage:
    """The same for the source in memory."""

    def __init__(self, _root: Path, _open: ExitStack) -> None:
        self.memory = MemorySource("docs", {})
        self.source: Source = self.memory

    def path(self, path: str) -> str:
        return path

    def put(self, path: str, text: str) -> None:
        self.memory.texts[path] = text

    def drop(self, path: str) -> None:
        del self.memory.texts[path]

    def go_away(self) -> None:
        self.memory.away = True


class WikiStage:
    """The same for the spaces of a Confluence, where texts have titles instead of file names."""

    def __init__(self, _root: Path, stack: ExitStack, cloud: bool) -> None:
        self.room = stack.enter_context(wiki_room(cloud))
        self.source: Source = self.room.source
        self.ids: dict[str, str] = {}

    def path(self, path: str) -> str:
        return f"MOPS/{self.ids[path]}"

    def put(self, path: str, text: str) -> None:
        html = re.sub(r"(?m)^# (.*)$", r"<h1>\1</h1>", text)
        title, body = re.findall(r"<h1>(.*)</h1>([\s\S]*)", html)[0]
        if path in self.ids:
            self.room.wiki.edit(self.room.wiki.state.pages[self.ids[path]], body, title)
        else:
            self.ids[path] = self.room.wiki.add("MOPS", title, body).id

    def drop(self, path: str) -> None:
        self.room.wiki.set_status(self.room.wiki.state.pages[self.ids[path]], "trashed")

    def go_away(self) -> None:
        self.room.wiki.token = "another"


class GitStage:
    """The same for a cloned repository, where every page is Markdown."""

    def __init__(self, root: Path, stack: ExitStack) -> None:
        self.repository = Repository(root / "clone")
        self.source: Source = GitSource("docs", self.repository.path)
        stack.callback(self.source.rest)

    def path(self, path: str) -> str:
        return path.replace(".html", ".md")

    def put(self, path: str, text: str) -> None:
        self.repository.put(self.path(path), re.sub(r"<h1>(.*)</h1><p>(.*)</p>", r"# \1\n\2\n", text))

    def drop(self, path: str) -> None:
        self.repository.drop(self.path(path))

    def go_away(self) -> None:
        self.repository.path.rename(self.repository.path.with_name("moved"))


class WebStage:
    """The same for a web site. What ``list`` has fetched stays readable until the site is looked at again."""

    def __init__(self, root: Path, stack: ExitStack) -> None:
        self.site = stack.enter_context(site())
        self.source: Source = self.site.source(root / "cache")
        self.paths: dict[str, str] = {}

    def path(self, path: str) -> str:
        return f"{BASE}{self.paths[path]}"

    def put(self, path: str, text: str) -> None:
        self.paths[path] = f"/{path.rpartition('.')[0]}"
        html = re.sub(r"(?m)^# (.*)$", r"<h1>\1</h1>", text)
        self.site.put(self.paths[path], html)
        self.site.sitemap(*self.paths.values())

    def drop(self, path: str) -> None:
        self.site.reply(self.paths[path], 410)
        list(self.source.list())

    def go_away(self) -> None:
        self.site.down = True


class TicketStage:
    """The same for resolved tickets, where a question has an answer of a few words at least."""

    def __init__(self, _root: Path, _open: ExitStack) -> None:
        self.keys: dict[str, str] = {}
        self.said: list[str] = []
        self.tracker = InMemoryTracker(self.clock)
        settings = TicketSettings("tickets", "OPS")
        self.source: Source = JiraTickets(settings, lambda: self.tracker, frozenset, self.clock)

    def clock(self) -> datetime:
        return datetime(2026, 11, 20, 10, len(self.said), tzinfo=UTC)

    def path(self, path: str) -> str:
        return self.keys[path]

    def put(self, path: str, text: str) -> None:
        title, answer = re.findall(r"[\w .]{3,}", re.sub(r"<[^>]*>|# ", "\n", text))
        if path not in self.keys:
            marker = f"mops-desk-{len(self.keys):012x}"
            self.keys[path] = self.tracker.create(new_ticket_for(marker, summary=title, description="")).key
            self.tracker.update(self.keys[path], status="Done", done=True)
        self.said.append(answer)
        self.tracker.tickets[int(self.keys[path][4:]) - 1].said.clear()
        self.tracker.say(self.keys[path], "Priya", f"{ANSWERED}{answer}")

    def drop(self, path: str) -> None:
        self.tracker.update(self.keys[path], done=False)

    def go_away(self) -> None:
        self.tracker.fail("resolved_since", Fault.UNAVAILABLE)


FileStage = FolderStage | MemoryStage
Stage = FileStage | GitStage | WikiStage | WebStage | TicketStage
ANSWERED = "It was solved like this: "
FILES = [FolderStage, MemoryStage]
WIKIS = [partial(WikiStage, cloud=True), partial(WikiStage, cloud=False)]


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


@pytest.fixture(params=[*FILES, GitStage, *WIKIS, WebStage, TicketStage])
def stage(request: pytest.FixtureRequest, tmp_path: Path, stack: ExitStack) -> Stage:
    return _filled(request.param(tmp_path, stack))


@pytest.fixture(params=FILES)
def file_stage(request: pytest.FixtureRequest, tmp_path: Path, stack: ExitStack) -> FileStage:
    """Sources of files, whose suffix tells what they are."""
    return _filled(request.param(tmp_path, stack))


def _filled(made: Stage) -> Stage:
    for path, text in TEXTS.items():
        made.put(path, text)
    return made


def test_every_document_is_listed_in_a_stable_order(stage: Stage) -> None:
    assert [ref.path for ref in stage.source.list()] == [stage.path("a.md"), stage.path("b/c.html")]
    assert list(stage.source.list()) == list(stage.source.list())


def test_a_document_is_read_with_its_sections(stage: Stage) -> None:
    documents = [stage.source.read(ref) for ref in stage.source.list()]
    assert [(d.source, d.path, d.title) for d in documents] == [
        (stage.source.name, stage.path("a.md"), "First"),
        (stage.source.name, stage.path("b/c.html"), "Second"),
    ]
    assert [d.sections[-1].text.removeprefix(ANSWERED) for d in documents] == ["One.", "Two."]


@pytest.mark.parametrize("path", KINDS)
def test_other_kinds_of_text_are_read_as_well(file_stage: FileStage, path: str) -> None:
    file_stage.put(path, RAW[path])
    (ref,) = (ref for ref in file_stage.source.list() if ref.path == path)
    document = file_stage.source.read(ref)
    assert (document.title, document.sections[-1].text) == KINDS[path]


def test_an_empty_file_of_another_kind_is_unreadable(file_stage: FileStage) -> None:
    file_stage.put("zero.csv", "")
    (ref,) = (ref for ref in file_stage.source.list() if ref.path == "zero.csv")
    with pytest.raises(DocumentUnreadable, match="empty"):
        file_stage.source.read(ref)


def test_another_text_means_another_version_and_content(stage: Stage) -> None:
    before = next(iter(stage.source.list()))
    old = stage.source.read(before)
    stage.put("a.md", "# First\nOne and a half.\n")
    after = next(iter(stage.source.list()))
    assert (after.path, after.version == before.version) == (stage.path("a.md"), False)
    assert stage.source.read(after).content_hash != old.content_hash


def test_the_same_content_has_the_same_hash_wherever_it_lies(file_stage: FileStage) -> None:
    file_stage.put("b/d.md", TEXTS["a.md"])
    first, _, copy = (file_stage.source.read(ref) for ref in file_stage.source.list())
    assert first.content_hash == copy.content_hash


def test_a_document_that_is_gone_is_unreadable(stage: Stage) -> None:
    ref = next(iter(stage.source.list()))
    stage.drop("a.md")
    with pytest.raises((DocumentUnreadable, DocumentWithheld)) as caught:
        stage.source.read(ref)
    assert caught.value.path == ref.path
    assert "\n" not in caught.value.reason


def test_a_source_that_cannot_be_listed_is_unavailable(stage: Stage) -> None:
    stage.go_away()
    with pytest.raises(SourceUnavailable):
        list(stage.source.list())
