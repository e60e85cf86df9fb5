"""Slack's limits on the small parts of Block Kit: texts, options, buttons, selects, inputs.

Limits and allowed keys: docs.slack.dev, Block Kit reference (elements, composition objects). Unknown keys are errors.
Checks are generators of problems; an empty one means fit to send. ``at`` is the JSON pointer of the value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Value = Any  # whatever JSON the desk sent; nothing about it is certain here


@dataclass(frozen=True)
class Problem:
    """One thing that Slack would refuse, worded as Slack words it."""

    pointer: str
    reason: str

    def __str__(self) -> str:
        return f"{self.reason} [json-pointer:{self.pointer}]"


MAX_TYPED = 3000
"""Characters a person may type into a text input."""

Check = Callable[[Value, str], Iterator[Problem]]


@dataclass(frozen=True)
class Shape:
    """The keys an object must and may have, besides ``type``."""

    required: frozenset[str]
    optional: frozenset[str]

    def check(self, value: dict[str, Value], at: str) -> Iterator[Problem]:
        """Missing and unknown keys."""
        for key in sorted(self.required - value.keys()):
            yield Problem(at, f"missing required field: {key}")
        for key in sorted(value.keys() - self.required - self.optional - {"type"}):
            yield Problem(at, f"invalid additional property: {key}")


def shape(required: str, optional: str = "") -> Shape:
    """A shape from two lists of keys separated by spaces."""
    return Shape(frozenset(required.split()), frozenset(optional.split()))


def string(limit: int, least: int = 1) -> Check:
    """A check for a plain JSON string of ``least`` to ``limit`` characters."""

    def check(value: Value, at: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield Problem(at, "must be a string")
        elif len(value) < least:
            yield Problem(at, f"must be more than {least - 1} characters")
        elif len(value) > limit:
            yield Problem(at, f"must be less than {limit + 1} characters")

    return check


def text(limit: int, *, plain: bool = False, least: int = 1) -> Check:
    """A check for a text object; ``plain`` allows only ``plain_text``."""
    kinds = ("plain_text",) if plain else ("plain_text", "mrkdwn")

    def check(value: Value, at: str) -> Iterator[Problem]:
        if not isinstance(value, dict) or value.get("type") not in kinds:
            yield Problem(at, f"must be a text object of type {' or '.join(kinds)}")
            return
        extra = "emoji" if value["type"] == "plain_text" else "verbatim"
        yield from shape("text", extra).check(value, at)
        yield from string(limit, least)(value.get("text"), f"{at}/text")

    return check


def one_of(*allowed: Value) -> Check:
    """A check for one of a few values."""

    def check(value: Value, at: str) -> Iterator[Problem]:
        if value not in allowed:
            yield Problem(at, f"must be one of {', '.join(map(str, allowed))}")

    return check


def matching(pattern: str, wanted: str) -> Check:
    """A check for a string of a certain form, described by ``wanted``."""

    def check(value: Value, at: str) -> Iterator[Problem]:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            yield Problem(at, f"must be {wanted}")

    return check


def each(check_one: Check, least: int, most: int) -> Check:
    """A check for a list of ``least`` to ``most`` items, each checked."""

    def check(value: Value, at: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield Problem(at, "must be an array")
            return
        if len(value) < least:
            yield Problem(at, f"no fewer than {least} items required")
        if len(value) > most:
            yield Problem(at, f"no more than {most} items allowed")
        for number, item in enumerate(value):
            yield from check_one(item, f"{at}/{number}")

    return check


def anything(_value: Value, _at: str) -> Iterator[Problem]:
    """No check: the field is allowed and not looked into."""
    yield from ()


def record(keys: Shape, fields: dict[str, Check]) -> Check:
    """A check for an object with these keys, whose fields are checked by name."""

    def check(value: Value, at: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem(at, "must be an object")
            return
        yield from keys.check(value, at)
        for key, check_field in fields.items():
            if key in value:
                yield from check_field(value[key], f"{at}/{key}")

    return check


_OPTION_FIELDS: dict[str, Check] = {"value": string(150), "url": string(3000)}
_OPTION = shape("text value", "description url")
select_option = record(_OPTION, {**_OPTION_FIELDS, "text": text(75, plain=True), "description": text(75, plain=True)})
tick_option = record(_OPTION, {**_OPTION_FIELDS, "text": text(75), "description": text(75)})
option_group = record(shape("label options"), {"label": text(75, plain=True), "options": each(select_option, 1, 100)})
confirmation = record(
    shape("title text confirm deny", "style"),
    {
        "title": text(100, plain=True),
        "text": text(300),
        "confirm": text(30, plain=True),
        "deny": text(30, plain=True),
        "style": one_of("primary", "danger"),
    },
)
_feedback_button = record(
    shape("text value", "accessibility_label"),
    {"text": text(75, plain=True), "value": string(2000), "accessibility_label": string(75)},
)

_FIELDS: dict[str, Check] = {
    "action_id": string(255),
    "placeholder": text(150, plain=True),
    "confirm": confirmation,
    "text": text(75, plain=True),
    "url": string(3000),
    "value": string(2000, least=0),
    "style": one_of("primary", "danger"),
    "accessibility_label": string(75),
    "focus_on_load": one_of(True, False),
    "multiline": one_of(True, False),
    "is_decimal_allowed": one_of(True, False),
    "initial_value": string(MAX_TYPED, least=0),
    "initial_date": matching(r"\d{4}-\d{2}-\d{2}", "a date as YYYY-MM-DD"),
    "initial_time": matching(r"\d{2}:\d{2}", "a time as HH:mm"),
    "option_groups": each(option_group, 1, 100),
    "options": each(select_option, 1, 100),
    "alt_text": string(2000, least=0),
    "image_url": string(3000),
    "positive_button": _feedback_button,
    "negative_button": _feedback_button,
}
_PICK = "action_id confirm focus_on_load placeholder"
_TYPE_IN = "action_id initial_value dispatch_action_config focus_on_load placeholder"
_TICKS: dict[str, Check] = {"options": each(tick_option, 1, 10)}

ELEMENTS: dict[str, tuple[Shape, dict[str, Check]]] = {
    "button": (shape("text", "action_id url value style confirm accessibility_label"), {}),
    "workflow_button": (shape("text workflow", "action_id style accessibility_label"), {}),
    "icon_button": (
        shape("icon text", "action_id value confirm accessibility_label visible_to_user_ids"),
        {"icon": one_of("trash")},
    ),
    "feedback_buttons": (shape("positive_button negative_button", "action_id"), {}),
    "image": (shape("alt_text", "image_url slack_file"), {}),
    "overflow": (shape("options", "action_id confirm"), {"options": each(select_option, 1, 5)}),
    "static_select": (shape("", f"{_PICK} options option_groups initial_option"), {}),
    "multi_static_select": (
        shape("", f"{_PICK} options option_groups initial_options max_selected_items"),
        {},
    ),
    "external_select": (shape("", f"{_PICK} initial_option min_query_length"), {}),
    "multi_external_select": (shape("", f"{_PICK} initial_options min_query_length max_selected_items"), {}),
    "users_select": (shape("", f"{_PICK} initial_user"), {}),
    "multi_users_select": (shape("", f"{_PICK} initial_users max_selected_items"), {}),
    "channels_select": (shape("", f"{_PICK} initial_channel response_url_enabled"), {}),
    "multi_channels_select": (shape("", f"{_PICK} initial_channels max_selected_items"), {}),
    "conversations_select": (
        shape("", f"{_PICK} initial_conversation default_to_current_conversation response_url_enabled filter"),
        {},
    ),
    "multi_conversations_select": (
        shape("", f"{_PICK} initial_conversations default_to_current_conversation filter max_selected_items"),
        {},
    ),
    "datepicker": (shape("", f"{_PICK} initial_date"), {}),
    "timepicker": (shape("", f"{_PICK} initial_time timezone"), {}),
    "datetimepicker": (shape("", "action_id confirm focus_on_load initial_date_time"), {}),
    "checkboxes": (shape("options", "action_id confirm focus_on_load initial_options"), _TICKS),
    "radio_buttons": (shape("options", "action_id confirm focus_on_load initial_option"), _TICKS),
    "plain_text_input": (
        shape("", f"{_TYPE_IN} multiline min_length max_length"),
        {},
    ),
    "email_text_input": (shape("", _TYPE_IN), {}),
    "url_text_input": (shape("", _TYPE_IN), {}),
    "number_input": (
        shape("is_decimal_allowed", f"{_TYPE_IN} min_value max_value"),
        {},
    ),
    "rich_text_input": (
        shape("", _TYPE_IN),
        {"initial_value": anything},
    ),
    "file_input": (
        shape("", "action_id filetypes max_files"),
        {"filetypes": each(string(50), 1, 100), "max_files": one_of(*range(1, 11))},
    ),
}

_SELECTS = frozenset(name for name in ELEMENTS if name.endswith("_select"))
_PICKERS = frozenset({"datepicker", "timepicker", "checkboxes", "radio_buttons"})
_BUTTONS = frozenset({"button", "workflow_button", "overflow"})
_TYPED = frozenset({"plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input"})

IN_SECTION = _SELECTS | _PICKERS | _BUTTONS | {"image"}
IN_ACTIONS = _SELECTS | _PICKERS | _BUTTONS | {"datetimepicker"}
IN_INPUT = _SELECTS | _PICKERS | _TYPED | {"datetimepicker", "file_input"}
IN_CONTEXT_ACTIONS = frozenset({"feedback_buttons", "icon_button"})


def element(allowed: frozenset[str]) -> Check:
    """A check for an element of one of the allowed types."""

    def check(value: Value, at: str) -> Iterator[Problem]:
        kind = str(value.get("type")) if isinstance(value, dict) else "none"
        if kind not in allowed:
            yield Problem(at, f"unsupported element type here: {kind}")
            return
        keys, own = ELEMENTS[kind]
        yield from record(keys, {**_FIELDS, **own})(value, at)
        yield from _choices(value, at)
        yield from _lengths(value, at)

    return check


def _choices(value: dict[str, Value], at: str) -> Iterator[Problem]:
    """Static selects need options, and what is chosen at first must be exactly one of them."""
    if value["type"] in ("static_select", "multi_static_select"):
        if ("options" in value) == ("option_groups" in value):
            yield Problem(at, "must have either options or option_groups")
    elif "options" not in value:
        return
    options = _listed(value.get("options"))
    for group in _listed(value.get("option_groups")):
        options += _listed(group.get("options")) if isinstance(group, dict) else []
    first = [value["initial_option"]] if "initial_option" in value else []
    for option in first + _listed(value.get("initial_options")):
        if option not in options:
            yield Problem(at, "initial option must exactly match one of the options")
    values = [str(option.get("value")) for option in options if isinstance(option, dict)]
    if len(set(values)) < len(values):
        yield Problem(at, "option values must be unique")


def _listed(value: Value) -> list[Value]:
    return list(value) if isinstance(value, list) else []


def _lengths(value: dict[str, Value], at: str) -> Iterator[Problem]:
    least, most = value.get("min_length", 0), value.get("max_length", MAX_TYPED)
    if not (isinstance(least, int) and isinstance(most, int) and 0 <= least <= most and 1 <= most <= MAX_TYPED):
        yield Problem(at, "min_length and max_length must be between 0 and 3000, in order")
    elif value["type"] == "plain_text_input" and len(str(value.get("initial_value", ""))) > most:
        yield Problem(at, f"initial_value must be less than {most + 1} characters")
