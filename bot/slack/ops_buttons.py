"""What ops people can do with a request, as buttons below its line in the ops channel.

Anybody in the channel sees them; who may press them is checked at every press.
"""

from __future__ import annotations

from bot import ops_texts
from bot.slack import ids
from bot.slack.message import Block, actions, button, plain_text
from escalation.domain import Request

_OPTION_LIMIT = 75

MENU = {
    ids.OPS_REASSIGN: ops_texts.REASSIGN,
    ids.OPS_RETYPE: ops_texts.CHANGE_TYPE,
    ids.OPS_CLOSE: ops_texts.CLOSE,
    ids.OPS_DECLINE: ops_texts.DECLINE,
}
"""The menu behind the buttons: action → its words. Each opens a form."""


def ops_actions(request: Request) -> Block:
    """The row of buttons of a request that is open; put it as the last block of its line."""
    number = str(request.id)
    has_owner = request.ticket is not None and request.ticket.assignee is not None
    options = [
        {"text": plain_text(words, _OPTION_LIMIT), "value": f"{action}:{number}"} for action, words in MENU.items()
    ]
    return actions(
        button(ops_texts.TAKE, ids.OPS_TAKE, number, primary=not has_owner),
        button(ops_texts.ASK_INFO, ids.OPS_ASK_INFO, number),
        {"type": "overflow", "action_id": ids.OPS_MORE, "options": options},
    )
