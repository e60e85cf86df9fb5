"""Slack's app manifest says the same as the code that answers it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.curation_web.entrance import SIGNED_IN
from bot.slack import ids
from bot.slack.manifest import SCOPES, Variant, as_yaml, file_name, main, manifest

TOP = Path(__file__).parents[2]
SCOPE_OF_EVENT = {
    "app_mention": "app_mentions:read",
    "channel_shared": "channels:read",
    "channel_unshared": "channels:read",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "subteam_members_changed": "usergroups:read",
    "subteam_updated": "usergroups:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "reaction_added": "reactions:read",
}
both = pytest.mark.parametrize("variant", list(Variant))


@both
def test_file_at_the_top_is_what_the_code_makes(variant: Variant) -> None:
    text = (TOP / file_name(variant)).read_text(encoding="utf-8")
    assert text == as_yaml(variant), "run: python -m bot.slack.manifest --write ."
    assert yaml.safe_load(text) == manifest(variant)


@both
def test_commands_shortcuts_and_events_are_the_ones_in_code(variant: Variant) -> None:
    features = manifest(variant)["features"]
    assert {c["command"] for c in features["slash_commands"]} == {
        ids.COMMAND_MOPS,
        ids.COMMAND_TICKET,
        ids.COMMAND_FAQ,
    }
    assert {s["callback_id"] for s in features["shortcuts"]} == {
        ids.SHORTCUT_ASK,
        ids.SHORTCUT_TICKET,
        ids.SHORTCUT_WHY,
        ids.SHORTCUT_WRONG,
        ids.SHORTCUT_SAVE,
    }
    assert {s["type"] for s in features["shortcuts"]} == {"message"}
    assert tuple(manifest(variant)["settings"]["event_subscriptions"]["bot_events"]) == ids.EVENTS


def test_every_subscribed_event_has_the_scope_it_needs() -> None:
    needed = {SCOPE_OF_EVENT[event] for event in ids.EVENTS if event != "app_home_opened"}
    assert needed <= set(SCOPES)
    assert len(set(SCOPES)) == len(SCOPES)


def test_slack_sends_people_back_to_where_the_curation_desk_takes_them() -> None:
    made = manifest(Variant.HTTP, "https://desk.acme.example/")
    assert made["oauth_config"]["redirect_urls"] == [f"https://desk.acme.example{SIGNED_IN}"]


def test_socket_mode_names_no_address() -> None:
    made = manifest(Variant.SOCKET)
    assert made["settings"]["socket_mode_enabled"]
    assert "://" not in yaml.safe_dump(made)


def test_http_sends_everything_to_the_one_endpoint() -> None:
    made = manifest(Variant.HTTP, "https://desk.acme.test/")
    settings = made["settings"]
    addresses = [settings["event_subscriptions"]["request_url"], settings["interactivity"]["request_url"]]
    addresses += [command["url"] for command in made["features"]["slash_commands"]]
    assert set(addresses) == {"https://desk.acme.test/slack/events"}
    assert not settings["socket_mode_enabled"]


@both
def test_texts_fit_slacks_limits(variant: Variant) -> None:
    made = manifest(variant)
    shown: dict[str, Any] = made["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 174 <= len(shown["long_description"]) <= 4000
    assert all(len(s["name"]) <= 24 and len(s["description"]) <= 150 for s in made["features"]["shortcuts"])
    assert made["settings"]["interactivity"]["is_enabled"]
    assert made["features"]["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }


@pytest.mark.parametrize("url", ["desk.acme.test", "javascript:alert(1)", "https://", ""])
def test_an_address_that_is_none_makes_no_manifest(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["http", "--url", url])
    assert ended.value.code == 2
    shown = capsys.readouterr()
    assert "is not a web address; start it with https:// and a host" in shown.err
    assert shown.out == ""


def test_nothing_is_written_unless_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["http", "--url", "https://desk.acme.test"])
    assert "https://desk.acme.test/slack/events" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())
    main(["--write", str(tmp_path)])
    assert {path.name for path in tmp_path.iterdir()} == {file_name(variant) for variant in Variant}
