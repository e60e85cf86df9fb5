"""What a person has filled in: ``state.values`` of a view, and what Slack's own client checks before it submits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.demo.slack_limits import elements_of
from bot.demo.slack_state import Json

STATE_KEYS = {
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
    "rich_text_input": "rich_text_value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "file_input": "files",
}
"""Under which key each kind of element keeps its value in ``state.values`` and in actions."""

_REQUIRED = "Please complete this required field."


def fields_of(content: Mapping[str, Any]) -> Iterator[tuple[Json, Json]]:
    """Every element that holds a value, with its block, in order."""
    for block in content.get("blocks", ()):
        for element in elements_of(block):
            if element["type"] in STATE_KEYS:
                yield block, element


def state_of(content: Mapping[str, Any], typed: Mapping[str, Any]) -> Json:
    """``state.values`` as Slack sends it: every field, as typed or else with its initial value."""
    state: Json = {}
    for block, element in fields_of(content):
        block_id, action_id = block["block_id"], element["action_id"]
        given = (typed.get(block_id) or {}).get(action_id)
        state.setdefault(block_id, {})[action_id] = given if isinstance(given, dict) else _initial(element)
    return state


def _initial(element: Json) -> Json:
    key = STATE_KEYS[element["type"]]
    initial = element.get("initial_" + key.removeprefix("selected_"))
    if initial is None and key.endswith("s"):
        initial = []
    return {"type": element["type"], key: initial}


def filled(element: Json, answer: Any) -> Json:  # noqa: ANN401 - text, number or list, as the element wants it
    """One field's state from a plain answer; options are named by their label or value. Raises ValueError."""
    key = "selected_option" if element["type"] == "overflow" else STATE_KEYS[element["type"]]
    if key == "selected_option":
        return {"type": element["type"], key: _option(element, answer)}
    if key == "selected_options":
        return {"type": element["type"], key: [_option(element, one) for one in answer]}
    value = list(answer) if key.endswith("s") else answer
    return {"type": element["type"], key: str(value) if key == "value" else value}


def _option(element: Json, name: str) -> Json:
    groups = element.get("option_groups") or [{"options": element.get("options", [])}]
    options: list[Json] = [option for group in groups for option in group["options"]]
    for option in options:
        if name in (option["text"]["text"], option["value"]):
            return option
    raise ValueError(f"no option {name!r}; there are {[option['text']['text'] for option in options]}")


def complaints(content: Mapping[str, Any], state: Mapping[str, Any]) -> dict[str, str]:
    """What Slack's client would say under the inputs before it sends anything; empty when it would submit."""
    found: dict[str, str] = {}
    for block, element in fields_of(content):
        if block["type"] != "input":
            continue
        value = state[block["block_id"]][element["action_id"]].get(STATE_KEYS[element["type"]])
        if value in (None, "", []):
            complaint = None if block.get("optional") else _REQUIRED
        elif element["type"] == "file_input":
            complaint = _wrong_files(element, value)
        else:
            complaint = _wrong(element, str(value)) if STATE_KEYS[element["type"]] == "value" else None
        if complaint:
            found[block["block_id"]] = complaint
    return found


def _wrong(element: Json, value: str) -> str | None:
    if len(value) < element.get("min_length", 0):
        return f"Please enter at least {element['min_length']} characters."
    if len(value) > element.get("max_length", len(value)):
        return f"Please enter at most {element['max_length']} characters."
    match element["type"]:
        case "url_text_input":
            return None if re.match(r"https?://\S+$", value) else "Please enter a valid URL."
        case "email_text_input":
            return None if re.match(r"\S+@\S+\.\S+$", value) else "Please enter a valid email address."
        case "number_input":
            return _wrong_number(element, value)
        case _:
            return None


def _wrong_files(element: Json, files: list[Json]) -> str | None:
    if len(files) > element.get("max_files", 10):
        return f"Please choose at most {element.get('max_files', 10)} files."
    allowed = element.get("filetypes")
    wrong = [file["name"] for file in files if allowed and file["filetype"] not in allowed]
    return f"{wrong[0]} is not one of the allowed types." if wrong else None


def _wrong_number(element: Json, value: str) -> str | None:
    whole = r"-?\d+" if not element["is_decimal_allowed"] else r"-?\d+(\.\d+)?"
    if not re.fullmatch(whole, value):
        return "Please enter a valid number."
    least, most = float(element.get("min_value", "-inf")), float(element.get("max_value", "inf"))
    return None if least <= float(value) <= most else f"Please enter a number from {least:g} to {most:g}."
