"""The Slack app's manifest, in its two variants: Socket Mode (no public address) and HTTP.

``python -m bot.slack.manifest`` prints one; with ``--write DIR`` both files at the repository's top are made anew.
Limits (names of 24, descriptions of 140 characters and so on) are those of Slack's manifest reference.

There is no ``features.agent_view`` on purpose: the desk is an ordinary app with mentions, messages and an App Home.
The agent surface asks for the scope ``assistant:write``, a paid plan and events the desk does not handle.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from bot.slack import ids
from bot.web_address import NOT_ONE, is_web_address

EXAMPLE_URL = "https://desk.example.com"
"""Stands in the HTTP file where the desk's own public address goes."""

SIGNED_IN = "/desk/signed-in"
"""Where the curation desk takes people back who signed in with Slack."""

SCOPES = (
    "app_mentions:read",  # @mentions
    "channels:history",  # follow-ups in threads, opted-in channels, confirming our own posts
    "channels:read",  # is a channel shared with another company, is a guest in it; who comes and leaves
    "chat:write",
    "commands",  # slash commands and message shortcuts
    "files:read",  # files chosen in a form go onto the ticket; an FAQ file sent to be imported
    "files:write",  # /faq export
    "groups:history",
    "groups:read",  # who reads along in a private channel
    "im:history",  # questions in a direct message
    "im:read",
    "im:write",  # open a direct message, to tell somebody about their ticket
    "mpim:history",
    "mpim:read",
    "reactions:read",  # SAVE_REACTION: an emoji of a curator's saves a reply as a draft of an FAQ entry
    "reactions:write",  # the first sign that a question was seen
    "usergroups:read",  # who may read what is kept for a user group, and when that changes
    "users:read",  # names, and who is a guest
    "users:read.email",  # the ticket's reporter
)


class Variant(StrEnum):
    """How Slack reaches the desk."""

    SOCKET = "socket"
    HTTP = "http"


def manifest(variant: Variant, url: str = EXAMPLE_URL) -> dict[str, Any]:
    """The manifest as Slack reads it. ``url`` is the desk's public address, without a path; HTTP only."""
    endpoint = f"{url.rstrip('/')}/slack/events" if variant is Variant.HTTP else None
    return {
        "display_information": _display(),
        "features": _features(endpoint),
        "oauth_config": {**_redirects(variant, url), "scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**_at(endpoint), "bot_events": list(ids.EVENTS)},
            "interactivity": {"is_enabled": True, **_at(endpoint)},
            "org_deploy_enabled": False,
            "socket_mode_enabled": variant is Variant.SOCKET,
            "token_rotation_enabled": False,
        },
    }


def _redirects(variant: Variant, url: str) -> dict[str, Any]:
    """Where Slack may send people back to who sign in to the curation desk."""
    return {"redirect_urls": [f"{url.rstrip('/')}{SIGNED_IN}"]} if variant is Variant.HTTP else {}


def as_yaml(variant: Variant, url: str = EXAMPLE_URL) -> str:
    """The manifest's text, with a comment on where it comes from."""
    where = "Socket Mode" if variant is Variant.SOCKET else f"HTTP; put your own address for {EXAMPLE_URL}"
    body = yaml.safe_dump(manifest(variant, url), sort_keys=False, allow_unicode=True, width=100)
    head = f"# Slack app manifest ({where}).\n# Made by `python -m bot.slack.manifest --write .`; change it there.\n"
    return head + body


def file_name(variant: Variant) -> str:
    """What the variant's file at the repository's top is called."""
    return f"slack-manifest.{variant}.yaml"


def _display() -> dict[str, str]:
    return {
        "name": "MOPS Desk",
        "description": "Answers marketing-ops questions from the team's own docs, or opens a complete ticket.",
        "long_description": (
            "The front desk of the marketing-operations team. Ask in a channel, in a direct message or with /mops: "
            "the desk answers from the team's FAQ and documents and shows where the answer stands. When it does not "
            "know, it opens a ticket with everything the team needs, and tells you how it goes until it is done."
        ),
        "background_color": "#1f3a5f",
    }


def _features(endpoint: str | None) -> dict[str, Any]:
    return {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": "MOPS Desk", "always_online": True},
        "shortcuts": [
            _message_shortcut(ids.SHORTCUT_ASK, "Ask the desk", "Look for an answer to this message"),
            _message_shortcut(ids.SHORTCUT_TICKET, "Open a ticket", "Turn this message into a ticket"),
            _message_shortcut(ids.SHORTCUT_WHY, "Why this answer?", "For curators: what the desk's answer rests on"),
            _message_shortcut(ids.SHORTCUT_WRONG, "Wrong answer", "For curators: lead it to the right entry"),
            _message_shortcut(ids.SHORTCUT_SAVE, "Save as FAQ", "Make a draft of an FAQ entry from this reply"),
        ],
        "slash_commands": [
            _command(ids.COMMAND_MOPS, "Ask the ops desk; only you see the answer", "where are my MQLs?", endpoint),
            _command(ids.COMMAND_TICKET, "Open a ticket for the ops team", "[what you need]", endpoint),
            _command(ids.COMMAND_FAQ, "Look at the FAQ, propose and curate entries", "search words", endpoint),
        ],
    }


def _message_shortcut(callback_id: str, name: str, description: str) -> dict[str, str]:
    return {"name": name, "type": "message", "callback_id": callback_id, "description": description}


def _command(command: str, description: str, hint: str, endpoint: str | None) -> dict[str, Any]:
    address = {"url": endpoint} if endpoint else {}
    return {"command": command, **address, "description": description, "usage_hint": hint, "should_escape": False}


def _at(endpoint: str | None) -> dict[str, str]:
    return {"request_url": endpoint} if endpoint else {}


def main(argv: Sequence[str] | None = None) -> None:
    """Print a manifest, or write both files."""
    parser = argparse.ArgumentParser(prog="python -m bot.slack.manifest", description="Slack's app manifest.")
    parser.add_argument("variant", nargs="?", type=Variant, choices=list(Variant), default=Variant.SOCKET)
    parser.add_argument("--url", default=EXAMPLE_URL, help="the desk's public address (HTTP)")
    parser.add_argument("--write", type=Path, metavar="DIR", help="write both variants' files into DIR")
    wanted = parser.parse_args(argv)
    if not is_web_address(wanted.url):
        parser.error(f"--url: “{wanted.url}” {NOT_ONE}")
    if wanted.write is None:
        sys.stdout.write(as_yaml(wanted.variant, wanted.url))
        return
    for variant in Variant:
        (wanted.write / file_name(variant)).write_text(as_yaml(variant, wanted.url), encoding="utf-8")


if __name__ == "__main__":
    main()
