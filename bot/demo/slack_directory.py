"""Slack's methods for looking around, and the small marks: reactions, pins, the assistant's status line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.demo.slack_arguments import Refused, required
from bot.demo.slack_chat import Chat, Method
from bot.demo.slack_payloads import channel_json, message_json, user_json
from bot.demo.slack_state import Channel, Json, Message, User, Workspace

DEFAULT_PAGE = 100
MAX_PAGE = 999


class Directory:
    """The methods that read the workspace, and the few small ones that mark messages."""

    def __init__(self, workspace: Workspace, chat: Chat) -> None:
        self._workspace = workspace
        self._chat = chat

    def methods(self) -> dict[str, Method]:
        """The methods by name."""
        return {
            "auth.test": self.auth_test,
            "conversations.replies": self.replies,
            "conversations.history": self.history,
            "conversations.info": self.info,
            "conversations.list": self.channels,
            "conversations.members": self.members,
            "conversations.open": self.open,
            "usergroups.list": self.groups,
            "usergroups.users.list": self.group_members,
            "users.conversations": self.my_channels,
            "users.info": self.user,
            "users.list": self.people,
            "users.lookupByEmail": self.by_email,
            "reactions.add": lambda arguments: self._react(arguments, add=True),
            "reactions.remove": lambda arguments: self._react(arguments, add=False),
            "reactions.get": self.reactions,
            "pins.add": lambda arguments: self._pin(arguments, pinned=True),
            "pins.remove": lambda arguments: self._pin(arguments, pinned=False),
            "assistant.threads.setStatus": self.status,
            "assistant.threads.setTitle": lambda _: {},
            "assistant.threads.setSuggestedPrompts": lambda _: {},
        }

    def auth_test(self, _arguments: Json) -> Json:
        """auth.test: who the token is."""
        team = self._workspace.team
        return {
            "url": f"https://{team.domain}.example.com/",
            "team": team.name,
            "team_id": team.id,
            "user": self._workspace.users[team.bot_user].name,
            "user_id": team.bot_user,
            "bot_id": team.bot_id,
            "is_enterprise_install": False,
        }

    def replies(self, arguments: Json) -> Json:
        """conversations.replies: a thread, its first message first."""
        channel = self._visible(arguments)
        root = self._workspace.message(channel.id, required(arguments, "ts"))
        if root is None or root.ephemeral_for:
            raise Refused("thread_not_found")
        thread = self._lasting(channel, root.thread_ts or root.ts)
        wanted = [thread[0], *(m for m in thread[1:] if _within(m, arguments))]
        return self._page(wanted, arguments)

    def history(self, arguments: Json) -> Json:
        """conversations.history: newest first, without replies in threads."""
        channel = self._visible(arguments)
        top = [m for m in self._lasting(channel) if m.thread_ts is None and _within(m, arguments)]
        return self._page(top[::-1], arguments)

    def info(self, arguments: Json) -> Json:
        """conversations.info."""
        return {"channel": channel_json(self._channel(arguments), self._workspace.team)}

    def channels(self, arguments: Json) -> Json:
        """conversations.list: what the bot may know of."""
        known = [c for c in self._workspace.channels.values() if c.kind == "channel"]
        return _paged("channels", [channel_json(c, self._workspace.team) for c in known], arguments)

    def my_channels(self, arguments: Json) -> Json:
        """users.conversations: where the bot is a member, of the kinds that were asked for."""
        names = {"channel": "public_channel", "private": "private_channel", "im": "im", "mpim": "mpim"}
        wanted = str(arguments.get("types") or "public_channel").split(",")
        team = self._workspace.team
        mine = [c for c in self._workspace.channels_of(team.bot_user) if names[c.kind] in wanted]
        return _paged("channels", [channel_json(c, team) for c in mine], arguments)

    def members(self, arguments: Json) -> Json:
        """conversations.members."""
        return _paged("members", list(self._channel(arguments).members), arguments)

    def groups(self, arguments: Json) -> Json:
        """usergroups.list: without paging, and without disabled groups unless asked for."""
        found = [g for g in self._workspace.groups.values() if not g.disabled or _flag(arguments, "include_disabled")]
        with_users = _flag(arguments, "include_users")
        shown = [{"id": g.id, "handle": g.handle, "name": g.handle, "is_usergroup": True} for g in found]
        if with_users:
            shown = [{**one, "users": list(g.members)} for one, g in zip(shown, found, strict=True)]
        return {"usergroups": shown}

    def group_members(self, arguments: Json) -> Json:
        """usergroups.users.list: a disabled group has no members, unless asked for."""
        group = self._workspace.groups.get(required(arguments, "usergroup"))
        if group is None:
            raise Refused("no_such_subteam")
        return {"users": list(group.members) if not group.disabled or _flag(arguments, "include_disabled") else []}

    def open(self, arguments: Json) -> Json:
        """conversations.open: the direct conversation with one person."""
        user = required(arguments, "users", "users_list_not_supplied")
        if user not in self._workspace.users:
            raise Refused("user_not_found")
        if user == self._workspace.team.bot_user:
            raise Refused("cannot_dm_bot")
        return {"channel": {"id": self._workspace.dm(user).id}}

    def user(self, arguments: Json) -> Json:
        """users.info."""
        user = self._workspace.users.get(required(arguments, "user", "user_not_found"))
        if user is None:
            raise Refused("user_not_found")
        return {"user": user_json(user, self._workspace.team)}

    def people(self, arguments: Json) -> Json:
        """users.list."""
        everyone = [user_json(user, self._workspace.team) for user in self._workspace.users.values()]
        return _paged("members", everyone, arguments)

    def by_email(self, arguments: Json) -> Json:
        """users.lookupByEmail."""
        email = required(arguments, "email", "users_not_found").lower()
        found = [u for u in self._workspace.users.values() if _reachable(u) and (u.email or "").lower() == email]
        if not found:
            raise Refused("users_not_found")
        return {"user": user_json(found[0], self._workspace.team)}

    def reactions(self, arguments: Json) -> Json:
        """reactions.get."""
        message = self._marked(arguments)
        return {
            "type": "message",
            "channel": message.channel,
            "message": message_json(message, self._workspace.team),
        }

    def status(self, arguments: Json) -> Json:
        """assistant.threads.setStatus: a line such as "is thinking…" until the desk's next reply there."""
        channel = required(arguments, "channel_id")
        root = self._workspace.message(channel, required(arguments, "thread_ts"))
        if root is None:
            raise Refused("thread_not_found")
        self._workspace.put(replace(root, pending_status=arguments.get("status") or None))
        return {}

    def _react(self, arguments: Json, *, add: bool) -> Json:
        message = self._marked(arguments)
        name = required(arguments, "name", "invalid_name").strip(":")
        bot = self._workspace.team.bot_user
        if (bot in dict(message.reactions).get(name, ())) == add:
            raise Refused("already_reacted" if add else "no_reaction")
        self._workspace.put(with_reaction(message, bot, name, add=add))
        return {}

    def _pin(self, arguments: Json, *, pinned: bool) -> Json:
        message = self._marked(arguments)
        if message.pinned == pinned:
            raise Refused("already_pinned" if pinned else "no_pin")
        self._workspace.put(replace(message, pinned=pinned))
        return {}

    def _marked(self, arguments: Json) -> Message:
        channel = self._chat.channel_to_post(arguments)
        message = self._workspace.message(channel.id, required(arguments, "timestamp", "no_item_specified"))
        if message is None or message.ephemeral_for:
            raise Refused("message_not_found")
        return message

    def _channel(self, arguments: Json) -> Channel:
        channel = self._workspace.channels.get(required(arguments, "channel", "channel_not_found"))
        hidden = channel is not None and channel.kind != "channel"
        if channel is None or (hidden and self._workspace.team.bot_user not in channel.members):
            raise Refused("channel_not_found")
        return channel

    def _visible(self, arguments: Json) -> Channel:
        channel = self._channel(arguments)
        if self._workspace.team.bot_user not in channel.members:
            raise Refused("not_in_channel")
        return channel

    def _lasting(self, channel: Channel, thread: str | None = None) -> list[Message]:
        return [m for m in self._workspace.messages(channel.id, thread) if not m.ephemeral_for]

    def _page(self, messages: list[Message], arguments: Json) -> Json:
        metadata = bool(arguments.get("include_all_metadata"))
        counts = self._workspace.reply_counts(messages[0].channel) if messages else {}
        team = self._workspace.team
        shown = [message_json(m, team, metadata=metadata, replies=counts.get(m.ts, 0)) for m in messages]
        page = _paged("messages", shown, arguments)
        return {**page, "has_more": bool(page["response_metadata"]["next_cursor"])}


