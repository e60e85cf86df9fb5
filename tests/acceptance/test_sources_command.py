"""`mops-desk ingest` over a sources file: all of it, one of it, how it stands, and what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support_cli import DOUBLE, Ran, ended, run
from support_git import Repository

from bot.cli_ingest import _take_in
from bot.cli_terminal import open_parts
from bot.sources.listed import ScheduledSource
from knowledge.protocols import DocumentRef
from knowledge.source_testing import MemorySource

SOURCES = """\
version: 1
sources:
  - name: guides
    kind: folder
    path: guides
    base_url: https://wiki.example.com
    every: 1h
  - name: handbook
    kind: git
    path: handbook
"""
TURNAROUND = "# List imports\n\n## Turnaround\n\nA clean list is in the CRM within two working days.\n"
BADGES = "# Badges\n\nBadge scans from a trade show arrive as a spreadsheet with names.\n"


@pytest.fixture
def team(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A team with a folder of guides and a handbook in git."""
    (home / "sources.yaml").write_text(SOURCES)
    (home / "guides").mkdir()
    (home / "guides" / "lists.md").write_text(TURNAROUND)
    Repository(home / "handbook").put("badges.md", BADGES)
    monkeypatch.setenv("SOURCES_FILE", "sources.yaml")
    return home


def synced(ran: Ran) -> dict[str, dict[str, Any]]:
    """What `--json` says, by source."""
    return {source["name"]: source for source in json.loads(ran.out)["sources"]}


def test_all_sources_are_read_and_answers_say_when_the_page_changed(team: Path) -> None:
    found = synced(run("ingest", "--json"))
    assert {name: one["added"] for name, one in found.items()} == {"guides": 1, "handbook": 1}
    asked = run("ask", "how do badge scans from a trade show arrive?")
    assert "Badge scans from a trade show arrive as a spreadsheet" in asked.out
    assert "Source: Badges (badges.md) · changed 1 Mar 2026\n" in asked.out
    assert {one["unchanged"] for one in synced(run("ingest", "--json")).values()} == {1}


def test_one_source_is_read_by_its_name(team: Path) -> None:
    assert list(synced(run("ingest", "handbook", "--json"))) == ["handbook"]
    assert "wiki is not there." in run("ingest", "wiki").problem
    assert "Sources are: guides, handbook." in run("ingest", "wiki").err


def test_a_source_that_is_away_does_not_keep_the_others(team: Path) -> None:
    (team / "handbook").rename(team / "away")
    ran = run("ingest")
    assert ran.code == 1
    assert "│ guides   │ 1 " in ran.out
    assert ran.err == "handbook is not there. Clone the repository, or check `path`.\n"
    assert "handbook cannot be read since 20" in run("ingest", "--status").out


class _Surprising(MemorySource):
    def list(self) -> list[DocumentRef]:
        raise TypeError("hunter2")


def test_a_source_that_fails_in_a_way_nobody_foresaw_does_not_keep_the_others_from_being_answered_from(
    home: Path,
) -> None:
    sources = (_Surprising("odd", {}), MemorySource("fine", {"lists.md": TURNAROUND}))

    def take_in() -> None:
        with open_parts(DOUBLE) as parts:
            assert not _take_in(parts, [ScheduledSource(source, "folder") for source in sources], False, True)

    ran = ended(take_in)
    assert {name: one["added"] for name, one in synced(ran).items()} == {"odd": 0, "fine": 1}
    error = synced(ran)["odd"]["error"]
    assert "did not expect what came (TypeError)" in error
    assert "hunter2" not in ran.out + ran.err
    assert "two working days" in run("ask", "when is a clean list in the CRM?").out


