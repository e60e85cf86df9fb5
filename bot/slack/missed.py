"""What stands in a channel's history → messages as if Slack had delivered them. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.incoming import MessageIn
from bot.slack import parse
from bot.slack.typed import take_secrets_out

Payload = Mapping[str, Any]


@dataclass(frozen=True)
class Room:
    """A conversation the desk is in."""

    id: str
    is_dm: bool
    shared: bool | None


def room(conversation: Payload) -> Room:
    """The value of one of users.conversations' objects."""
    return Room(str(conversation["id"]), bool(conversation.get("is_im")), conversation.get("is_ext_shared"))


def message(team: str, where: Room, found: Payload, desk_user: str) -> MessageIn | None:
    """A message as the desk would have received it, marked late; None for what it does not listen to."""
    inner = {**found, "type": "message", "channel": where.id}
    if where.is_dm:
        inner["channel_type"] = "im"
    if inner.get("thread_ts") == inner.get("ts"):
        del inner["thread_ts"]  # the first message of a thread was none when it was written
    body = {
        "type": "event_callback",
        "team_id": team,
        "event_id": f"missed:{where.id}:{found.get('ts')}",
        "is_ext_shared_channel": where.shared,
        "event": inner,
    }
    take_secrets_out(body, lambda: None)
    item = parse.event(body, desk_user)
    return replace(item, late=True) if isinstance(item, MessageIn) else None


def said_since(thread: Sequence[Payload], item: MessageIn, desk_user: str) -> tuple[bool, bool]:
    """(whether the desk has spoken, whether somebody but the asker has) in a message's thread after it."""
    later = [one for one in thread if str(one.get("ts", "")) > item.ts]
    desk = any(one.get("user") == desk_user for one in later)
    people = any(one.get("user") not in (None, desk_user, item.user) and not one.get("bot_id") for one in later)
    return desk, people
