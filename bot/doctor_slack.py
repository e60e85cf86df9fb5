"""For the doctor: how the app is set up in Slack, and whether the channels and people in our settings are there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from bot.doctor_check import Worry
from bot.errors import DeskError, SlackRefused
from bot.slack.client import SlackClient
from bot.slack.inspection import Inspection
from bot.slack.manifest import SCOPES, Variant, file_name, manifest

_SECRET = re.compile(r"[0-9a-f]{32}")
_GROUP = "S"

Found = TypeVar("Found")


def signed_in(slack: SlackClient) -> str:
    """The bot token is taken, and may do what the desk does."""
    team, user, _ = slack.identity()
    granted = slack.scopes()
    missing = [] if granted is None else [scope for scope in SCOPES if scope not in granted]
    if missing:
        raise DeskError(
            f"The Slack app lacks the scopes {', '.join(missing)}. Add them under OAuth & Permissions (or paste our "
            "manifest again), and install the app once more."
        )
    return f"signed in to {team} as {user}, with every scope"


def signing_secret(secret: str) -> str:
    """SLACK_SIGNING_SECRET looks like one. Whether it is ours shows with Slack's first request."""
    if not _SECRET.fullmatch(secret):
        raise Worry(
            "SLACK_SIGNING_SECRET does not look like one (32 characters of 0-9 and a-f). Copy it again from Basic "
            "Information, App Credentials; with a wrong one everything Slack sends is refused (401)."
        )
    return "has the form of one"


def set_up(slack: Inspection, config: Inspection | None, socket_mode: bool) -> str:
    """Commands, shortcuts and events of the app are those of our manifest, as far as Slack lets us see."""
    wanted = manifest(Variant.SOCKET if socket_mode else Variant.HTTP)
    if config is None:
        return (
            "Slack shows these to an app configuration token only (SLACK_CONFIG_TOKEN). Without one, compare under "
            f"api.slack.com/apps, App Manifest, with {file_name(Variant.SOCKET if socket_mode else Variant.HTTP)}:"
            f"\ncommands {', '.join(_commands(wanted))}"
            f"\nevents {', '.join(_events(wanted))}"
        )
    found = config.app_manifest(slack.app_id())
    lacks = [
        f"{what} {', '.join(missing)}"
        for what, names in (("commands", _commands), ("shortcuts", _shortcuts), ("events", _events))
        if (missing := [name for name in names(wanted) if name not in names(found)])
    ]
    if socket_mode != bool(_in(found, "settings", "socket_mode_enabled")):
        lacks.append(f"Socket Mode switched {'on' if socket_mode else 'off'}")
    if lacks:
        raise DeskError(
            f"The Slack app lacks {'; '.join(lacks)}. Print our manifest (python -m bot.slack.manifest), paste it "
            "under App Manifest, and install the app once more."
        )
    return "commands, shortcuts and events are those of our manifest"


def channels(slack: SlackClient, named: Mapping[str, Iterable[str]]) -> str:
    """Every channel of a setting is there, open, and the desk is in it. ``named``: ids by setting."""
    return f"the desk is in each of the {_all_well(slack, named, _channel_trouble)} channels of the settings"


def people(slack: SlackClient, named: Mapping[str, Iterable[str]]) -> str:
    """Every person and user group of a setting is there and active. ``named``: Slack ids by setting."""
    return f"Slack knows each of the {_all_well(slack, named, _person_trouble)} people and groups of the settings"


def _all_well(
    slack: SlackClient, named: Mapping[str, Iterable[str]], trouble_of: Callable[[SlackClient, str], str | None]
) -> int:
    """How many there are. Raises DeskError when something is wrong with one of them."""
    troubles = [
        f"{setting} {id_}: {trouble}"
        for setting, found in named.items()
        for id_ in sorted(found)
        if (trouble := trouble_of(slack, id_))
    ]
    if troubles:
        raise DeskError(" ".join(troubles))
    return sum(len(set(found)) for found in named.values())


def _channel_trouble(slack: SlackClient, id_: str) -> str | None:
    found = _known(slack.channel, id_)
    if found is None:
        return (
            "Slack knows no such channel, or it is private and the desk is not in it. Use its id (C…), and invite us."
        )
    if found.get("is_archived"):
        return "is archived. Name another channel."
    if not found.get("is_member"):
        return f"the desk is not in it. Write /invite @MOPS Desk in #{found.get('name', id_)}."
    return None


def _person_trouble(slack: SlackClient, id_: str) -> str | None:
    if id_.startswith(_GROUP):
        members = _known(slack.group_members, id_)
        if members is None:
            return "Slack knows no such user group. Use its id (S…), not its handle."
        return None if members else "this user group has nobody in it. Add people, or name others."
    found = _known(slack.person, id_)
    if found is None:
        return "Slack knows nobody with this id. Use a member id (U…), from their profile."
    if found.get("deleted"):
        return "has left the workspace. Name somebody else."
    return "is a bot, not a person. Name somebody else." if found.get("is_bot") else None


def _known(look: Callable[[str], Found], id_: str) -> Found | None:
    try:
        return look(id_)
    except SlackRefused:
        return None


def _commands(found: Mapping[str, Any]) -> list[str]:
    return list(_named(_in(found, "features", "slash_commands"), "command"))


def _shortcuts(found: Mapping[str, Any]) -> list[str]:
    return list(_named(_in(found, "features", "shortcuts"), "callback_id"))


def _events(found: Mapping[str, Any]) -> list[str]:
    return [str(event) for event in _in(found, "settings", "event_subscriptions", "bot_events") or ()]


def _named(items: Any, key: str) -> Iterator[str]:  # noqa: ANN401 - JSON
    return (str(item.get(key)) for item in items or ())


def _in(found: Mapping[str, Any], *path: str) -> Any:  # noqa: ANN401 - JSON
    value: Any = found
    for part in path:
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
