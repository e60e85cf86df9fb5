"""What the stand-in for Slack remembers: people, channels, messages, modals, homes. Thread-safe; no I/O."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Clock = Callable[[], float]
"""Seconds since 1970, as ``time.time``; tests hand in their own."""

Json = dict[str, Any]
"""A JSON object as Slack sends it. Never changed in place once stored."""

MAX_NOTICES = 20


@dataclass(frozen=True)
class User:
    """A person or a bot. ``stranger`` is somebody from another workspace (Slack Connect).

    A ``guest`` is in some of the channels only, one of them where they are a ``single_channel`` guest.
    """

    id: str
    name: str
    real_name: str
    color: str
    email: str | None = None
    title: str = ""
    tz: str = "Europe/Berlin"
    is_bot: bool = False
    guest: bool = False
    stranger: bool = False
    deleted: bool = False
    team_id: str | None = None  # None: the workspace's own team
    single_channel: bool = False


@dataclass(frozen=True)
class Channel:
    """A place to talk; ``mpim`` is a DM of several people. ``ext_shared`` marks Slack Connect channels.

    ``offered_to``: teams that were invited to share the channel and have not accepted yet.
    """

    id: str
    name: str
    kind: Literal["channel", "private", "im", "mpim"]
    members: tuple[str, ...]
    topic: str = ""
    ext_shared: bool = False
    offered_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class UserGroup:
    """A group of people that can be mentioned as one."""

    id: str
    handle: str
    members: tuple[str, ...] = ()
    disabled: bool = False


@dataclass(frozen=True)
class Message:
    """One message as it is shown now. ``ephemeral_for`` names its only reader; those are in no history."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: tuple[Json, ...] = ()
    thread_ts: str | None = None
    metadata: Json | None = None
    edited: bool = False
    pinned: bool = False
    ephemeral_for: str | None = None
    reactions: tuple[tuple[str, tuple[str, ...]], ...] = ()  # (emoji name, who), oldest first
    pending_status: str | None = None  # "is thinking…", shown under the thread's first message
    files: tuple[Json, ...] = ()


@dataclass(frozen=True)
class View:
    """A modal or home tab. ``content`` is the app's JSON, ``values`` what the person had typed when last heard of."""

    id: str
    content: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    values: Json = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Notice:
    """A line only one person sees outside any message, such as a failed command."""

    id: int
    text: str
    at: float


@dataclass(frozen=True)
class Team:
    """The workspace and our app in it."""

    id: str
    name: str
    domain: str
    bot_user: str
    bot_id: str
    app_id: str


