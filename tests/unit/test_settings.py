"""Settings: what stands in .env.example is what the code reads, and mistakes are named all at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain import Escalation
from bot.errors import SettingsInvalid
from bot.settings import Settings, load_settings

EXAMPLE = (Path(__file__).parents[2] / ".env.example").read_text(encoding="utf-8")
LINES = re.findall(r"^([A-Z_]+)=(.*)$", EXAMPLE, flags=re.MULTILINE)
NAMES = [name.upper() for name in Settings.model_fields]


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Neither the environment nor a .env file of whoever runs the tests counts."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    yield


def test_the_example_names_every_setting_once_and_no_other() -> None:
    assert sorted(name for name, _ in LINES) == sorted(NAMES)


def test_every_setting_in_the_example_has_a_comment_or_belongs_to_the_one_above() -> None:
    lines = EXAMPLE.splitlines()
    alone = [
        line for before, line in zip(lines, lines[1:], strict=False) if line and line[0].isupper() and not before
    ]
    assert alone == []


def test_the_example_holds_the_defaults(tmp_path: Path) -> None:
    example = tmp_path / "example.env"
    example.write_text(EXAMPLE, encoding="utf-8")
    assert load_settings(example) == load_settings(None)
    written = {name: value for name, value in LINES if value}
    shown = {name: str(getattr(load_settings(None), name.lower())) for name in written}
    assert shown == written


def test_an_empty_value_means_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.setenv(name, "")
    assert load_settings(None).port == 3000
    assert load_settings(None).escalation is Escalation.AUTO


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("PORT=4000\nHOST=0.0.0.0\nNOT_OURS=1\n", encoding="utf-8")
    monkeypatch.setenv("PORT", "5000")
    settings = load_settings()
    assert (settings.port, settings.host) == (5000, "0.0.0.0")


def test_values_may_be_written_as_people_write_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LISTEN_CHANNELS", "C0123, C0456,,")
    monkeypatch.setenv("ESCALATION", "Offer")
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    monkeypatch.setenv("SLACK_BOT_TOKEN", " xoxb-1 \n")
    settings = load_settings(None)
    assert settings.listen_channels == {"C0123", "C0456"}
    assert (settings.escalation, settings.log_level) == (Escalation.OFFER, "debug")
    assert settings.slack_bot_token == "xoxb-1"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-…"),
        ("JIRA_API_TOKEN", "two words"),
        ("JIRA_URL", "acme.atlassian.net"),
        ("SLACK_API_URL", "https://"),
        ("TIMEZONE", "Berlin"),
        ("REGIONS", "Europe"),
        ("TIMEZONE", "../etc/passwd"),
        ("TIMEZONE", "Europe"),
        ("PORT", "70000"),
        ("ESCALATION", "never"),
        ("JIRA_FLAVOUR", "azure"),
    ],
)
def test_a_wrong_value_is_refused_by_its_name(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsInvalid) as refused:
        load_settings(None)
    said = str(refused.value).splitlines()
    assert len(said) == 3
    assert said[1].startswith(f"  - {name}: ")
    assert "Value error" not in said[1]


def test_everything_that_is_missing_for_slack_and_jira_is_named_in_one_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIRA_URL", "https://jira.example.com")
    with pytest.raises(SettingsInvalid) as refused:
        load_settings(None).require_slack()
    listed = [line for line in str(refused.value).splitlines() if line.startswith("  - ")]
    assert [line.split()[1] for line in listed] == [
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "JIRA_API_TOKEN",
        "JIRA_PROJECT",
    ]


@pytest.mark.parametrize("mode", ["SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"])
def test_either_way_of_reaching_slack_is_enough(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv(mode, "xapp-1")
    load_settings(None).require_slack()


def test_every_setting_that_is_a_secret_is_listed_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [name for name in NAMES if name.endswith(("_TOKEN", "_SECRET"))]
    for name in names:
        monkeypatch.setenv(name, f"secret-{name}")
    assert set(load_settings(None).secrets) == {f"secret-{name}" for name in names}


def test_own_domains_are_told_apart_by_commas_and_checked(tmp_path: Path) -> None:
    assert Settings(_env_file=None, own_domains=" @Acme.com, acme.co.uk ").own_domains == {"acme.com", "acme.co.uk"}
    (tmp_path / ".env").write_text("OWN_DOMAINS=acme\n")
    with pytest.raises(SettingsInvalid, match="OWN_DOMAINS: is not a list of domains"):
        load_settings(tmp_path / ".env")


def test_the_databases_password_is_a_secret_as_written_and_as_meant() -> None:
    settings = Settings(_env_file=None, database_url="postgresql+psycopg://desk:p%40ssw0rd@db/desk")
    assert {"p%40ssw0rd", "p@ssw0rd"} <= set(settings.secrets)
    assert "ssw0rd" not in f"{settings} {settings!r}"