def with_reaction(message: Message, user: str, name: str, *, add: bool) -> Message:
    """The message with one person's reaction put on or taken off."""
    reactions = dict(message.reactions)
    others = tuple(u for u in reactions.get(name, ()) if u != user)
    reactions[name] = (*others, user) if add else others
    return replace(message, reactions=tuple((key, users) for key, users in reactions.items() if users))


def _flag(arguments: Json, name: str) -> bool:
    return str(arguments.get(name, "")).lower() in ("1", "true")


def _reachable(user: User) -> bool:
    return not (user.stranger or user.deleted)


def _within(message: Message, arguments: Json) -> bool:
    """``oldest`` and ``latest`` bound the time; the bounds themselves count only with ``inclusive``."""
    oldest, latest = str(arguments.get("oldest") or "0"), str(arguments.get("latest") or "9999999999")
    if arguments.get("inclusive"):
        return float(oldest) <= float(message.ts) <= float(latest)
    return float(oldest) < float(message.ts) < float(latest)


def _paged(name: str, items: list[Any], arguments: Json) -> Json:
    try:
        start = int(str(arguments.get("cursor") or "0").removeprefix("next:"))
        limit = int(arguments.get("limit") or DEFAULT_PAGE)
    except ValueError as exc:
        raise Refused("invalid_cursor") from exc
    if not 0 < limit <= MAX_PAGE:
        raise Refused("invalid_limit", f"limit must be between 1 and {MAX_PAGE}")
    following = start + limit
    cursor = f"next:{following}" if following < len(items) else ""
    return {name: items[start:following], "response_metadata": {"next_cursor": cursor}}
