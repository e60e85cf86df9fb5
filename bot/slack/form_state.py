"""The state of a form's view → answers. Pure; what travels in the view are ids, text stays in its inputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.form_steps import PRIVATE, TRACKER, Filled, tracker_field
from bot.slack import ids
from bot.slack.inputs import StateValues, is_shown, read
from bot.slack.message import Block
from escalation.domain import Answer, FieldType, Form, TrackerField

TYPE_BLOCK = "request_type"
PRIVATE_BLOCK = "private"

_INITIAL = {
    "initial_value": "value",
    "initial_date": "selected_date",
    "initial_date_time": "selected_date_time",
    "initial_user": "selected_user",
    "initial_option": "selected_option",
    "initial_options": "selected_options",
}
_UTC_FORM = Form("", "", "", ())


def form_id_from_state(values: StateValues) -> str:
    """The request type picked in the form; empty when the state has none."""
    picked = values.get(TYPE_BLOCK, {}).get(ids.REQUEST_TYPE, {}).get("selected_option") or {}
    return str(picked.get("value", ""))


def answers_from_state(form: Form, values: StateValues) -> dict[str, Answer]:
    """What was filled in, by field key; unanswered fields are left out."""
    found = {field.key: read(field, values, form) for field in form.fields}
    return {key: answer for key, answer in found.items() if answer}


def extra_from_state(
    extra: Sequence[TrackerField], values: StateValues, form: Form | None = None
) -> dict[str, Answer]:
    """What was filled in for tracker fields, by tracker field id. Times are in the zone of ``form``, else UTC."""
    found = {tracker.id: read(tracker_field(tracker), values, form or _UTC_FORM) for tracker in extra}
    return {key: answer for key, answer in found.items() if answer}


def filled(values: StateValues, forms: Iterable[Form], shown_form: str, extra: Sequence[TrackerField]) -> Filled:
    """What the open view holds. ``shown_form`` is the type whose fields it shows, whatever the select says now.

    A file input left empty says nothing: Slack cannot show in it what was chosen before.
    """
    form = next((form for form in forms if form.id == shown_form), _UTC_FORM)
    answers: dict[str, Answer] = answers_from_state(form, values)
    shown = {f.key for f in form.fields if is_shown(f, values) and (f.type is not FieldType.FILE or f.key in answers)}
    answers |= {f"{TRACKER}{key}": answer for key, answer in extra_from_state(extra, values, form).items()}
    shown |= {f"{TRACKER}{one.id}" for one in extra if is_shown(tracker_field(one), values)}
    if PRIVATE_BLOCK in values:
        shown.add(PRIVATE)
        if any(state.get("selected_options") for state in values[PRIVATE_BLOCK].values()):
            answers[PRIVATE] = "yes"
    return Filled(form_id_from_state(values), frozenset(shown), answers)


def touched(view: Mapping[str, Any]) -> bool:
    """Whether a person has changed anything in a view since it was rendered."""
    values: StateValues = view.get("state", {}).get("values") or {}
    before = _initial(view.get("blocks") or ())
    return any(_held(state) != _held(before.get((block, action), {})) for block, action, state in _each(values))


def _each(values: StateValues) -> list[tuple[str, str, Mapping[str, Any]]]:
    return [(block, action, state) for block, actions in values.items() for action, state in actions.items()]


def _initial(blocks: Iterable[Block]) -> dict[tuple[str, str], dict[str, Any]]:
    inputs = (block for block in blocks if block.get("type") == "input")
    return {
        (str(block["block_id"]), str(block["element"]["action_id"])): {
            there: block["element"][here] for here, there in _INITIAL.items() if here in block["element"]
        }
        for block in inputs
    }


def _held(state: Mapping[str, Any]) -> dict[str, Any]:
    """What an input holds; options by their value, nothing as nothing."""
    held = {key: _values(value) for key, value in state.items() if key != "type"}
    return {key: value for key, value in held.items() if value}


def _values(value: Any) -> Any:  # noqa: ANN401 - Slack's own JSON
    if isinstance(value, Mapping):
        return value.get("value") or value.get("id")
    return [_values(one) for one in value] if isinstance(value, list) else value
