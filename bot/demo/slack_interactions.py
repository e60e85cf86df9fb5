"""What people do besides talking: commands, buttons, forms, shortcuts; and what Slack does with the desk's answer.

Every method waits for the desk's acknowledgement (3 s at most). Failures are told to the person as a notice.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from bot.demo.slack_arguments import Refused
from bot.demo.slack_chat import Chat
from bot.demo.slack_delivery import Answer, DeskLine, Parcel
from bot.demo.slack_grants import Grants
from bot.demo.slack_ledger import Ledger
from bot.demo.slack_limits import elements_of
from bot.demo.slack_payloads import channel_ref, interaction_json, message_json, view_json, without_nones
from bot.demo.slack_state import Json, Message, View, Workspace
from bot.demo.slack_values import complaints, state_of
from bot.demo.slack_views import Views


@dataclass(frozen=True)
class Outcome:
    """How an interaction ended. ``message`` is the notice the person got, ``errors`` what a form says by block id."""

    ok: bool
    error: str | None = None
    message: str | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    ack_text: str | None = None


class Interactions:
    """Sends commands, actions, submissions and shortcuts to the desk. ``base_url`` is where response URLs point."""

    def __init__(
        self,
        *,
        workspace: Workspace,
        line: DeskLine,
        ledger: Ledger,
        grants: Grants,
        chat: Chat,
        views: Views,
        commands: Iterable[str],
    ) -> None:
        self.base_url = ""
        self._workspace = workspace
        self._line = line
        self._ledger = ledger
        self._grants = grants
        self._chat = chat
        self._views = views
        self._commands = frozenset(commands)

    def command(self, user: str, channel: str, command: str, text: str) -> Outcome:
        """A slash command. What the desk acknowledges with is shown to the person only."""
        if command not in self._commands:
            return self._tell(user, "unknown_command", f"{command} is not a valid command.")
        team, place = self._workspace.team, channel_ref(self._workspace.channels[channel])
        token = self._grants.response_url(user, channel)
        body = {
            "token": "",
            "team_id": team.id,
            "team_domain": team.domain,
            "channel_id": channel,
            "channel_name": place["name"],
            "user_id": user,
            "user_name": self._workspace.users[user].name,
            "command": command,
            "text": text,
            "api_app_id": team.app_id,
            "is_enterprise_install": "false",
            "response_url": self._response_url(token),
            "trigger_id": self._grants.trigger(user),
        }
        answer = self._line.post(Parcel("command", command, urlencode(body)))
        if not answer.ok:
            return self._failed(user, command, answer)
        return self._show_ack(user, command, token, answer.body)

    def _show_ack(self, user: str, command: str, token: str, body: str) -> Outcome:
        if not body.strip():
            return Outcome(True)
        try:
            said = json.loads(body) if body.lstrip().startswith("{") else {"text": body}
            self._chat.admit_ack(said)
        except (ValueError, Refused) as exc:
            return self._broken(user, command, exc)
        message = self._chat.reply(self._grants.respond(token), said)
        return Outcome(True, ack_text=message.text)

    def act_on_message(
        self, user: str, message: Message, action: Json, values: Mapping[str, Any] | None = None
    ) -> Outcome:
        """A click or choice in a message. An ephemeral message is not repeated in the payload."""
        complete = self._complete(message.blocks, action)
        if complete is None or message.ephemeral_for not in (None, user):
            return self._gone(user)
        token = self._grants.response_url(user, message.channel, message.ts, message.thread_ts)
        place = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel,
            "is_ephemeral": message.ephemeral_for is not None,
            "thread_ts": message.thread_ts,
        }
        counts = self._workspace.reply_counts(message.channel)
        shown = message_json(message, self._workspace.team, replies=counts.get(message.ts, 0))
        payload = {
            "container": without_nones(place),
            "channel": channel_ref(self._workspace.channels[message.channel]),
            "message": None if message.ephemeral_for else shown,
            "state": {"values": dict(values or {})},
            "response_url": self._response_url(token),
            "trigger_id": self._grants.trigger(user),
            "actions": [complete],
        }
        return self._interact(user, "block_actions", payload)

    def act_on_view(self, user: str, view: View, action: Json, values: Mapping[str, Any] | None = None) -> Outcome:
        """A click or choice in a modal or home tab; ``values`` is what the person has filled in so far."""
        complete = self._complete(view.content["blocks"], action)
        if complete is None:
            return self._gone(user)
        view = self._remember(user, view, values)
        is_modal = view.content["type"] == "modal"
        payload = {
            "container": {"type": "view", "view_id": view.id},
            "view": view_json(view, self._workspace.team),
            "trigger_id": self._grants.trigger(user, view.id if is_modal else None),
            "actions": [complete],
        }
        return self._interact(user, "block_actions", payload)

    def submit(self, user: str, view: View, values: Mapping[str, Any]) -> Outcome:
        """Submit a modal. What Slack's client checks itself never reaches the desk."""
        view = self._remember(user, view, values)
        errors = complaints(view.content, view.values)
        if errors:
            self._workspace.put_view(user, replace(view, errors=errors))
            return Outcome(False, "invalid_input", errors=errors)
        payload = {
            "view": view_json(view, self._workspace.team),
            "trigger_id": self._grants.trigger(user, view.id),
            "response_urls": [],
        }
        answer = self._post("view_submission", user, payload)
        if not answer.ok:
            return self._failed(user, "The form", answer)
        try:
            return self._follow(user, view, json.loads(answer.body or "{}"))
        except (ValueError, Refused) as exc:
            return self._broken(user, "The form", exc)

    def close(self, user: str, view: View) -> Outcome:
        """Close a modal without submitting; the desk hears of it only if the view asked for that."""
        below = [v for v in self._workspace.modals(user) if v.id != view.id]
        self._workspace.set_modals(user, [] if view.content.get("clear_on_close") else below)
        if not view.content.get("notify_on_close"):
            return Outcome(True)
        payload = {"view": view_json(view, self._workspace.team), "is_cleared": False}
        return self._interact(user, "view_closed", payload)

    def shortcut(self, user: str, callback_id: str, message: Message | None = None) -> Outcome:
        """A message shortcut, or a global one without a message."""
        payload: Json = {"callback_id": callback_id, "trigger_id": self._grants.trigger(user)}
        payload["action_ts"] = self._workspace.stamp()
        if message is None:
            return self._interact(user, "shortcut", payload)
        token = self._grants.response_url(user, message.channel, None, message.thread_ts)
        counts = self._workspace.reply_counts(message.channel)
        payload |= {
            "response_url": self._response_url(token),
            "channel": channel_ref(self._workspace.channels[message.channel]),
            "message_ts": message.ts,
            "message": message_json(message, self._workspace.team, replies=counts.get(message.ts, 0)),
        }
        return self._interact(user, "message_action", payload)

    def _follow(self, user: str, view: View, response: Json) -> Outcome:
        """Do what the desk's answer to a submission says."""
        match response.get("response_action"):
            case None:
                self._workspace.set_modals(user, [v for v in self._workspace.modals(user) if v.id != view.id])
            case "clear":
                self._workspace.set_modals(user, [])
            case "errors":
                errors = self._known_errors(view, response.get("errors"))
                self._workspace.put_view(user, replace(self._current(view), errors=errors))
                return Outcome(False, "invalid_input", errors=errors)
            case "update":
                self._views.replace_for(
                    user, self._current(view), self._views.admit(response.get("view"), "modal", "update")
                )
            case "push":
                self._views.push_for(user, self._views.admit(response.get("view"), "modal", "push"))
            case unknown:
                raise Refused("invalid_response", f"unknown response_action: {unknown}")
        return Outcome(True)

    def _current(self, view: View) -> View:
        """The view as it is now: the desk may have updated it before it answered."""
        found = self._workspace.find_view(view.id)
        return found[1] if found else view

    def _known_errors(self, view: View, errors: Any) -> dict[str, str]:  # noqa: ANN401 - the desk's own JSON
        inputs = {block["block_id"] for block in view.content["blocks"] if block["type"] == "input"}
        if not isinstance(errors, dict) or not errors or not inputs >= errors.keys():
            raise Refused("invalid_response", f"errors must be keyed by input block ids, one of {sorted(inputs)}")
        return {block: str(text) for block, text in errors.items()}

    def _remember(self, user: str, view: View, values: Mapping[str, Any] | None) -> View:
        state = state_of(view.content, {**view.values, **(values or {})})
        remembered = replace(view, values=state, errors={})
        self._workspace.put_view(user, remembered)
        return remembered

    def _complete(self, blocks: Iterable[Json], action: Json) -> Json | None:
        """The action with what Slack adds from the element itself; None when there is no such element any more."""
        for block in blocks:
            for element in elements_of(block):
                if (block["block_id"], element["action_id"]) == (action.get("block_id"), action.get("action_id")):
                    own: Json = {key: element[key] for key in ("type", "text", "value", "style") if key in element}
                    return {**own, **action, "action_ts": self._workspace.stamp()}
        return None

    def _interact(self, user: str, kind: str, payload: Json) -> Outcome:
        answer = self._post(kind, user, payload)
        return Outcome(True) if answer.ok else self._failed(user, "That", answer)

    def _post(self, kind: str, user: str, payload: Json) -> Answer:
        start = interaction_json(kind, self._workspace.users[user], self._workspace.team)
        body = json.dumps(without_nones(payload) | start)
        return self._line.post(Parcel("interaction", kind, urlencode({"payload": body})))

    def _response_url(self, token: str) -> str:
        return f"{self.base_url}/response/{token}"

    def _failed(self, user: str, what: str, answer: Answer) -> Outcome:
        error = answer.problem or "unknown_error"
        return self._tell(user, error, f"{what} failed with the error {error}.")

    def _broken(self, user: str, what: str, exc: Exception) -> Outcome:
        error = exc.error if isinstance(exc, Refused) else "invalid_response"
        self._ledger.refuse("ack", error, str(exc))
        return self._tell(user, error, f"{what} failed with the error {error}.")

    def _gone(self, user: str) -> Outcome:
        return self._tell(user, "element_not_found", "That is no longer there: the message or form has changed.")

    def _tell(self, user: str, error: str, message: str) -> Outcome:
        self._workspace.notify(user, message)
        return Outcome(False, error, message)
