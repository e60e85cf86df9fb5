"""What happens in the pretend workspace, told to the desk as Slack's Events API tells it."""

from __future__ import annotations

import json
from collections.abc import Iterable

from bot.demo.slack_delivery import Answer, DeskLine, Parcel
from bot.demo.slack_payloads import event_envelope, message_json, view_json, without_nones
from bot.demo.slack_state import Channel, Json, Message, UserGroup, Workspace

_CHANNEL_TYPES = {"channel": "channel", "private": "group", "im": "im", "mpim": "mpim"}
_MESSAGE_EVENTS = {
    "channel": "message.channels",
    "private": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}


class Events:
    """Tells the desk what it subscribed to, where its bot is a member. Every event has its own ``event_id``."""

    def __init__(self, workspace: Workspace, line: DeskLine, subscriptions: Iterable[str]) -> None:
        self._workspace = workspace
        self._line = line
        self._subscriptions = frozenset(subscriptions)

    def posted(self, message: Message) -> None:
        """A new message. One that mentions the desk in a channel arrives twice, as with Slack: the desk must cope."""
        channel = self._workspace.channels[message.channel]
        team = self._workspace.team
        event = {**message_json(message, team), "channel": channel.id, "event_ts": message.ts}
        if message.user != team.bot_user:
            event["client_msg_id"] = f"client-{message.ts}"
        if message.thread_ts:
            root = self._workspace.message(channel.id, message.thread_ts)
            event["parent_user_id"] = root.user if root else message.user
        if f"<@{team.bot_user}>" in message.text and channel.kind != "im" and message.user != team.bot_user:
            self._send("app_mention", {**event, "type": "app_mention"}, channel, message.user)
        event["channel_type"] = _CHANNEL_TYPES[channel.kind]
        self._send(_MESSAGE_EVENTS[channel.kind], event, channel, message.user)

    def changed(self, message: Message, before: Message) -> None:
        """A message was edited or updated."""
        team = self._workspace.team
        self._send_hidden(
            message,
            {
                "subtype": "message_changed",
                "message": message_json(message, team),
                "previous_message": message_json(before, team),
            },
        )

    def deleted(self, message: Message) -> None:
        """A message was deleted."""
        previous = message_json(message, self._workspace.team)
        self._send_hidden(
            message, {"subtype": "message_deleted", "deleted_ts": message.ts, "previous_message": previous}
        )

    def reacted(self, message: Message, user: str, name: str, added: bool) -> None:
        """Somebody put a reaction on a message or took it off."""
        kind = "reaction_added" if added else "reaction_removed"
        event = {
            "type": kind,
            "user": user,
            "reaction": name,
            "item_user": message.user,
            "item": {"type": "message", "channel": message.channel, "ts": message.ts},
            "event_ts": self._workspace.stamp(),
        }
        self._send(kind, event, self._workspace.channels[message.channel], user)

    def channel_changed(self, before: Channel, after: Channel) -> None:
        """People came or left, or it became shared or stopped being so; events follow the change."""
        for person in sorted({*after.members} ^ {*before.members}):
            joined = person in after.members
            self._tell(
                "member_joined_channel" if joined else "member_left_channel",
                {"user": person, "channel": after.id, "channel_type": after.id[0], "team": self._workspace.team.id},
                after,
            )
        if before.ext_shared != after.ext_shared:
            which = "connected_team_id" if after.ext_shared else "previously_connected_team_id"
            name = "channel_shared" if after.ext_shared else "channel_unshared"
            self._tell(name, {"channel": after.id, which: "T0OTHER"}, after)

    def group_changed(self, group: UserGroup) -> None:
        """Other people are in a user group, or it was disabled."""
        subteam = {"id": group.id, "is_usergroup": True, "handle": group.handle, "users": list(group.members)}
        anywhere = self._workspace.channels_of(self._workspace.team.bot_user)[0]
        self._tell("subteam_updated", {"subteam": subteam}, anywhere)

    def home_opened(self, user: str) -> None:
        """A person opened the desk's home tab."""
        channel = self._workspace.dm(user)
        home = self._workspace.home(user)
        event = without_nones(
            {
                "type": "app_home_opened",
                "user": user,
                "channel": channel.id,
                "tab": "home",
                "view": view_json(home, self._workspace.team) if home else None,
                "event_ts": self._workspace.stamp(),
            }
        )
        self._send("app_home_opened", event, channel, user)

    def _tell(self, name: str, facts: Json, channel: Channel) -> None:
        event = {"type": name, **facts, "event_ts": self._workspace.stamp()}
        self._send(name, event, channel, self._workspace.team.bot_user)

    def _send_hidden(self, message: Message, event: Json) -> None:
        channel = self._workspace.channels[message.channel]
        stamp = self._workspace.stamp()
        hidden = {"type": "message", "hidden": True, "channel": channel.id, "ts": stamp, "event_ts": stamp}
        hidden["channel_type"] = _CHANNEL_TYPES[channel.kind]
        self._send(_MESSAGE_EVENTS[channel.kind], {**hidden, **event}, channel, message.user)

    def _send(self, name: str, event: Json, channel: Channel, user: str) -> None:
        team = self._workspace.team
        if name not in self._subscriptions or team.bot_user not in channel.members:
            return
        event = {**event, **self._stranger(user)}
        envelope = event_envelope(
            team, event, self._workspace.new_id("Ev"), self._workspace.clock(), channel.ext_shared
        )

        def tell(answer: Answer) -> None:
            if user != team.bot_user:
                status = f" (HTTP {answer.status})" if answer.status else ""
                text = f"The desk did not acknowledge {event['type']}: {answer.problem}{status}. Slack tries again."
                self._workspace.notify(user, text)

        self._line.send(Parcel("event", name, json.dumps(envelope)), tell)

    def _stranger(self, user: str) -> Json:
        """What marks people of other workspaces in their events."""
        team = self._workspace.users[user].team_id
        return {"user_team": team, "source_team": team} if team else {}