def test_the_status_shows_what_cannot_be_read_until_it_is_mended(team: Path) -> None:
    (team / "guides" / "bad.md").write_bytes(b"\x00\x01")
    assert run("ingest").code == 1
    shown = run("ingest", "--status")
    assert shown.code == 0
    assert "│ guides   │ folder │ 1         │ just now │ every 1h │ 1      │" in shown.out
    assert "guides/bad.md: is not a text file" in shown.out
    (team / "guides" / "bad.md").write_text("# Mended\n\nText.\n")
    assert run("ingest", "guides").code == 0
    assert synced(run("ingest", "--status", "--json"))["guides"]["failed"] == []


def test_most_of_a_source_does_not_vanish_by_mistake(team: Path) -> None:
    for number in range(25):
        (team / "guides" / f"{number}.md").write_text(f"# Page {number}\n\nText of page {number}.\n")
    run("ingest", "guides")
    for number in range(25):
        (team / "guides" / f"{number}.md").unlink()
    ran = run("ingest", "guides")
    assert ran.code == 1
    assert "guides suddenly lacks 25 documents: more than half." in ran.err
    assert "`mops-desk ingest guides --force`" in run("ingest", "--status").out
    assert synced(run("ingest", "guides", "--force", "--json"))["guides"]["removed"] == 25


def test_a_source_taken_out_of_the_file_can_be_forgotten(team: Path) -> None:
    run("ingest")
    (team / "sources.yaml").write_text(SOURCES[: SOURCES.index("  - name: handbook")])
    assert "`mops-desk ingest --forget handbook`" in run("ingest", "--status").out
    assert run("ingest", "--forget", "handbook").out == "handbook is forgotten: 1 document taken out.\n"
    hits = json.loads(run("ask", "how do badge scans arrive?", "--json").out)["hits"]
    assert {hit["path"] for hit in hits} == {"lists.md"}
    assert "Nothing was ever read from handbook." in run("ingest", "--forget", "handbook").problem


@pytest.mark.parametrize(
    ("line", "two"),
    [
        ("--forget handbook --json", "--forget and --json"),
        ("--forget handbook guides", "--forget and a source or path"),
        ("--forget handbook --status", "--forget and --status"),
        ("--forget handbook --watch", "--forget and --watch"),
        ("--status guides", "--status and a source or path"),
        ("--status --force", "--status and --force"),
        ("--status --base-url https://wiki.example.com", "--status and --base-url"),
    ],
)
def test_options_that_exclude_each_other_are_named_and_nothing_is_done(line: str, two: str, team: Path) -> None:
    run("ingest")
    refused = run("ingest", *line.split())
    assert refused.code == 2
    assert f"{two} do not go together." in refused.problem
    standing = synced(run("ingest", "--status", "--json"))
    assert {name: one["documents"] for name, one in standing.items()} == {"guides": 1, "handbook": 1}


def test_a_moved_page_is_told_as_such(team: Path) -> None:
    run("ingest")
    (team / "guides" / "lists.md").rename(team / "guides" / "imports.md")
    ran = run("ingest", "guides")
    assert "moved" in ran.out
    assert "│ guides │ 0     │ 0       │ 0       │ 0         │ 0      │ 1     │" in ran.out


def test_a_wrong_sources_file_stops_everything_with_its_lines(team: Path) -> None:
    (team / "sources.yaml").write_text(SOURCES.replace("kind: git", "kind: svn").replace("every", "evry"))
    for command in (["ingest"], ["ingest", "--status"]):
        assert run(*command).problem.splitlines() == [
            "sources.yaml:7  source guides has an unknown key `evry`. Did you mean `every`?",
            "sources.yaml:9  source handbook is of an unknown kind `svn`. "
            "Known here: folder, transcripts, git, confluence, web, jira.",
            "Nothing was read (2 problems).",
        ]


def test_doctor_names_the_sources(team: Path) -> None:
    assert "sources: guides (folder, every 1h), handbook (git, by hand)\n" in run("doctor").out


def test_only_folders_can_be_watched(team: Path) -> None:
    assert "Only folders can be watched." in run("ingest", "handbook", "--watch").err


def test_without_any_source_the_status_says_how_to_begin(home: Path) -> None:
    assert "There are no sources yet." in run("ingest", "--status").out
