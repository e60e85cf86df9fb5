"""How Slack writes people, channels, messages and views in JSON: pure functions from the stand-in's values."""

from __future__ import annotations

from typing import Any

from bot.demo.slack_state import Channel, Json, Message, Team, User, View


def user_json(user: User, team: Team) -> Json:
    """A user as users.info gives it. People from other workspaces show no e-mail, as with Slack."""
    profile: Json = {
        "real_name": user.real_name,
        "display_name": user.name,
        "title": user.title,
        "team": user.team_id or team.id,
    }
    if user.email and not user.stranger:
        profile["email"] = user.email
    shown: Json = {
        "id": user.id,
        "team_id": user.team_id or team.id,
        "name": user.name,
        "real_name": user.real_name,
        "color": user.color,
        "deleted": user.deleted,
        "tz": user.tz,
        "profile": profile,
        "is_bot": user.is_bot,
        "is_restricted": user.guest or user.single_channel,
        "is_ultra_restricted": user.single_channel,
        "is_app_user": False,
        "is_admin": False,
    }
    return {**shown, "is_stranger": True} if user.stranger else shown


def channel_json(channel: Channel, team: Team) -> Json:
    """A conversation as conversations.info gives it to the bot."""
    shared: Json = {
        "id": channel.id,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "private",
        "is_im": channel.kind == "im",
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.kind != "channel",
        "is_archived": False,
        "is_shared": channel.ext_shared,
        "is_ext_shared": channel.ext_shared,
        "is_pending_ext_shared": bool(channel.offered_to),
        "pending_shared": list(channel.offered_to),
        "pending_connected_team_ids": list(channel.offered_to),
        "is_org_shared": False,
        "context_team_id": team.id,
    }
    if channel.kind == "im":
        return {**shared, "user": next(m for m in channel.members if m != team.bot_user)}
    return {
        **shared,
        "name": channel.name,
        "is_member": team.bot_user in channel.members,
        "num_members": len(channel.members),
        "topic": {"value": channel.topic},
        "purpose": {"value": channel.topic},
    }


def message_json(message: Message, team: Team, *, metadata: bool = False, replies: int = 0) -> Json:
    """A message as it appears in histories and payloads; ``metadata`` only where it was asked for."""
    shown: Json = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts, "team": team.id}
    if message.user == team.bot_user:
        shown |= {"bot_id": team.bot_id, "app_id": team.app_id, "blocks": list(message.blocks)}
    if message.thread_ts:
        shown["thread_ts"] = message.thread_ts
    elif replies:
        shown |= {"thread_ts": message.ts, "reply_count": replies}
    if message.files:
        shown |= {"subtype": "file_share", "files": list(message.files)}
    if message.edited:
        shown["edited"] = {"user": message.user, "ts": message.ts}
    if message.reactions:
        shown["reactions"] = [
            {"name": name, "users": list(users), "count": len(users)} for name, users in message.reactions
        ]
    if metadata and message.metadata:
        shown["metadata"] = message.metadata
    return shown


def view_json(view: View, team: Team) -> Json:
    """A view with what the person has typed in ``state.values``."""
    content = {"private_metadata": "", "callback_id": "", "external_id": "", **view.content}
    return {
        **content,
        "id": view.id,
        "team_id": team.id,
        "app_id": team.app_id,
        "app_installed_team_id": team.id,
        "bot_id": team.bot_id,
        "hash": view.hash,
        "root_view_id": view.root_id,
        "previous_view_id": view.previous_id,
        "state": {"values": view.values},
    }


def interaction_json(kind: str, user: User, team: Team) -> Json:
    """What every interactive payload begins with."""
    home = user.team_id or team.id
    return {
        "type": kind,
        "team": {"id": team.id, "domain": team.domain},
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": home},
        "api_app_id": team.app_id,
        "token": "",  # the deprecated verification token: signatures replace it
        "enterprise": None,
        "is_enterprise_install": False,
    }


def channel_ref(channel: Channel) -> Json:
    """A channel as interactive payloads name it."""
    names = {"im": "directmessage", "mpim": channel.name, "private": "privategroup", "channel": channel.name}
    return {"id": channel.id, "name": names[channel.kind]}


def event_envelope(team: Team, event: Json, event_id: str, at: float, ext_shared: bool) -> Json:
    """An event in the wrapping of the Events API."""
    authorization = {
        "enterprise_id": None,
        "team_id": team.id,
        "user_id": team.bot_user,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "type": "event_callback",
        "token": "",
        "team_id": team.id,
        "context_team_id": team.id,
        "context_enterprise_id": None,
        "api_app_id": team.app_id,
        "event": event,
        "event_id": event_id,
        "event_time": int(at),
        "authorizations": [authorization],
        "is_ext_shared_channel": ext_shared,
        "event_context": f"context-{event_id}",
    }


def without_nones(values: dict[str, Any]) -> Json:
    """The same without keys that have no value: Slack leaves those out."""
    return {key: value for key, value in values.items() if value is not None}
