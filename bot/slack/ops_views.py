"""The forms of ops people, and the one behind "Not yet": what they ask for, and what was filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot import news_texts, ops_texts
from bot.slack import ids, mrkdwn
from bot.slack.message import Block, clip, context, one_line, plain_text
from escalation.domain import Form, Request

_TITLE_LIMIT = 24
_LABEL_LIMIT = 150
_OPTION_LIMIT = 75
_TEXT_LIMIT = 2_000  # what a person may type: it becomes a message and a comment
_OPTIONS_LIMIT = 100

View = dict[str, Any]


def ops_view(
    action: str,
    request: Request,
    private: str,
    *,
    forms: Sequence[Form] = (),
    prefill: Mapping[str, str] | None = None,
) -> View:
    """The form of one action on a request; ``private`` is its private_metadata, ``prefill`` by field."""
    given = prefill or {}
    key = request.ticket.key if request.ticket else request.ref
    about = context(mrkdwn.escape(ops_texts.about(key, clip(one_line(request.draft.summary), _LABEL_LIMIT))))
    return _view(
        f"{ids.VIEW_OPS}:{action}",
        ops_texts.TITLES[action],
        ops_texts.SUBMITS[action],
        private,
        [about, *_inputs(action, request, forms, given)],
    )


def not_solved_view(private: str) -> View:
    """One optional line: what is still missing."""
    why = _text("why", news_texts.NOT_SOLVED_LABEL, news_texts.NOT_SOLVED_HINT, optional=True)
    return _view(ids.VIEW_NOT_SOLVED, news_texts.NOT_SOLVED_TITLE, news_texts.SEND, private, [why])


def values_of(view: Mapping[str, Any]) -> dict[str, str]:
    """What was filled in, by field; empty for what was left out."""
    values: dict[str, str] = {}
    for block_id, elements in (view.get("state") or {}).get("values", {}).items():
        state = next(iter(elements.values()), None) or {}
        chosen = state.get("selected_option") or {}
        values[str(block_id)] = str(state.get("value") or state.get("selected_user") or chosen.get("value") or "")
    return values


def _inputs(action: str, request: Request, forms: Sequence[Form], given: Mapping[str, str]) -> list[Block]:
    match action:
        case ids.OPS_REASSIGN:
            return [_input("person", ops_texts.WHO, {"type": "users_select"})]
        case ids.OPS_RETYPE:
            return [_input("form_id", ops_texts.WHICH_TYPE, _types(request, forms))]
        case ids.OPS_ASK_INFO:
            return [_text("words", ops_texts.WHAT_IS_NEEDED, ops_texts.WHAT_IS_NEEDED_HINT, given)]
        case ids.OPS_CLOSE:
            return [_text("words", ops_texts.HOW_IT_ENDED, ops_texts.HOW_IT_ENDED_HINT, given)]
        case ids.OPS_DECLINE:
            return [
                _text("words", ops_texts.WHY_NOT, ops_texts.WHY_NOT_HINT, given),
                _text("better", ops_texts.BETTER_WAY, ops_texts.BETTER_WAY_HINT, given),
            ]
        case _:
            return []


def _types(request: Request, forms: Sequence[Form]) -> Block:
    options = [{"text": plain_text(form.name, _OPTION_LIMIT), "value": form.id} for form in forms[:_OPTIONS_LIMIT]]
    now = [option for option in options if option["value"] == request.draft.form_id]
    return {"type": "static_select", "options": options, **({"initial_option": now[0]} if now else {})}


def _text(
    name: str,
    label: str,
    hint: str,
    given: Mapping[str, str] | None = None,
    *,
    optional: bool = False,
) -> Block:
    words = (given or {}).get(name, "")[:_TEXT_LIMIT]
    element: Block = {"type": "plain_text_input", "multiline": True, "max_length": _TEXT_LIMIT}
    block = _input(name, label, {**element, **({"initial_value": words} if words else {})})
    return {**block, "optional": optional, "hint": plain_text(hint, _LABEL_LIMIT)}


def _input(name: str, label: str, element: Block) -> Block:
    return {
        "type": "input",
        "block_id": name,
        "label": plain_text(label, _LABEL_LIMIT),
        "element": {**element, "action_id": name},
    }


def _view(callback_id: str, title: str, submit: str, private: str, blocks: list[Block]) -> View:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain_text(title, _TITLE_LIMIT),
        "submit": plain_text(submit, _TITLE_LIMIT),
        "close": plain_text(ops_texts.CANCEL, _TITLE_LIMIT),
        "private_metadata": private,
        "blocks": blocks,
    }
