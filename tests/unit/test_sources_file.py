"""The sources file: what it may say, and what is said of its mistakes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from support_database import database_with

from bot import wiring
from bot.errors import DeskError, SourcesInvalid
from bot.settings import SAMPLES, Settings
from bot.source_wiring import named_sources
from bot.sources.listed import ScheduledSource
from knowledge.domain import Audience, Level
from knowledge.folder_source import FolderSource
from knowledge.redacted_source import RedactedSource

TWO = """\
version: 1
sources:
  - name: guides
    kind: folder
    path: docs
    base_url: https://wiki.example.com/
    audience: public
    audiences:
      "hr/*": {group: S0123ABCD}
    every: 15m
  - name: calls
    kind: transcripts
    path: /srv/calls
"""


def read(folder: Path, text: str) -> tuple[ScheduledSource, ...]:
    (folder / "sources.yaml").write_text(text)
    settings = Settings(_env_file=None, sources_file=folder / "sources.yaml", data_dir=folder)
    return wiring.sources_in_file(settings, database_with(folder / "desk.sqlite3"))


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(SourcesInvalid) as caught:
        read(folder, text)
    return [line.removeprefix(f"{folder / 'sources.yaml'}:") for line in str(caught.value).splitlines()]


def test_each_source_has_its_name_kind_and_schedule(tmp_path: Path) -> None:
    found = read(tmp_path, TWO)
    assert [(one.name, one.kind, one.every) for one in found] == [
        ("guides", "folder", timedelta(minutes=15)),
        ("calls", "transcripts", None),
    ]


def test_a_path_lies_beside_the_file_and_limits_hold_for_it(tmp_path: Path) -> None:
    for path in ("docs/a.md", "docs/hr/pay.md"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("# Page\ntext\n")
    source = read(tmp_path, TWO)[0].source
    open_page, pay = (source.read(ref) for ref in source.list())
    assert (open_page.url, open_page.audience) == ("https://wiki.example.com/a", Audience())
    assert pay.audience == Audience(Level.GROUP, frozenset({"S0123ABCD"}))
    assert pay.content_hash != open_page.content_hash


def test_another_limit_means_another_reading(tmp_path: Path) -> None:
    (tmp_path / "docs" / "hr").mkdir(parents=True)
    (tmp_path / "docs" / "hr" / "pay.md").write_text("# Page\ntext\n")
    (before,) = read(tmp_path, TWO)[0].source.list()
    (after,) = read(tmp_path, TWO.replace("S0123ABCD", "S0999"))[0].source.list()
    assert before.version != after.version


def test_every_mistake_is_told_with_its_line(tmp_path: Path) -> None:
    text = """\
sources:
  - name: Guides and more
    kind: foldr
    every: soon
  - name: docs
    kind: folder
    paht: docs
    audience: friends
    base_url: wiki
  - name: docs
    kind: git
    path: a
    path: b
colour: red
"""
    found = problems(tmp_path, text)
    for expected in (
        "2  `Guides and more` is no name for a source",
        "3  source Guides and more is of an unknown kind `foldr`. Did you mean `folder`?",
        "4  `every` of source Guides and more is `soon`. Write a time such as 30m, 1h or 1d.",
        "5  source docs has no `path:`.",
        "7  source docs has an unknown key `paht`. Did you mean `path`?",
        "8  `audience` of source docs: this audience is not known",
        "9  `base_url` of source docs is not a web address.",
        "10  `docs` is the name of another source (line 5). Rename one.",
        "13  source docs has `path` twice. Remove one.",
        "14  the file has an unknown key `colour`.",
    ):
        assert any(line.startswith(expected) for line in found), expected
    assert found[-1] == "Nothing was read (10 problems)."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "1  there is no list of sources."),
        ("sources: []\n", "1  there is no list below `sources:`."),
        ("sources:\n  - docs\n", "2  this is no source."),
        ("version: 2\nsources:\n  - {name: a, kind: folder, path: a}\n", "1  this version of the desk reads"),
        ("sources:\n  - name: 'a\n", "3  the quote that opens on line 2 is never closed."),
        ("sources: &a [*a]\n", "1  `*a` refers to nothing above it."),
        ("sources:\n  - {name: a, kind: folder, path: a, every: 0m}\n", "2  `every` of source a is `0m`."),
        ("sources:\n  - {name: a, kind: folder, path: a, audiences: hr}\n", "2  `audiences` of source a is a list"),
    ],
)
def test_a_file_that_is_no_list_of_sources_is_told_apart(tmp_path: Path, text: str, expected: str) -> None:
    assert problems(tmp_path, text)[0].startswith(expected)


def test_a_file_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, sources_file=tmp_path / "none.yaml")
    with pytest.raises(SourcesInvalid, match=r"none.yaml:1  the file cannot be read .*Check SOURCES_FILE"):
        wiring.sources_in_file(settings, database_with(tmp_path / "desk.sqlite3"))


def test_the_sample_is_right_and_every_kind_in_it_too(tmp_path: Path) -> None:
    sample = (SAMPLES / "sources.yaml").read_text()
    (guides,) = read(tmp_path, sample)
    assert (guides.name, guides.kind) == ("guides", "folder")
    head, _, rest = sample.partition("sources:\n")
    uncommented = "\n".join(
        line.replace("# ", "", 1) if line.startswith(("  # - ", "  #   ")) else line for line in rest.splitlines()
    )
    settings = {"confluence_url": "https://wiki.example.com", "confluence_api_token": "x", "jira_project": "OPS"}
    (tmp_path / "all.yaml").write_text(f"{head}sources:\n{uncommented}\n")
    made = Settings(_env_file=None, sources_file=tmp_path / "all.yaml", data_dir=tmp_path, **settings)
    kinds = [source.kind for source in wiring.sources_in_file(made, database_with(tmp_path / "desk.sqlite3"))]
    assert kinds == ["folder", "transcripts", "git", "confluence", "web", "jira"]


def test_sources_are_named_by_name_or_path_and_all_without_one(tmp_path: Path) -> None:
    in_file = read(tmp_path, TWO)
    settings = Settings(_env_file=None, docs_dir=tmp_path)
    assert [one.name for one in named_sources(settings, in_file, ["calls"])] == ["calls"]
    assert [one.kind for one in named_sources(settings, in_file, ["guides", str(tmp_path)])] == ["folder", "path"]
    assert [one.kind for one in named_sources(settings, in_file, [])] == ["folder", "transcripts", "path"]
    with pytest.raises(DeskError, match="Sources are: guides, calls"):
        named_sources(settings, in_file, ["wiki"])


def test_transcripts_leave_other_files_alone(tmp_path: Path) -> None:
    for name in ("talk.vtt", "notes.md", "call.loom.json", "other.json"):
        (tmp_path / name).write_text("x")
    source = read(tmp_path, f"sources:\n  - {{name: calls, kind: transcripts, path: {tmp_path}}}\n")[0].source
    assert isinstance(source, RedactedSource)
    assert isinstance(source.inner, FolderSource)
    assert [ref.path for ref in source.list()] == ["call.loom.json", "talk.vtt"]