class Workspace:
    """Everything there is in the pretend workspace.

    Each change raises ``version`` and wakes ``wait``. Readers get frozen values; writers go through the methods.
    Message times are the clock's, at least a microsecond apart, so that they are unique and in order.
    """

    def __init__(
        self, team: Team, users: Sequence[User], channels: Sequence[Channel], clock: Clock = time.time
    ) -> None:
        self.team = team
        self.clock = clock
        self.users = {user.id: user for user in users}
        self.channels = {channel.id: channel for channel in channels}
        self.groups: dict[str, UserGroup] = {}
        self.version = 1
        self._messages: dict[tuple[str, str], Message] = {}
        self._modals: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}
        self._notices: dict[str, list[Notice]] = {}
        self._changed = threading.Condition(threading.RLock())
        self._last_us = 0
        self._serial = 0

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else reads or writes inside the block."""
        with self._changed:
            yield

    def touch(self) -> None:
        """Say that something changed."""
        with self._changed:
            self.version += 1
            self._changed.notify_all()

    def wait(self, timeout: float) -> None:
        """Return after the next change, or after ``timeout`` real seconds."""
        with self._changed:
            self._changed.wait(timeout)

    def stamp(self) -> str:
        """A fresh message time, later than every earlier one."""
        with self._changed:
            self._last_us = max(int(self.clock() * 1_000_000), self._last_us + 1)
            return f"{self._last_us // 1_000_000}.{self._last_us % 1_000_000:06d}"

    def new_id(self, prefix: str) -> str:
        """A fresh id such as ``V0000012``: numbered in order of use."""
        with self._changed:
            self._serial += 1
            return f"{prefix}{self._serial:07d}"

    def add_user(self, user: User) -> User:
        """A person joins; the id must be new. They are in no channel yet."""
        with self._changed:
            self.users[user.id] = user
            self.touch()
            return user

    def put_channel(self, channel: Channel) -> Channel:
        """Add a channel, or replace the one with the same id."""
        with self._changed:
            self.channels[channel.id] = channel
            self.touch()
            return channel

    def put_group(self, group: UserGroup) -> UserGroup:
        """Add a user group, or replace the one with the same id."""
        with self._changed:
            self.groups[group.id] = group
            self.touch()
            return group

    def dm(self, user: str) -> Channel:
        """The direct conversation between a person and the desk, made on first use."""
        with self._changed:
            for channel in self.channels.values():
                if channel.kind == "im" and user in channel.members:
                    return channel
            name = self.users[self.team.bot_user].real_name
            return self.put_channel(Channel("D" + user[1:], name, "im", (user, self.team.bot_user)))

    def channels_of(self, user: str) -> list[Channel]:
        """The channels a person sees, in the order they were made; direct conversations last."""
        with self._changed:
            mine = [c for c in self.channels.values() if user in c.members]
        return sorted(mine, key=lambda channel: channel.kind == "im")

    def put(self, message: Message) -> Message:
        """Store a message, new or changed. A reply of the desk ends the thread's pending status."""
        with self._changed:
            self._messages[message.channel, message.ts] = message
            if message.user == self.team.bot_user and message.thread_ts:
                self._end_status(message)
            self.touch()
            return message

    def _end_status(self, reply: Message) -> None:
        root = self._messages.get((reply.channel, reply.thread_ts or ""))
        if root is not None and root.pending_status and reply.ts > root.ts:
            self._messages[root.channel, root.ts] = replace(root, pending_status=None)

    def remove(self, message: Message) -> None:
        """Delete a message; its replies stay."""
        with self._changed:
            self._messages.pop((message.channel, message.ts), None)
            self.touch()

    def message(self, channel: str, ts: str) -> Message | None:
        """The message at that time, ephemeral ones included."""
        with self._changed:
            return self._messages.get((channel, ts))

    def messages(self, channel: str, thread: str | None = None) -> list[Message]:
        """Messages of a channel, or of one thread with its first message; oldest first, ephemeral ones included."""
        with self._changed:
            found = [m for m in self._messages.values() if m.channel == channel]
        if thread is not None:
            found = [m for m in found if thread in (m.ts, m.thread_ts)]
        return sorted(found, key=lambda message: message.ts)

    def reply_counts(self, channel: str) -> dict[str, int]:
        """How many lasting replies each thread has, by the thread's time."""
        counts: dict[str, int] = {}
        for message in self.messages(channel):
            if message.thread_ts and not message.ephemeral_for:
                counts[message.thread_ts] = counts.get(message.thread_ts, 0) + 1
        return counts

    def modals(self, user: str) -> tuple[View, ...]:
        """A person's open modals, bottom first."""
        with self._changed:
            return tuple(self._modals.get(user, ()))

    def set_modals(self, user: str, stack: Sequence[View]) -> None:
        """Replace a person's stack of modals."""
        with self._changed:
            self._modals[user] = list(stack)
            self.touch()

    def home(self, user: str) -> View | None:
        """A person's home tab; None until the desk has published one."""
        with self._changed:
            return self._homes.get(user)

    def find_view(self, view_id: str | None, external_id: str | None = None) -> tuple[str, View] | None:
        """The open view with that id, and whose it is."""
        with self._changed:
            views = [(user, view) for user, stack in self._modals.items() for view in stack]
            views += list(self._homes.items())
        for user, view in views:
            if view.id == view_id or (external_id and view.content.get("external_id") == external_id):
                return user, view
        return None

    def put_view(self, user: str, view: View) -> None:
        """Store a changed modal in its place, or a home tab."""
        with self._changed:
            if view.content.get("type") == "home":
                self._homes[user] = view
            else:
                self._modals[user] = [view if v.id == view.id else v for v in self._modals.get(user, [])]
            self.touch()

    def notices(self, user: str) -> list[Notice]:
        """What went wrong for this person lately, oldest first."""
        with self._changed:
            return list(self._notices.get(user, ()))

    def notify(self, user: str, text: str) -> None:
        """Show one person a line outside any message."""
        with self._changed:
            self._serial += 1
            kept = [*self._notices.get(user, []), Notice(self._serial, text, self.clock())]
            self._notices[user] = kept[-MAX_NOTICES:]
            self.touch()
