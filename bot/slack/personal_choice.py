"""Whether personal data goes onto a ticket: the choice in the check before it goes out, and what was chosen."""

from __future__ import annotations

from bot import redaction_texts
from bot.personal import Personal
from bot.slack.inputs import StateValues
from bot.slack.message import Block, plain_text, section

_BLOCK = "personal"
_AS_TYPED, _LEAVE_OUT = "as_typed", "leave_out"
_OPTION_LIMIT = 75


def choice_blocks(kinds: tuple[Personal, ...]) -> list[Block]:
    """The warning and the choice. Nothing is chosen beforehand: it is theirs to make."""
    options = [
        {"text": plain_text(label, _OPTION_LIMIT), "value": value}
        for label, value in ((redaction_texts.LEAVE_OUT, _LEAVE_OUT), (redaction_texts.AS_TYPED, _AS_TYPED))
    ]
    choice = {
        "type": "input",
        "block_id": _BLOCK,
        "label": plain_text(redaction_texts.PERSONAL_LABEL, _OPTION_LIMIT),
        "element": {"type": "radio_buttons", "action_id": "radio_buttons", "options": options},
    }
    return [section(redaction_texts.personal_found([kind.value for kind in kinds])), choice]


def wants_as_typed(values: StateValues) -> bool:
    """Whether the person chose to send it as typed; False when they were not asked."""
    state = values.get(_BLOCK, {}).get("radio_buttons", {})
    return bool((state.get("selected_option") or {}).get("value") == _AS_TYPED)
