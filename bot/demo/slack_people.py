"""Acting as a person in the pretend workspace, so that a test reads like what people do.

People and channels are named as people name them ("Maya", "#ask-mops", "dm") or by id.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from bot.demo.slack_delivery import DeskLine
from bot.demo.slack_directory import with_reaction
from bot.demo.slack_events import Events
from bot.demo.slack_files import Files
from bot.demo.slack_interactions import Interactions, Outcome
from bot.demo.slack_reading import field, press, shown_text, typed
from bot.demo.slack_state import Channel, Json, Message, UserGroup, View, Workspace
from bot.demo.slack_values import filled

T = TypeVar("T")

PATIENCE_S = 15.0


class People:
    """Says and does things as the people of a workspace; talking returns at once, interactions wait for the ack."""

    def __init__(
        self, workspace: Workspace, line: DeskLine, events: Events, interactions: Interactions, files: Files
    ) -> None:
        self.workspace = workspace
        self.files = files
        self.line = line
        self.interactions = interactions
        self._events = events

    def say(self, user: str, channel: str, text: str, thread: str | None = None) -> str:
        """Post a message, in a thread if ``thread`` is the ts of one of its messages; returns its own ts."""
        who, place = self.person(user), self.place(channel, user)
        thread = (self.message(place, thread).thread_ts or thread) if thread else None
        stamp = self.workspace.stamp()
        said = Message(place, stamp, who, typed(text, self.workspace), thread_ts=thread)
        self._events.posted(self.workspace.put(said))
        return stamp

    def share(self, user: str, channel: str, name: str, content: bytes, text: str = "") -> str:
        """Post a file, perhaps with words; returns the message's ts."""
        who, place = self.person(user), self.place(channel, user)
        stamp, shown = self.workspace.stamp(), self.files.upload(who, name, content)
        said = Message(place, stamp, who, typed(text, self.workspace), files=(shown,))
        self._events.posted(self.workspace.put(said))
        return stamp

    def edit(self, channel: str, ts: str, text: str) -> None:
        """The author changes a message."""
        before = self.message(channel, ts)
        after = replace(before, text=typed(text, self.workspace), edited=True)
        self._events.changed(self.workspace.put(after), before)

    def delete(self, channel: str, ts: str) -> None:
        """The author deletes a message."""
        message = self.message(channel, ts)
        self.workspace.remove(message)
        self._events.deleted(message)

    def upload(self, user: str, name: str, content: bytes, mimetype: str = "application/octet-stream") -> str:
        """Give Slack a file, as its file input does before a form is sent; the id is the answer to that input."""
        return str(self.files.upload(self.person(user), name, content, mimetype)["id"])

    def react(self, user: str, channel: str, ts: str, name: str) -> None:
        """Put a reaction on a message, or take the own one off again."""
        who = self.person(user)
        with self.workspace.locked():
            message = self.message(channel, ts)
            add = who not in dict(message.reactions).get(name, ())
            self.workspace.put(with_reaction(message, who, name, add=add))
        self._events.reacted(message, who, name, add)

    def change_channel(self, channel: Channel) -> None:
        """Other people are in a channel, or it is shared or not: Slack tells the desk afterwards."""
        before = self.workspace.channels[channel.id]
        self._events.channel_changed(before, self.workspace.put_channel(channel))

    def change_group(self, group: UserGroup) -> None:
        """Other people are in a user group: Slack tells the desk afterwards."""
        self._events.group_changed(self.workspace.put_group(group))

    def command(self, user: str, channel: str, line: str) -> Outcome:
        """Type a slash command with its text, such as ``/mops where are my MQLs?``."""
        command, _, text = line.partition(" ")
        return self.interactions.command(self.person(user), self.place(channel, user), command, text.strip())

    def shortcut(self, user: str, callback_id: str, channel: str | None = None, ts: str | None = None) -> Outcome:
        """Choose a shortcut from a message's menu, or a global one."""
        message = self.message(channel, ts) if channel and ts else None
        return self.interactions.shortcut(self.person(user), callback_id, message)

    def click(self, user: str, where: Message | View, button: str) -> Outcome:
        """Press a button, by its label or action id, in a message or view. Raises LookupError if it is not there."""
        where = self.fresh(where)
        return self._act(user, where, press(where, button))

    def choose(self, user: str, where: Message | View, name: str, answer: Any) -> Outcome:  # noqa: ANN401
        """Fill in one select, date or text, by label or id; the desk hears of it at once where Slack would say so."""
        where = self.fresh(where)
        block, element = field(where, name)
        state = self._filled(element, answer)
        if block["type"] == "input" and not block.get("dispatch_action"):
            self.workspace.put_view(self.person(user), self._with(where, block, element, state))
            return Outcome(True)
        action = {**state, "block_id": block["block_id"], "action_id": element["action_id"]}
        return self._act(user, where, action, {block["block_id"]: {element["action_id"]: state}})

    def submit(self, user: str, answers: Mapping[str, Any] | None = None) -> Outcome:
        """Submit the open modal; answers by label, block id or action id, as text, number or lists of them."""
        view = self.modal(user)
        if view is None:
            raise LookupError(f"{user} has no open modal")
        values = {key: dict(value) for key, value in view.values.items()}
        for name, answer in (answers or {}).items():
            block, element = field(view, name)
            values.setdefault(block["block_id"], {})[element["action_id"]] = self._filled(element, answer)
        return self.interactions.submit(self.person(user), view, values)

    def close_modal(self, user: str) -> Outcome:
        """Close the open modal without submitting."""
        view = self.modal(user)
        return self.interactions.close(self.person(user), view) if view else Outcome(True)

    def open_home(self, user: str) -> None:
        """Open the desk's home tab."""
        self._events.home_opened(self.person(user))

    def modal(self, user: str) -> View | None:
        """The modal in front of a person."""
        stack = self.workspace.modals(self.person(user))
        return stack[-1] if stack else None

    def home(self, user: str) -> View | None:
        """A person's home tab; None until the desk published one."""
        return self.workspace.home(self.person(user))

    def dm(self, user: str) -> str:
        """The id of the direct conversation between a person and the desk."""
        return self.workspace.dm(self.person(user)).id

    def messages(self, channel: str, thread: str | None = None, seen_by: str | None = None) -> list[Message]:
        """Messages of a channel or thread, oldest first. ``seen_by`` leaves out what is private to others."""
        found = self.workspace.messages(self.place(channel, seen_by), thread)
        who = self.person(seen_by) if seen_by else None
        return [m for m in found if who is None or m.ephemeral_for in (None, who)]

    def message(self, channel: str, ts: str) -> Message:
        """One message as it is now. Raises LookupError when it is gone."""
        found = self.workspace.message(self.place(channel), ts)
        if found is None:
            raise LookupError(f"no message {ts} in {channel}")
        return found

    def fresh(self, shown: T) -> T:
        """The message or view as it is now, or as it was when it is gone."""
        current: Any = None
        if isinstance(shown, Message):
            current = self.workspace.message(shown.channel, shown.ts)
        elif isinstance(shown, View):
            found = self.workspace.find_view(shown.id)
            current = found[1] if found else None
        return shown if current is None else current

    def wait_for(self, what: Callable[[], T | None], timeout: float = PATIENCE_S) -> T:
        """What ``what`` returns as soon as that is truthy, looking again after every change.

        Raises AssertionError with the latest messages after ``timeout`` real seconds.
        """
        end = time.monotonic() + timeout
        while not (found := what()):
            left = end - time.monotonic()
            if left <= 0:
                raise AssertionError(f"nothing of the kind within {timeout:g} s; there is:\n{self.transcript()}")
            self.workspace.wait(min(left, 0.1))
        return found

    def wait_for_message(
        self,
        channel: str,
        containing: str = "",
        *,
        thread: str | None = None,
        seen_by: str | None = None,
        timeout: float = PATIENCE_S,
    ) -> Message:
        """The desk's newest message there whose text or blocks contain ``containing``, once there is one."""

        def newest() -> Message | None:
            said = [m for m in self.messages(channel, thread, seen_by) if m.user == self.workspace.team.bot_user]
            found = [m for m in said if containing in shown_text(m) or containing in m.text]
            return found[-1] if found else None

        return self.wait_for(newest, timeout)

    def wait_until_delivered(self, timeout: float = PATIENCE_S) -> None:
        """Return when the desk has acknowledged everything said so far. Raises AssertionError otherwise."""
        if not self.line.settled(timeout):
            raise AssertionError(f"the desk has not acknowledged everything within {timeout:g} s")

    def transcript(self, last: int = 12) -> str:
        """The latest messages everywhere, one per paragraph, for people who debug."""
        found = [m for channel in self.workspace.channels for m in self.workspace.messages(channel)]
        newest = sorted(found, key=lambda message: message.ts)[-last:]
        return "\n".join(f"[{m.channel} {m.thread_ts or m.ts}] {m.user}: {shown_text(m)}" for m in newest)

    def person(self, name: str) -> str:
        """The id of a person by id, name, first or full name. Raises LookupError."""
        wanted = name.lower().removeprefix("@")
        for user in self.workspace.users.values():
            real = user.real_name.lower()
            if wanted in (user.id.lower(), user.name.lower(), real, real.partition(" ")[0]):
                return user.id
        raise LookupError(f"nobody is called {name!r}; there are {[u.name for u in self.workspace.users.values()]}")

    def place(self, name: str, user: str | None = None) -> str:
        """The id of a channel by id or name; ``dm`` is the user's direct conversation. Raises LookupError."""
        if name == "dm" and user is not None:
            return self.dm(user)
        for channel in self.workspace.channels.values():
            if name.removeprefix("#") in (channel.id, channel.name) and (channel.kind != "im" or name == channel.id):
                return channel.id
        raise LookupError(f"no channel {name!r}")

    def _filled(self, element: Json, answer: Any) -> Json:  # noqa: ANN401 - as the element wants it
        if element["type"] == "file_input":  # Slack's client sends whole file objects
            answer = [self.files.shown(file_id) for file_id in answer]
        return filled(element, answer)

    def _act(self, user: str, where: Message | View, action: Json, values: Json | None = None) -> Outcome:
        who = self.person(user)
        if isinstance(where, Message):
            return self.interactions.act_on_message(who, where, action, values)
        return self.interactions.act_on_view(who, where, action, values)

    def _with(self, where: Message | View, block: Json, element: Json, state: Json) -> View:
        if isinstance(where, Message):
            raise TypeError(f"{element['action_id']} only takes effect in a view")
        typed_there = {**where.values.get(block["block_id"], {}), element["action_id"]: state}
        return replace(where, values={**where.values, block["block_id"]: typed_there})
