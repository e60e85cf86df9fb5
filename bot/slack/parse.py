"""Slack's payloads → values. Pure functions; what is not for the desk becomes None."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bot.incoming import AskShortcut, ButtonPressed, FaqAsked, HomeOpened, MessageIn, SharedFile, WhyAsked
from bot.redaction import without_secrets
from bot.slack.ids import (
    CHECK,
    CHECK_BACK,
    CHOOSE_HIT,
    FEEDBACK,
    NONE_OF_THESE,
    NOT_WHAT_I_MEANT,
    SHORTCUT_ASK,
    SHORTCUT_WHY,
)
from bot.slack.message import row_id

Payload = Mapping[str, Any]

_SPOKEN_SUBTYPES = {None, "file_share", "thread_broadcast"}
"""Message subtypes in which a person says something new; edits, joins and bot posts are not questions."""

_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_CHANNEL = re.compile(r"<#([CG][A-Z0-9]+)(?:\|([^>]*))?>")
_LINK = re.compile(r"<((?:https?|mailto):[^|>]+)(?:\|([^>]*))?>")
_SPECIAL = re.compile(r"<!(?:subteam\^[A-Z0-9]+|date\^[^|>]*|[a-z]+)(?:[|^]([^>]*))?>")


def event(body: Payload, desk_user: str) -> MessageIn | HomeOpened | None:
    """The value of an Events API envelope; None for what needs no handling (our own posts, edits, joins)."""
    inner = body.get("event", {})
    if inner.get("type") == "app_home_opened":
        return _home(body, inner)
    if inner.get("type") not in ("message", "app_mention"):
        return None
    if inner.get("subtype") not in _SPOKEN_SUBTYPES or inner.get("bot_id") or not inner.get("user"):
        return None
    if inner["user"] == desk_user:
        return None
    text = inner.get("text")
    text = without_secrets(text).text if isinstance(text, str) else ""  # messages of blocks alone may have none
    mentioned = set(_MENTION.findall(text))
    thread = inner.get("thread_ts")
    return MessageIn(
        team=str(body.get("team_id", "")),
        channel=str(inner["channel"]),
        user=str(inner["user"]),
        ts=str(inner["ts"]),
        text=text,
        is_dm=inner.get("channel_type") == "im",
        mentions_desk=desk_user in mentioned,
        mentions_others=bool(mentioned - {desk_user}),
        event_id=str(body.get("event_id", "")),
        thread_ts=str(thread) if thread else None,
        shared=body.get("is_ext_shared_channel"),
        files=tuple(SharedFile(str(f["id"]), str(f.get("name") or "")) for f in inner.get("files") or ()),
    )


def reaction(body: Payload, name: str) -> FaqAsked | None:
    """Somebody put the emoji ``name`` on a message, to save it; None for anything else, and without a name."""
    inner = body.get("event", {})
    item = inner.get("item") or {}
    wanted = inner.get("type") == "reaction_added" and bool(name) and item.get("type") == "message"
    if not wanted or str(inner.get("reaction", "")).partition("::")[0] != name:
        return None
    channel, ts, user = str(item["channel"]), str(item["ts"]), str(inner["user"])
    return FaqAsked(user, "save", f"reaction:{user}:{channel}:{ts}", f"{channel}:{ts}:{ts}")


_CHANGES = frozenset({"channel_shared", "channel_unshared", "member_joined_channel", "member_left_channel"})
_GROUP_CHANGES = frozenset({"subteam_members_changed", "subteam_updated"})


def changed(body: Payload) -> str | None:
    """The channel or user group of which an event says that other people read there now; None for any other event.

    What Slack tells as a message counts, too: somebody came or left, or a channel became private or public.
    """
    inner = body.get("event", {})
    kind, subtype = inner.get("type"), str(inner.get("subtype") or "")
    if kind in _GROUP_CHANGES:
        return str(inner.get("subteam_id") or inner["subteam"]["id"])
    told = kind == "message" and subtype.startswith(("channel_", "group_"))
    return str(inner["channel"]) if told or kind in _CHANGES else None


def button(body: Payload) -> ButtonPressed:
    """The value of a block_actions payload from a message."""
    action = body["actions"][0]
    container = body.get("container", {})
    message = body.get("message", {})
    return ButtonPressed(
        team=str((body.get("team") or {}).get("id", "")),
        channel=str((body.get("channel") or {}).get("id") or container.get("channel_id", "")),
        user=str(body["user"]["id"]),
        action_id=str(action["action_id"]),
        value=str(action.get("value") or (action.get("selected_option") or {}).get("value", "")),
        message_ts=str(container.get("message_ts", "")),
        key=f"action:{body['user']['id']}:{action['action_id']}:{container.get('message_ts')}:{action.get('action_ts')}",
        thread_ts=message.get("thread_ts") or container.get("thread_ts"),
        response_url=body.get("response_url"),
        ephemeral=bool(container.get("is_ephemeral")),
    )


def ask_shortcut(body: Payload) -> AskShortcut:
    """The value of the message shortcut "Ask the desk"."""
    message = body["message"]
    return AskShortcut(
        team=str((body.get("team") or {}).get("id", "")),
        channel=str(body["channel"]["id"]),
        user=str(body["user"]["id"]),
        author=str(message.get("user", "")),
        message_ts=str(message["ts"]),
        text=str(message.get("text", "")),
        response_url=str(body.get("response_url", "")),
        key=f"shortcut:{SHORTCUT_ASK}:{body['user']['id']}:{message['ts']}:{body.get('action_ts')}",
        thread_ts=message.get("thread_ts"),
    )


_OF_A_QUESTION = (FEEDBACK, NOT_WHAT_I_MEANT, CHOOSE_HIT, NONE_OF_THESE, CHECK, CHECK_BACK)
"""Buttons whose values begin with the id of the question that their message answers."""


def why_shortcut(body: Payload) -> WhyAsked:
    """The value of the message shortcut "Why this answer?"."""
    message = body["message"]
    return WhyAsked(
        user=str(body["user"]["id"]),
        question_id=_question_in(message.get("blocks") or ()),
        response_url=str(body.get("response_url", "")),
        key=f"shortcut:{SHORTCUT_WHY}:{body['user']['id']}:{message['ts']}:{body.get('action_ts')}",
        thread_ts=message.get("thread_ts"),
    )


def _question_in(blocks: Iterable[Payload]) -> int | None:
    """The question whose answer or choices a message of ours shows."""
    elements = (element for block in blocks for element in block.get("elements") or ())
    for element in elements:
        if str(element.get("action_id", "")).startswith(_OF_A_QUESTION):
            value = element.get("value") or (element.get("positive_button") or {}).get("value") or ""
            number = row_id(str(value).partition(":")[0])
            if number >= 0:
                return number
    return None


def plain_text(text: str, desk_user: str = "", name_of: Callable[[str], str] = lambda _: "someone") -> str:
    """What a person typed, without Slack's markup: the desk's own mention dropped, links and names readable.

    ``name_of`` gives the name of a member id.
    """
    if desk_user:
        text = re.sub(rf"<@{desk_user}(?:\|[^>]*)?>", " ", text)
    text = _MENTION.sub(lambda m: f"@{name_of(m[1])}", text)
    text = _CHANNEL.sub(lambda m: f"#{m[2] or m[1]}", text)  # Slack leaves out names that not all may know
    text = _LINK.sub(lambda m: m[1] if not m[2] or m[2] == m[1] else f"{m[2]} ({m[1]})", text)
    text = _SPECIAL.sub(lambda m: m[1] or "", text)
    return re.sub(r"[ \t]+", " ", html.unescape(text)).strip()


def _home(body: Payload, inner: Payload) -> HomeOpened | None:
    if inner.get("tab") not in (None, "home"):
        return None
    return HomeOpened(user=str(inner["user"]), key=f"event:{body.get('event_id')}")
