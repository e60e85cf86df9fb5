"""Jira's field metadata: which fields a person must be asked for, and answers in the shape Jira takes. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from escalation.dates import parse_datetime
from escalation.domain import Answer, FieldType, TrackerField
from escalation.errors import TrackerRejected

Meta = Mapping[str, Any]
"""One field of a createmeta answer, as Jira sends it."""

ALWAYS_SENT = frozenset({"project", "issuetype", "summary", "description", "labels", "reporter"})
"""Fields every ticket of ours has, or that Jira fills in by itself."""

_CHILD = " › "
_PLAIN_TYPES = {"number": FieldType.NUMBER, "date": FieldType.DATE, "datetime": FieldType.DATETIME}
_CUSTOM_TYPES = {"textarea": FieldType.LONG_TEXT, "url": FieldType.URL}
_TYPED = frozenset({"string", "number", "date", "datetime", "user", "issuelink", "project", "group"})
_PICKED = frozenset(
    {"option", "option-with-child", "priority", "version", "component", "securitylevel", "resolution"}
)
_EMAIL_HINT = " (work email)"


def field_id(meta: Meta) -> str:
    """The id under which a value is sent. Old servers leave it out of the field itself and call it ``key``."""
    return str(meta.get("fieldId") or meta.get("key") or "")


def demanded(metas: Iterable[Meta]) -> tuple[TrackerField, ...]:
    """The required fields that neither we nor Jira fill in by ourselves."""
    return tuple(tracker_field(meta) for meta in metas if _is_demanded(meta))


def unfillable(metas: Iterable[Meta]) -> tuple[str, ...]:
    """A sentence for every field Jira demands that no input could give a value Jira takes."""
    return tuple(
        f"It demands {meta.get('name') or field_id(meta)} ({field_id(meta)}), {why}."
        for meta in metas
        if _is_demanded(meta) and (why := _why_unfillable(meta))
    )


def tracker_field(meta: Meta) -> TrackerField:
    """A field as a form would ask for it."""
    name = str(meta.get("name") or field_id(meta))
    options = tuple(_choices(meta))
    kind = _schema(meta, "type")
    if options:
        return TrackerField(
            field_id(meta), name, FieldType.MULTI_SELECT if kind == "array" else FieldType.SELECT, options
        )
    if "user" in (kind, _schema(meta, "items")):
        return TrackerField(field_id(meta), name + _EMAIL_HINT, FieldType.TEXT)
    custom = _schema(meta, "custom").rpartition(":")[2]
    return TrackerField(field_id(meta), name, _PLAIN_TYPES.get(kind) or _CUSTOM_TYPES.get(custom, FieldType.TEXT))


def typed(meta: Meta, answer: Answer, timezone: str, find_user: Callable[[str], dict[str, str] | None]) -> Any:  # noqa: ANN401 - JSON
    """An answer as Jira takes it for this field. Raises TrackerRejected with the field's id when it does not fit."""
    if _schema(meta, "type") == "array":
        given = answer if isinstance(answer, tuple) else tuple(part.strip() for part in answer.split(","))
        return [_one(meta, _schema(meta, "items"), one, timezone, find_user) for one in given if one]
    text = answer if isinstance(answer, str) else ", ".join(answer)
    return _one(meta, _schema(meta, "type"), text.strip(), timezone, find_user)


def _is_demanded(meta: Meta) -> bool:
    return bool(meta.get("required")) and not meta.get("hasDefaultValue") and field_id(meta) not in ALWAYS_SENT


def _why_unfillable(meta: Meta) -> str | None:
    kind = _schema(meta, "items") if _schema(meta, "type") == "array" else _schema(meta, "type")
    if kind in _TYPED or any(_choices(meta)):
        return None
    if kind in _PICKED:
        return "which offers nothing to pick from"
    return f"whose kind ({kind or 'unknown'}) a form cannot ask for"


def _one(meta: Meta, kind: str, text: str, timezone: str, find_user: Callable[[str], dict[str, str] | None]) -> Any:  # noqa: ANN401 - JSON
    match kind:
        case "number":
            return _number(meta, text)
        case "datetime":
            return _moment(meta, text, timezone)
        case "user":
            user = find_user(text)
            if user is None:
                raise _unfit(meta, "Jira knows no single person by that email. Type another work email.")
            return user
        case "option":
            return {"value": text}
        case "option-with-child":
            parent, _, child = text.partition(_CHILD)
            return {"value": parent, "child": {"value": child}} if child else {"value": parent}
        case "issuelink" | "project":
            return {"key": text}
        case _:
            return {"name": text} if any("name" in value for value in _allowed(meta)) else text


def _number(meta: Meta, text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError as exc:
        raise _unfit(meta, "That isn't a number. Digits only, e.g. 1200.") from exc


def _moment(meta: Meta, text: str, timezone: str) -> str:
    moment = parse_datetime(text, timezone)
    if moment is None:
        raise _unfit(meta, "Write it as 2027-05-14 10:00.")
    return _jira_time(moment)


def _jira_time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000%z")


def _unfit(meta: Meta, message: str) -> TrackerRejected:
    return TrackerRejected(f"{meta.get('name') or field_id(meta)}: {message}", {field_id(meta): message})


def _schema(meta: Meta, key: str) -> str:
    schema = meta.get("schema")
    return str(schema.get(key) or "") if isinstance(schema, dict) else ""


def _allowed(meta: Meta) -> list[dict[str, Any]]:
    values = meta.get("allowedValues")
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []


def _choices(meta: Meta) -> Iterable[str]:
    """The allowed values in Jira's order; of cascading ones each parent with each child."""
    for value in _allowed(meta):
        name = str(value.get("value") or value.get("name") or "")
        children = [str(child.get("value") or "") for child in value.get("children") or ()]
        yield from ([f"{name}{_CHILD}{child}" for child in children] if children else [name] if name else [])
