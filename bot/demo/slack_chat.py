"""Slack's chat.* methods and response URLs: what the desk says, changes and takes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.demo.slack_arguments import Refused, required
from bot.demo.slack_events import Events
from bot.demo.slack_grants import ResponseUrl
from bot.demo.slack_ledger import Ledger
from bot.demo.slack_limits import COMFORTABLE_TEXT, broadcasts, check_message, elements_of
from bot.demo.slack_payloads import message_json
from bot.demo.slack_state import Channel, Json, Message, Workspace

Method = Callable[[Json], Json]
"""A Web API method: arguments in, answer out (without ``ok``). Raises Refused."""


class Chat:
    """The chat.* methods over a workspace."""

    def __init__(self, workspace: Workspace, ledger: Ledger, events: Events, permalinks: str) -> None:
        self._workspace = workspace
        self._ledger = ledger
        self._events = events
        self._permalinks = permalinks

    def methods(self) -> dict[str, Method]:
        """The methods by name."""
        return {
            "chat.postMessage": self.post,
            "chat.postEphemeral": self.post_ephemeral,
            "chat.update": self.update,
            "chat.delete": self.delete,
            "chat.getPermalink": self.permalink,
        }

    def post(self, arguments: Json) -> Json:
        """chat.postMessage."""
        channel = self.channel_to_post(arguments)
        self._admit("chat.postMessage", arguments, posted=True)
        message = self._store(channel, arguments, thread_ts=self._thread(channel, arguments))
        self._events.posted(message)
        return self._posted(message)

    def post_ephemeral(self, arguments: Json) -> Json:
        """chat.postEphemeral: only one member sees it."""
        channel = self.channel_to_post(arguments)
        user = required(arguments, "user")
        if user not in channel.members:
            raise Refused("user_not_in_channel")
        self._admit("chat.postEphemeral", arguments)
        thread = self._thread(channel, arguments)
        return {"message_ts": self._store(channel, arguments, thread_ts=thread, ephemeral_for=user).ts}

    def update(self, arguments: Json) -> Json:
        """chat.update. Blocks and metadata that are not sent stay as they were."""
        before = self._own(arguments, "cant_update_message")
        self._admit("chat.update", {"text": before.text, "blocks": list(before.blocks), **arguments})
        message = self._changed(before, arguments)
        self._events.changed(message, before)
        return {**self._posted(message), "text": message.text}

    def delete(self, arguments: Json) -> Json:
        """chat.delete."""
        message = self._own(arguments, "cant_delete_message")
        self._workspace.remove(message)
        self._events.deleted(message)
        return {"channel": message.channel, "ts": message.ts}

    def permalink(self, arguments: Json) -> Json:
        """chat.getPermalink."""
        channel = required(arguments, "channel")
        message = self._workspace.message(channel, required(arguments, "message_ts"))
        if message is None or message.ephemeral_for:
            raise Refused("message_not_found")
        link = f"{self._permalinks}/archives/{channel}/p{message.ts.replace('.', '')}"
        if message.thread_ts:
            link += f"?thread_ts={message.thread_ts}&cid={channel}"
        return {"channel": channel, "permalink": link}

    def respond(self, url: ResponseUrl, arguments: Json) -> None:
        """A post to a response URL: replace or delete the message it came from, or say something new."""
        source = self._workspace.message(url.channel, url.message_ts) if url.message_ts else None
        if arguments.get("delete_original"):
            if source is not None:
                self._workspace.remove(source)
            return
        self._admit("response_url", arguments)
        if arguments.get("replace_original") and source is not None:
            self._changed(source, {"blocks": [], **arguments})
            return
        self.reply(url, arguments)

    def reply(self, url: ResponseUrl, arguments: Json) -> Message:
        """A new message at the place of an interaction: for one person unless ``response_type`` is in_channel."""
        public = arguments.get("response_type") == "in_channel"
        channel = self._workspace.channels[url.channel]
        thread = arguments.get("thread_ts") or url.thread_ts
        return self._store(channel, arguments, thread_ts=thread, ephemeral_for=None if public else url.user)

    def admit_ack(self, arguments: Json) -> None:
        """Check a message sent as the acknowledgement of a command. Raises Refused."""
        self._admit("ack", arguments)

    def channel_to_post(self, arguments: Mapping[str, Any]) -> Channel:
        """The channel a call names, by id or as a person's id. Raises Refused as Slack would."""
        wanted = required(arguments, "channel", "channel_not_found")
        if wanted in self._workspace.users and wanted != self._workspace.team.bot_user:
            return self._workspace.dm(wanted)
        channel = self._workspace.channels.get(wanted)
        if channel is None:
            raise Refused("channel_not_found")
        if self._workspace.team.bot_user not in channel.members:
            raise Refused("channel_not_found" if channel.kind == "private" else "not_in_channel")
        return channel

    def _thread(self, channel: Channel, arguments: Mapping[str, Any]) -> str | None:
        thread = arguments.get("thread_ts")
        if not thread:
            return None
        root = self._workspace.message(channel.id, str(thread))
        if root is None or root.ephemeral_for:
            raise Refused("thread_not_found", f"no message {thread} in {channel.id} to reply to")
        if root.thread_ts:
            raise Refused("cannot_reply_to_message", "thread_ts must be the thread's first message, not a reply")
        return str(thread)

    def _own(self, arguments: Mapping[str, Any], error: str) -> Message:
        channel = self.channel_to_post(arguments)
        message = self._workspace.message(channel.id, required(arguments, "ts"))
        if message is None or message.ephemeral_for:
            raise Refused("message_not_found")
        if message.user != self._workspace.team.bot_user:
            raise Refused(error)
        return message

    def _admit(self, method: str, arguments: Mapping[str, Any], *, posted: bool = False) -> None:
        if "attachments" in arguments:
            raise Refused("invalid_attachments", "the stand-in knows no attachments; send blocks")
        refusal = check_message(arguments, posted=posted)
        if refusal is not None:
            raise Refused(refusal.error, *refusal.reasons)
        for loud in broadcasts({"text": arguments.get("text"), "blocks": arguments.get("blocks")}):
            self._ledger.violation(method, "broadcast", f"{loud} would ping everyone in the channel")
        if len(arguments.get("text") or "") > COMFORTABLE_TEXT:
            self._ledger.warn(method, "long_text", f"text is longer than {COMFORTABLE_TEXT} characters")

    def _store(
        self,
        channel: Channel,
        arguments: Mapping[str, Any],
        *,
        thread_ts: str | None = None,
        ephemeral_for: str | None = None,
    ) -> Message:
        return self._workspace.put(
            Message(
                channel=channel.id,
                ts=self._workspace.stamp(),
                user=self._workspace.team.bot_user,
                text=arguments.get("text") or "",
                blocks=with_ids(arguments.get("blocks"), self._workspace),
                thread_ts=thread_ts,
                metadata=arguments.get("metadata"),
                ephemeral_for=ephemeral_for,
            )
        )

    def _changed(self, message: Message, arguments: Mapping[str, Any]) -> Message:
        changes: Json = {"text": arguments["text"]} if "text" in arguments else {}
        if "blocks" in arguments:
            changes["blocks"] = with_ids(arguments["blocks"], self._workspace)
        if "metadata" in arguments:
            changes["metadata"] = arguments["metadata"] or None
        return self._workspace.put(replace(message, **changes))

    def _posted(self, message: Message) -> Json:
        shown = message_json(message, self._workspace.team, metadata=True)
        return {"channel": message.channel, "ts": message.ts, "message": shown}


def with_ids(blocks: list[Json] | None, workspace: Workspace) -> tuple[Json, ...]:
    """The blocks with a ``block_id`` and ``action_id`` wherever the desk left them to Slack."""
    named = []
    for block in blocks or ():
        copy = {"block_id": workspace.new_id("b"), **block}
        nameless = [id(item) for item in elements_of(block) if "action_id" not in item]
        for key in ("accessory", "element"):
            if id(block.get(key)) in nameless:
                copy[key] = {"action_id": workspace.new_id("a"), **block[key]}
        if nameless and "elements" in block:
            copy["elements"] = [
                {"action_id": workspace.new_id("a"), **item} if id(item) in nameless else item
                for item in block["elements"]
            ]
        named.append(copy)
    return tuple(named)
