"""One field of a form ↔ one input in a modal.

Slack keeps what was typed across a change of view where block id and action id stay the same; both follow from the
field's key and the kind of input, so an answer survives the change of request type wherever both forms ask for it.
An answer that does not fit its picker is shown in a text input instead: it is never dropped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot import form_texts
from bot.slack import mrkdwn
from bot.slack.file_inputs import file_blocks, read_files
from bot.slack.message import Block, clip, plain_text
from escalation.dates import parse_datetime
from escalation.domain import Answer, FieldType, Form, FormField
from escalation.prefill import suggested_moment

StateValues = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""view.state.values: block id → action id → what the input holds."""

TEXT_INPUT_LIMIT = 3_000
_LABEL_LIMIT = 150  # Slack takes 2,000; a label is one line on a phone
_HINT_LIMIT = 400  # Slack takes 2,000
_OPTION_TEXT_LIMIT = 75
_OPTION_VALUE_LIMIT = 150
_OPTIONS_LIMIT = 100  # per select, or per group of one
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_EARLIEST, _LATEST = 10**9, 10**10 - 1  # Slack's datetimepicker takes Unix seconds of ten digits
_PICKED = frozenset({FieldType.DATE, FieldType.DATETIME, FieldType.USER})
"""Types whose input cannot hold a word: "tbd" gets a box to tick below it."""


_TOLD_AT_ONCE = frozenset(
    {"static_select", "multi_static_select", "datepicker", "datetimepicker", "users_select", "checkboxes"}
)
"""Inputs whose every change Slack tells us, with all that is typed so far: then it is kept."""


FIELD_BLOCKS = "f:"
"""Begins the block ids of fields."""


def block_id(key: str) -> str:
    """Where the answer to a field is found in the state, and where its error goes."""
    return f"{FIELD_BLOCKS}{key}"


def is_shown(field: FormField, values: StateValues) -> bool:
    """Whether the view whose state this is has an input for the field."""
    return block_id(field.key) in values


def blocks_for(field: FormField, answer: Answer | None, form: Form) -> list[Block]:
    """The input (and the "I don't know yet" box, where the field allows that), filled with ``answer``."""
    if field.type is FieldType.FILE:
        return file_blocks(field, answer, block_id(field.key))
    boxed = field.allow_tbd and field.type in _PICKED
    known = None if boxed and answer == form_texts.TBD else answer
    block: Block = {
        "type": "input",
        "block_id": block_id(field.key),
        "label": plain_text(field.label, _LABEL_LIMIT),
        "optional": boxed or not field.required,
        "element": _element(field, known, form),
    }
    if block["element"]["type"] in _TOLD_AT_ONCE:
        block["dispatch_action"] = True
    hint = _hint(field, form)
    if hint:
        block["hint"] = plain_text(hint, _HINT_LIMIT)
    return [block, _tbd_box(field, ticked=answer == form_texts.TBD)] if boxed else [block]


def read(field: FormField, values: StateValues, form: Form) -> Answer | None:
    """What the person answered, None for nothing. Dates come back as ISO 8601, times with the form's offset."""
    state = next(iter(values.get(block_id(field.key), {}).values()), None)
    answer = _read_state(field, state, form) if state else None
    if answer is None and values.get(_tbd_id(field), {}).get("checkboxes", {}).get("selected_options"):
        return form_texts.TBD
    return answer


def _element(field: FormField, answer: Answer | None, form: Form) -> Block:
    element = _picker(field, answer, form) or _text_input(field, _as_text(answer))
    return {**element, "action_id": element["type"]}


def _picker(field: FormField, answer: Answer | None, form: Form) -> Block | None:
    """The input made for this type; None where a plain text input serves better or the answer does not fit."""
    text = _as_text(answer)
    match field.type:
        case FieldType.SELECT | FieldType.MULTI_SELECT if field.options:
            return _select(field, answer)
        case FieldType.NUMBER if not field.allow_tbd:
            return _number_input(field, text)
        case FieldType.URL if not field.allow_tbd and not field.error and (not text or mrkdwn.web_link(text)):
            return {"type": "url_text_input", **_initial("initial_value", text)}
        case FieldType.DATE if not text or _is_date(text):
            return {"type": "datepicker", **_initial("initial_date", text)}
        case FieldType.DATETIME:
            return _moment_picker(text, form)
        case FieldType.USER if not text or mrkdwn.is_member_id(text):
            return {"type": "users_select", **_initial("initial_user", text)}
        case FieldType.CHECKBOX:
            yes = _option(form_texts.YES, "yes")
            return {"type": "checkboxes", "options": [yes], **({"initial_options": [yes]} if text else {})}
        case _:
            return None


def _text_input(field: FormField, text: str) -> Block:
    element: Block = {"type": "plain_text_input", "multiline": field.type is FieldType.LONG_TEXT}
    # Slack counts characters as people type, which no error of ours can; but a form's own words win, and a prefilled
    # text beyond the limit must still open. Lower limits stay ours: "at least 40 characters" needs a reason.
    limit = min(field.rules.max_length or TEXT_INPUT_LIMIT, TEXT_INPUT_LIMIT)
    element["max_length"] = limit if not field.error and len(text) <= limit else TEXT_INPUT_LIMIT
    if field.type in (FieldType.URL, FieldType.UTM_SET):
        element["placeholder"] = plain_text(form_texts.LINK_PLACEHOLDER, _LABEL_LIMIT)
    return {**element, **_initial("initial_value", text[:TEXT_INPUT_LIMIT])}


