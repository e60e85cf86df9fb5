"""What is taken out of documents before they are indexed, by the rule of their source."""

from __future__ import annotations

from pathlib import Path

import pytest
from support_canaries import CARDS, TOKENS
from support_database import database_with

from bot import wiring
from bot.errors import SourcesInvalid
from bot.settings import Settings
from bot.source_wiring import named_sources
from bot.sources.listed import ScheduledSource

PAGE = f"""# Ask jane@acme.example

Write to press@example.com or jane@acme.example (+49 170 1234567), or uma@own.example.
The card is {CARDS[0]}, the key {TOKENS["GitHub"]}.
"""


def listed(folder: Path, rule: str = "", kind: str = "folder") -> ScheduledSource:
    """One source with a page, as SOURCES_FILE lists it."""
    (folder / "docs").mkdir(exist_ok=True)
    (folder / "docs" / "page.md").write_text(PAGE)
    file = folder / "sources.yaml"
    file.write_text(f"version: 1\nsources:\n  - name: guides\n    kind: {kind}\n    path: docs\n{rule}")
    settings = Settings(_env_file=None, sources_file=file, data_dir=folder, own_domains="@Own.example")
    return wiring.sources_in_file(settings, database_with(folder / "desk.sqlite3"))[0]


def read(source: ScheduledSource) -> str:
    """Everything of its one document that would be indexed."""
    (ref,) = source.source.list()
    document = source.source.read(ref)
    return "\n".join([document.title, *(f"{one.heading}\n{one.text}" for one in document.sections)])


def test_people_and_secrets_are_taken_out_roles_and_own_domains_stay(tmp_path: Path) -> None:
    text = read(listed(tmp_path))
    assert "jane" not in text
    assert "press@example.com or [e-mail address left out] ([phone number left out]), or uma@own.example." in text
    assert "The card is [card number removed], the key [token removed]." in text


def test_a_source_may_keep_people_never_secrets(tmp_path: Path) -> None:
    text = read(listed(tmp_path, "    redact: none\n"))
    assert "jane@acme.example (+49 170 1234567)" in text
    assert "The card is [card number removed], the key [token removed]." in text


def test_another_rule_is_another_version_and_another_content(tmp_path: Path) -> None:
    people, none = listed(tmp_path).source, listed(tmp_path, "    redact: none\n").source
    (one,), (other,) = people.list(), none.list()
    assert one.version != other.version
    assert people.read(one).content_hash != none.read(other).content_hash


def test_a_folder_named_by_path_follows_the_usual_rule(tmp_path: Path) -> None:
    listed(tmp_path)
    settings = Settings(_env_file=None, data_dir=tmp_path)
    (source,) = named_sources(settings, (), [str(tmp_path / "docs")])
    assert "jane" not in read(source)


@pytest.mark.parametrize(
    ("rule", "kind", "advice"),
    [("some", "folder", "is `people` or `none`"), ("none", "transcripts", "is not for transcripts")],
)
def test_a_rule_that_cannot_be_is_told_with_its_line(tmp_path: Path, rule: str, kind: str, advice: str) -> None:
    with pytest.raises(SourcesInvalid, match=f"sources.yaml:6  .*{advice}"):
        listed(tmp_path, f"    redact: {rule}\n", kind)
