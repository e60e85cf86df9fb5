"""`kind: web` and `kind: jira` in the sources file: what they may say, and what is said of mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest
from support_database import database_with
from support_messages import request
from support_trackers import new_ticket_for

from bot import wiring
from bot.errors import SourcesInvalid
from bot.settings import Settings
from bot.sources.listed import ScheduledSource
from bot.sources.sources_file import SourcesFile
from escalation.domain import Close, Draft, Origin, Person
from escalation.embedded_tracker import EmbeddedTracker
from escalation.request_store import RequestStore
from escalation.tables import Base

GOOD = """\
sources:
  - name: help
    kind: web
    pages: https://help.example.com/a
    sitemaps: [https://docs.example.com/sitemap.xml]
    hosts: [www.example.com]
    below: [https://docs.example.com/en]
    delay: 2
    limit: 50
    audience: public
  - name: tickets
    kind: jira
    project: MOPS
    years: 1
"""
"""Every option there is."""


def read(folder: Path, text: str, **settings: object) -> tuple[ScheduledSource, ...]:
    (folder / "sources.yaml").write_text(text)
    values = Settings(_env_file=None, sources_file=folder / "sources.yaml", data_dir=folder, **settings)  # type: ignore[arg-type]
    return wiring.sources_in_file(values, database_with(folder / "desk.sqlite3", Base.metadata))


def problems(folder: Path, text: str, **settings: object) -> list[str]:
    with pytest.raises(SourcesInvalid) as caught:
        read(folder, text, **settings)
    return [line.removeprefix(f"{folder / 'sources.yaml'}:") for line in str(caught.value).splitlines()[:-1]]


def test_every_option_is_known_and_nothing_is_asked_yet(tmp_path: Path) -> None:
    assert [(one.name, one.kind) for one in read(tmp_path, GOOD)] == [("help", "web"), ("tickets", "jira")]
    assert not (tmp_path / "web").exists()


WRONG = {
    "pages: https://help.example.com/a": ("pages: http://169.254.169.254/", "names its host by a number"),
    "sitemaps: [https://docs.example.com/sitemap.xml]": ("sitemaps: [docs.example.com]", "must begin with https"),
    "hosts: [www.example.com]": ("hosts: ['*.example.com']", "no complete host name"),
    "below: [https://docs.example.com/en]": ("below: [/en]", "must begin with https"),
    "delay: 2": ("delay: 0", "whole number from 1 to 60"),
    "limit: 50": ("limit: all", "whole number"),
    "years: 1": ("years: 99", "whole number from 1 to 20"),
    "project: MOPS": ("projekt: MOPS", "Did you mean `project`"),
}


@pytest.mark.parametrize("line", WRONG)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, line: str) -> None:
    wrong, words = WRONG[line]
    (told,) = problems(tmp_path, GOOD.replace(line, wrong))
    assert told.startswith(f"{GOOD[: GOOD.index(line)].count(chr(10)) + 1}  ")
    assert words in told


def test_a_web_source_without_pages_is_none(tmp_path: Path) -> None:
    (told,) = problems(tmp_path, "sources:\n  - name: help\n    kind: web\n")
    assert "has no `pages:` and no `sitemaps:`" in told


def test_tickets_in_jira_need_a_project(tmp_path: Path) -> None:
    text = "sources:\n  - name: tickets\n    kind: jira\n"
    (told,) = problems(tmp_path, text, jira_url="https://jira.example.com")
    assert "JIRA_PROJECT" in told
    assert read(tmp_path, text)[0].kind == "jira"  # the desk's own table has one


def test_private_requests_of_the_desk_stay_out(tmp_path: Path) -> None:
    database = database_with(tmp_path / "desk.sqlite3", Base.metadata)
    tracker = EmbeddedTracker(database, lambda _key: "")
    for private in (True, False):
        draft = Draft("MQLs", Person("U1", "Ann Lee"), Origin("somewhere", private=private), "Where are my MQLs?")
        with database.write() as session:
            marker = RequestStore(session).open(draft, request().created_at).marker
        key = tracker.create(new_ticket_for(marker, labels=("mops-desk", marker))).key
        tracker.change(key, Close("They are in the dashboard, by campaign."), "c")
    source = read(tmp_path, "sources:\n  - name: tickets\n    kind: jira\n    project: OPS\n")[0].source
    assert [(ref.path, bool(ref.withheld)) for ref in source.list()] == [("OPS-1", True), ("OPS-2", False)]
    database.close()


def test_the_samples_options_are_those_there_are(tmp_path: Path) -> None:
    sample = (Path(wiring.__file__).parent / "demo" / "data" / "sources.yaml").read_text(encoding="utf-8")
    kinds = [part for part in sample.split("  # - name: ") if "#   kind: web" in part or "#   kind: jira" in part]
    lines = "".join(f"  - name: {part}" for part in kinds).replace("\n  #   ", "\n    ").replace("\n  # ", "\n# ")
    assert [one.kind for one in read(tmp_path, f"sources:\n{lines}")] == ["web", "jira"]
    assert SourcesFile(tmp_path / "sources.yaml").listed()