def _number_input(field: FormField, text: str) -> Block | None:
    if text and not _NUMBER.fullmatch(text):
        return None
    low, high = field.rules.minimum, field.rules.maximum
    element: Block = {"type": "number_input", "is_decimal_allowed": True, **_initial("initial_value", text)}
    if text and not (low is None or low <= float(text)) or text and not (high is None or float(text) <= high):
        return element
    if not field.error:
        element |= {} if low is None else {"min_value": _digits(low)}
        element |= {} if high is None else {"max_value": _digits(high)}
    return element


def _moment_picker(text: str, form: Form) -> Block | None:
    if not text:
        return {"type": "datetimepicker"}
    moment = parse_datetime(suggested_moment(text) if _is_date(text) else text, form.timezone)
    seconds = int(moment.timestamp()) if moment else 0
    return {"type": "datetimepicker", "initial_date_time": seconds} if _EARLIEST <= seconds <= _LATEST else None


def _select(field: FormField, answer: Answer | None) -> Block:
    options = _options(field)
    picked = [options[text] for text in _as_tuple(answer) if text in options]
    multi = field.type is FieldType.MULTI_SELECT
    element: Block = {"type": "multi_static_select" if multi else "static_select", **_grouped(list(options.values()))}
    if picked:
        element |= {"initial_options": picked} if multi else {"initial_option": picked[0]}
    return element


def _options(field: FormField) -> dict[str, Block]:
    """Slack's option objects by our own value; values too long for Slack travel as their place."""
    found = {
        text: _option(text, text if 0 < len(text) <= _OPTION_VALUE_LIMIT else f"#{place}")
        for place, text in enumerate(dict.fromkeys(field.options))
    }
    if field.allow_tbd:
        found.setdefault(form_texts.TBD, _option(form_texts.DONT_KNOW_YET, form_texts.TBD))
    return found


def _option(text: str, value: str) -> Block:
    return {"text": plain_text(text, _OPTION_TEXT_LIMIT), "value": value}


def _grouped(options: Sequence[Block]) -> Block:
    if len(options) <= _OPTIONS_LIMIT:
        return {"options": list(options)}
    pages = [list(options[at : at + _OPTIONS_LIMIT]) for at in range(0, len(options), _OPTIONS_LIMIT)]
    groups = []
    for page in pages[:_OPTIONS_LIMIT]:
        span = f"{clip(page[0]['text']['text'], 30)} – {clip(page[-1]['text']['text'], 30)}"
        groups.append({"label": plain_text(span, _OPTION_TEXT_LIMIT), "options": page})
    return {"option_groups": groups}


def _read_state(field: FormField, state: Mapping[str, Any], form: Form) -> Answer | None:
    match state.get("type"):
        case "datepicker":
            return state.get("selected_date") or None
        case "datetimepicker":
            seconds = state.get("selected_date_time")
            return datetime.fromtimestamp(seconds, ZoneInfo(form.timezone)).isoformat() if seconds else None
        case "users_select":
            return state.get("selected_user") or None
        case "static_select":
            return next(iter(_chosen(field, [state.get("selected_option") or {}])), None)
        case "multi_static_select":
            return _chosen(field, state.get("selected_options") or ()) or None
        case "checkboxes":
            return "yes" if state.get("selected_options") else None
        case "file_input":
            return read_files(state)
        case _:
            return (state.get("value") or "").strip() or None


def _chosen(field: FormField, picked: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    ours = {option["value"]: text for text, option in _options(field).items()}
    return tuple(ours[option["value"]] for option in picked if option.get("value") in ours)


def _hint(field: FormField, form: Form) -> str:
    parts = [field.help]
    if field.required_if:
        asked = form.field(field.required_if.field)
        values = form_texts.alternatives(field.required_if.values)
        label = asked.label if asked else field.required_if.field
        parts.append(form_texts.needed_when(label, values, negated=field.required_if.negated))
    if field.allow_tbd and field.type not in _PICKED | {FieldType.SELECT, FieldType.MULTI_SELECT}:
        parts.append(form_texts.TBD_ALLOWED)
    if field.required and field.allow_tbd and field.type in _PICKED:
        parts.append(form_texts.TBD_BOX)
    return " ".join(part.strip() for part in parts if part.strip())


def _tbd_id(field: FormField) -> str:
    return f"tbd:{field.key}"


def _tbd_box(field: FormField, *, ticked: bool) -> Block:
    option = _option(form_texts.DONT_KNOW_YET, form_texts.TBD)
    element: Block = {"type": "checkboxes", "action_id": "checkboxes", "options": [option]}
    if ticked:
        element["initial_options"] = [option]
    label = plain_text(form_texts.not_sure_about(clip(field.label, _LABEL_LIMIT)), _LABEL_LIMIT + 20)
    return {"type": "input", "block_id": _tbd_id(field), "optional": True, "label": label, "element": element}


def _initial(name: str, value: str) -> Block:
    return {name: value} if value else {}


def _as_text(answer: Answer | None) -> str:
    return ", ".join(answer) if isinstance(answer, tuple) else (answer or "").strip()


def _as_tuple(answer: Answer | None) -> tuple[str, ...]:
    return answer if isinstance(answer, tuple) else ((answer,) if answer else ())


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _digits(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else str(number)
