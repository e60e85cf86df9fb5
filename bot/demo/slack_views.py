"""Slack's views.* methods: modals on a person's stack, and home tabs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.demo.slack_arguments import Refused, required
from bot.demo.slack_chat import Method, with_ids
from bot.demo.slack_grants import Grants
from bot.demo.slack_ledger import Ledger
from bot.demo.slack_limits import broadcasts, check_view, elements_of
from bot.demo.slack_payloads import view_json
from bot.demo.slack_state import Json, View, Workspace

MAX_MODALS = 3


class Views:
    """Opens, pushes, updates and publishes views. Every change gives a view a new hash."""

    def __init__(self, workspace: Workspace, ledger: Ledger, grants: Grants) -> None:
        self._workspace = workspace
        self._ledger = ledger
        self._grants = grants

    def methods(self) -> dict[str, Method]:
        """The methods by name."""
        return {
            "views.open": self.open,
            "views.push": self.push,
            "views.update": self.update,
            "views.publish": self.publish,
        }

    def open(self, arguments: Json) -> Json:
        """views.open: a new modal instead of whatever was open."""
        content = self.admit(arguments.get("view"), "modal", "views.open")
        trigger = self._grants.redeem(required(arguments, "trigger_id"))
        view = self._new(content)
        self._workspace.set_modals(trigger.user, [view])
        return self._shown(view)

    def push(self, arguments: Json) -> Json:
        """views.push: a modal on top of the one the interaction came from; three at most."""
        content = self.admit(arguments.get("view"), "modal", "views.push")
        trigger = self._grants.redeem(required(arguments, "trigger_id"))
        if trigger.view_id is None:
            raise Refused("invalid_trigger_id", "views.push needs a trigger_id that came from a modal")
        return self._shown(self.push_for(trigger.user, content))

    def push_for(self, user: str, content: Json) -> View:
        """Put a checked view on top of a person's stack. Raises Refused when three are open."""
        stack = self._workspace.modals(user)
        if len(stack) >= MAX_MODALS:
            raise Refused("push_limit_reached", "three modals are the most")
        view = self._new(content, below=stack[-1] if stack else None)
        self._workspace.set_modals(user, [*stack, view])
        return view

    def update(self, arguments: Json) -> Json:
        """views.update: an open view gets new content; what the person typed stays where the blocks stay."""
        found = self._workspace.find_view(arguments.get("view_id"), arguments.get("external_id"))
        if found is None:
            raise Refused("not_found")
        user, view = found
        content = self.admit(arguments.get("view"), view.content["type"], "views.update")
        _same_hash(view, arguments)
        return self._shown(self.replace_for(user, view, content))

    def replace_for(self, user: str, view: View, content: Json) -> View:
        """Give an open view checked new content."""
        kept = {
            block: {a: v for a, v in values.items() if (block, a) in _places(content)}
            for block, values in view.values.items()
        }
        changed = replace(
            view,
            content=self._named(content),
            hash=self._hash(),
            errors={},
            values={block: values for block, values in kept.items() if values},
        )
        self._workspace.put_view(user, changed)
        return changed

    def publish(self, arguments: Json) -> Json:
        """views.publish: a person's home tab."""
        user = required(arguments, "user_id")
        if user not in self._workspace.users:
            raise Refused("user_not_found")
        content = self.admit(arguments.get("view"), "home", "views.publish")
        existing = self._workspace.home(user)
        if existing is not None:
            _same_hash(existing, arguments)
            return self._shown(self.replace_for(user, existing, content))
        view = self._new(content)
        self._workspace.put_view(user, view)
        return self._shown(view)

    def admit(self, content: Any, kind: str, method: str) -> Json:  # noqa: ANN401 - unchecked JSON until here
        """The view, checked against Slack's limits. Raises Refused with every problem."""
        problems = [str(problem) for problem in check_view(content)]
        if not problems and content["type"] != kind:
            problems = [f"this must be a view of type {kind} [json-pointer:/view/type]"]
        if problems:
            raise Refused("invalid_arguments", *problems)
        for loud in broadcasts(content):
            self._ledger.violation(method, "broadcast", f"{loud} in a view")
        return dict(content)

    def _new(self, content: Json, below: View | None = None) -> View:
        view_id = self._workspace.new_id("V")
        root = below.root_id if below else view_id
        return View(view_id, self._named(content), self._hash(), root, below.id if below else None)

    def _named(self, content: Json) -> Json:
        return {**content, "blocks": list(with_ids(content["blocks"], self._workspace))}

    def _hash(self) -> str:
        return f"{self._workspace.stamp()}.{self._workspace.new_id('h')}"

    def _shown(self, view: View) -> Json:
        return {"view": view_json(view, self._workspace.team)}


def _same_hash(view: View, arguments: Mapping[str, Any]) -> None:
    if arguments.get("hash") not in (None, "", view.hash):
        raise Refused("hash_conflict")


def _places(content: Json) -> set[tuple[str, str]]:
    return {
        (str(block.get("block_id")), str(item.get("action_id")))
        for block in content["blocks"]
        for item in elements_of(block)
    }
