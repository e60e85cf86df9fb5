"""For many payloads: the stand-in's Slack without HTTP, one endless transaction, and who may read in truth."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from bot.database import Database
from bot.demo.slack_arguments import Refused
from bot.demo.slack_chat import Chat
from bot.demo.slack_delivery import DeskLine
from bot.demo.slack_directory import Directory
from bot.demo.slack_events import Events
from bot.demo.slack_grants import ResponseUrl
from bot.demo.slack_ledger import Ledger
from bot.demo.slack_state import Channel, Message, Workspace
from bot.errors import SlackRefused, SlackUnavailable
from knowledge.domain import Audience, Level

CANARY = re.compile(r"canary(\d+)x")


class _Alone(Session):
    """Nobody else writes, so nothing needs a savepoint."""

    def begin_nested(self) -> Any:
        return nullcontext()


class OneTransaction:
    """A Database whose readers and writers share one session, so that nothing waits for a disk."""

    def __init__(self, database: Database) -> None:
        self.session = _Alone(database.engine, expire_on_commit=False)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """The session."""
        yield self.session

    write = read

    def impatient(self, _seconds: float) -> OneTransaction:
        """The same."""
        return self

    def close(self) -> None:
        """Forget what was written."""
        self.session.close()


@dataclass
class DirectSlack:
    """What the desk asks of SlackClient, answered by the stand-in's methods. ``stored`` is told of each message."""

    workspace: Workspace
    stored: Callable[[Message], None]
    away: bool = False
    ledger: Ledger = field(default_factory=Ledger)

    def __post_init__(self) -> None:
        line = DeskLine(self.ledger, self.workspace.clock, "unused")
        self._line = line
        self._chat = Chat(self.workspace, self.ledger, Events(self.workspace, line, ()), "https://x.example")
        self._methods = {**self._chat.methods(), **Directory(self.workspace, self._chat).methods()}

    def close(self) -> None:
        """Let go of threads."""
        self._line.close()

    def person(self, person: str) -> Mapping[str, Any]:
        return self._look("users.info", user=person)["user"]

    def people(self) -> Iterator[Mapping[str, Any]]:
        return iter(self._look("users.list", limit=999)["members"])

    def channel(self, channel: str) -> Mapping[str, Any]:
        return self._look("conversations.info", channel=channel)["channel"]

    def conversations(self) -> Iterator[Mapping[str, Any]]:
        found = self._look("users.conversations", types="public_channel,private_channel,mpim", limit=999)
        return iter(found["channels"])

    def members(self, channel: str) -> Iterator[str]:
        return iter(self._look("conversations.members", channel=channel, limit=999)["members"])

    def group_members(self, group: str) -> tuple[str, ...]:
        return tuple(self._look("usergroups.users.list", usergroup=group)["users"])

    def open_dm(self, person: str) -> str:
        return str(self._call("conversations.open", users=person)["channel"]["id"])

    def permalink(self, channel: str, ts: str) -> str:
        return f"https://x.example/{channel}/{ts}"

    def thread(self, _channel: str, _ts: str) -> tuple[()]:
        return ()

    def find_posted(self, *_: object) -> None:
        return None

    def react(self, *_: object) -> None:
        return None

    def publish_home(self, *_: object) -> None:
        return None

    def post(self, channel: str, text: str, blocks: Sequence[Any], thread: str | None, _key: str) -> str:
        sent = {"channel": channel, "text": text, "blocks": list(blocks), **({"thread_ts": thread} if thread else {})}
        posted = self._call("chat.postMessage", **sent, unfurl_links=False, unfurl_media=False)
        self._told(posted["channel"], posted["ts"])
        return str(posted["ts"])

    def update(self, channel: str, ts: str, text: str, blocks: Sequence[Any]) -> None:
        self._call("chat.update", channel=channel, ts=ts, text=text, blocks=list(blocks))
        self._told(channel, ts)

    def respond(self, url: str, text: str, blocks: Sequence[Any], replace: bool, thread: str | None = None) -> None:
        """``url`` is "user channel ts", the last one empty for a command."""
        user, channel, ts = url.split(" ")
        if channel not in self.workspace.channels:
            raise SlackRefused("response_url_gone", "This reply cannot be shown in place.")
        granted = ResponseUrl(user, channel, 0.0, ts or None, thread)
        sent = {"text": text, "blocks": list(blocks), "replace_original": replace}
        before = {message.ts: message for message in self.workspace.messages(channel)}
        try:
            self._chat.respond(granted, sent)
        except Refused as exc:
            raise SlackRefused(exc.error, str(exc)) from exc
        for message in self.workspace.messages(channel):
            if before.get(message.ts) is not message:
                self.stored(message)

    def _told(self, channel: str, ts: str) -> None:
        message = self.workspace.message(channel, ts)
        assert message is not None
        self.stored(message)

    def _look(self, method: str, **arguments: Any) -> Any:
        if self.away:
            raise SlackUnavailable("Slack cannot be reached.", 1.0)
        return self._call(method, **arguments)

    def _call(self, method: str, **arguments: Any) -> Any:
        try:
            return self._methods[method](arguments)
        except Refused as exc:
            raise SlackRefused(exc.error, str(exc)) from exc


@dataclass
class Truth:
    """Who may read which canary, by the workspace as it is; and what was delivered against it."""

    workspace: Workspace
    audiences: dict[int, Audience]
    leaks: list[str] = field(default_factory=list)
    read: dict[Level, int] = field(default_factory=dict)
    """How often canaries of each level were delivered to somebody who may read them."""

    def look(self, message: Message) -> None:
        """Note what a message shows to whom."""
        shown = {int(number) for number in CANARY.findall(json.dumps([message.text, message.blocks]))}
        if not shown:
            return
        channel = self.workspace.channels[message.channel]
        readers = [message.ephemeral_for] if message.ephemeral_for else self._readers(channel)
        for number in sorted(shown):
            text = self.audiences[number]
            for reader in readers:
                if not self._may_read(reader, text):
                    self.leaks.append(f"{number} ({text.level}) to {reader} in {channel.id} ({channel.kind})")
            self.read[text.level] = self.read.get(text.level, 0) + 1

    def _readers(self, channel: Channel) -> list[str]:
        """Its members; of a public channel everyone who can open it; a stranger where it is or may become shared."""
        there = {person for person in channel.members if not self._silent(person)}
        if channel.kind == "channel":
            there |= {u.id for u in self.workspace.users.values() if self._colleague(u.id) and not u.is_bot}
        return sorted(there | ({"U0STRANGER"} if channel.ext_shared or channel.offered_to else set()))

    def _may_read(self, person: str, text: Audience) -> bool:
        return all(self._may_read_part(person, part) for part in text.parts)

    def _may_read_part(self, person: str, text: Audience) -> bool:
        if text.level is Level.PUBLIC:
            return True
        if not self._colleague(person):
            return False
        groups = [self.workspace.groups.get(name) for name in text.groups]
        places = [self.workspace.channels.get(name) for name in text.channels]
        inside = {member for group in groups if group and not group.disabled for member in group.members}
        inside |= {member for place in places if place for member in place.members}
        opens = any(place and place.kind == "channel" for place in places)
        return text.level is Level.INTERNAL or person in inside or opens

    def _colleague(self, person: str) -> bool:
        user = self.workspace.users.get(person)
        return user is not None and not (
            user.guest or user.single_channel or user.stranger or user.team_id or user.deleted
        )

    def _silent(self, person: str) -> bool:
        user = self.workspace.users.get(person)
        return user is not None and (user.is_bot or user.deleted)
