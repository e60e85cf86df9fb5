"""A wiki in the sources file: taken in by name, its mistakes told with their lines, its login looked at by doctor."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from support_cli import run
from support_confluence import WikiRoom, wiki_room

SOURCES = """\
version: 1
sources:
  - name: wiki
    kind: confluence
    audience: internal
    every: 1h
    spaces: [MOPS]
    without_labels: [meeting-notes]
    groups:
      webinar-crew: S0CREW, S0HOST
"""


@pytest.fixture
def room(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WikiRoom]:
    with wiki_room(True) as opened:
        settings = {
            "SOURCES_FILE": str(home / "sources.yaml"),
            "CONFLUENCE_URL": opened.url,
            "CONFLUENCE_EMAIL": opened.wiki.email,
            "CONFLUENCE_API_TOKEN": opened.wiki.token,
        }
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        (home / "sources.yaml").write_text(SOURCES)
        opened.wiki.add("MOPS", "Webinars", "<h2>Lead time</h2><p>Book a webinar room ten days ahead.</p>")
        opened.wiki.add("MOPS", "Monday", "<p>We met.</p>", labels=["meeting-notes"])
        board = opened.wiki.add("MOPS", "Salaries", "<p>Secret sums of the board.</p>")
        opened.wiki.restrict(board, groups=[("board", "1-2")])
        yield opened


def test_a_wiki_is_taken_in_by_name_and_cited(room: WikiRoom) -> None:
    done = run("ingest", "wiki", "--json")
    (wiki,) = json.loads(done.out)["sources"]
    assert (wiki["added"], wiki["failed"], done.code) == (1, [], 0)
    reasons = sorted(skipped["reason"] for skipped in wiki["skipped"])
    assert reasons[0] == "carries the label meeting-notes"
    assert reasons[1].startswith("is restricted to board: map it")
    asked = json.loads(run("ask", "--json", "How early do I book a webinar room?").out)
    assert asked["hits"][0]["url"].endswith("/Webinars#Lead-time")
    assert "Secret" not in json.dumps(asked)


def test_a_login_that_is_refused_is_told_plainly(room: WikiRoom) -> None:
    room.wiki.token = "changed"
    assert "does not accept our login (401)" in run("ingest", "wiki").problem
    assert "does not accept our login (401)" in run("doctor").out


def test_doctor_says_who_we_are_in_the_wiki(room: WikiRoom) -> None:
    assert f"signed in to {room.url} (Cloud) as MOPS Desk" in " ".join(run("doctor").out.split())


def test_every_mistake_in_the_file_is_told_with_its_line(room: WikiRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONFLUENCE_API_TOKEN")
    wrong = SOURCES.replace("[MOPS]", "[MO PS]").replace("S0HOST", "hosts").replace("every: 1h", "below: [Home]")
    Path("sources.yaml").write_text(wrong + "    flavour: cluod\n    label: [x]\n")
    problem = run("ingest", "wiki").problem
    for line, words in (
        (4, "Confluence needs CONFLUENCE_URL and CONFLUENCE_API_TOKEN"),
        (6, "`Home` is no page id"),
        (7, "`MO PS` is no space key"),
        (9, "`hosts` is no id of a Slack user group"),
        (11, "`cluod`"),
        (12, "unknown key `label`"),
    ):
        assert f"sources.yaml:{line}  " in problem and words in problem
