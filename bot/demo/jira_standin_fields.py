"""The create screen of the stand-in for Jira: which fields it has, and what Jira says to a wrong value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

MAX_SUMMARY, MAX_TEXT = 255, 32_767
"""Jira's own limits, in characters (it counts UTF-16 code units)."""

ISSUE_TYPES = ("Task", "Request", "Bug")
STANDARD_FIELDS = (
    "project",
    "issuetype",
    "summary",
    "description",
    "labels",
    "reporter",
    "assignee",
    "duedate",
    "priority",
)
_REQUIRED = frozenset({"project", "issuetype", "summary"})


@dataclass(frozen=True)
class CustomField:
    """A further field of the create screen; ``type`` is its schema's: string, number, option, array, user, date."""

    id: str
    name: str
    type: str = "string"
    options: tuple[str, ...] = ()
    required: bool = True
    custom: str = ""


def issue_types() -> list[dict[str, Any]]:
    """The types of issue, with ids from 1."""
    return [{"id": str(n), "name": name, "subtask": False} for n, name in enumerate(ISSUE_TYPES, 1)]


def type_named(reference: Any) -> str | None:  # noqa: ANN401 - JSON
    """The type that ``{"name": …}`` or ``{"id": …}`` means; None when there is none."""
    reference = reference if isinstance(reference, dict) else {}
    known = (one for one in issue_types() if reference.get("name") == one["name"] or reference.get("id") == one["id"])
    return next((str(one["name"]) for one in known), None)


def standard_metas(off_screen: Iterable[str]) -> list[dict[str, Any]]:
    """Jira's own fields, as createmeta shows them."""
    return [
        {
            "fieldId": name,
            "key": name,
            "name": name.capitalize(),
            "required": name in _REQUIRED,
            "hasDefaultValue": False,
            "operations": ["set"],
            "schema": {"type": "string", "system": name},
        }
        for name in STANDARD_FIELDS
        if name not in off_screen
    ]


def custom_meta(one: CustomField) -> dict[str, Any]:
    """A custom field, as createmeta shows it."""
    schema = {"type": one.type, "custom": one.custom, **({"items": "option"} if one.type == "array" else {})}
    meta = {
        "fieldId": one.id,
        "key": one.id,
        "name": one.name,
        "required": one.required,
        "hasDefaultValue": False,
        "operations": ["set"],
        "schema": schema,
    }
    return {**meta, "allowedValues": [{"value": option} for option in one.options]} if one.options else meta


def security_meta(levels: Mapping[str, str]) -> dict[str, Any]:
    """The field for the security level, by whose id it is set."""
    return {
        "fieldId": "security",
        "key": "security",
        "name": "Security Level",
        "required": False,
        "hasDefaultValue": False,
        "operations": ["set"],
        "schema": {"type": "securitylevel", "system": "security"},
        "allowedValues": [{"id": number, "name": name} for name, number in levels.items()],
    }


def length(text: str) -> int:
    """As Jira counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def summary_error(value: Any) -> str | None:  # noqa: ANN401 - JSON
    """What is wrong with a summary."""
    if not isinstance(value, str) or not value.strip():
        return "You must specify a summary of the issue."
    if "\n" in value or "\r" in value:
        return "The summary is invalid because it contains newline characters."
    return f"Summary must be less than {MAX_SUMMARY} characters." if length(value) > MAX_SUMMARY else None


def text_error(value: Any) -> str | None:  # noqa: ANN401 - JSON
    """What is wrong with a long text."""
    if not isinstance(value, str):
        return "Operation value must be a string"
    return f"The entered text is too long. It exceeds {MAX_TEXT} characters." if length(value) > MAX_TEXT else None


def labels_error(value: Any) -> str | None:  # noqa: ANN401 - JSON
    """What is wrong with labels."""
    if not isinstance(value, list) or not all(isinstance(label, str) for label in value):
        return "data was not an array of strings"
    spaced = next((label for label in value if re.search(r"\s", label)), None)
    return f"The label '{spaced}' contains spaces which is invalid." if spaced else None


def custom_error(meta: CustomField, value: Any) -> str | None:  # noqa: ANN401 - JSON
    """What is wrong with the value of a custom field."""
    match meta.type:
        case "option":
            chosen = value.get("value") if isinstance(value, dict) else None
            return None if chosen in meta.options else f"Option value '{chosen}' is not valid"
        case "array":
            chosen_all = [one.get("value") for one in value] if isinstance(value, list) else [None]
            return None if set(chosen_all) <= set(meta.options) else "Option value is not valid"
        case "number":
            return None if isinstance(value, int | float) else "Operation value must be a number"
        case "user":
            return None if isinstance(value, dict) else "Operation value must be a user"
        case _:
            return None if isinstance(value, str) else "Operation value must be a string"
