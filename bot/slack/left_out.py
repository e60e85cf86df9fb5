"""What was left out of somebody's words → what they are told."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from bot import redaction_texts, texts
from bot.personal import left_out_of
from bot.redaction import Secret
from bot.slack.message import PLAIN, RICH, TEXT_LIMIT, Markup, Message, clip, context, say
from bot.slack.tickets import Because
from escalation.domain import Draft

_BY_ITSELF = frozenset({Because.NOT_FOUND.value, Because.NONE_OF_THESE.value})


def secrets_left_out(removed: Collection[Secret]) -> Message:
    """To somebody who pasted a token, a password or a card number."""
    return say(redaction_texts.secret_left_out([kind.value for kind in Secret if kind in removed]))


def on_card(card: Message, draft: Draft, opened_because: str) -> Message:
    """A ticket's card; with a line when the desk left personal data off a ticket that it opened by itself."""
    kinds = left_out_of(draft.summary, draft.question, *draft.thread) if opened_because in _BY_ITSELF else ()
    if not kinds:
        return card

    def said(m: Markup) -> str:
        return redaction_texts.left_off_ticket([kind.value for kind in kinds], m.strong(texts.ADD_DETAILS))

    body = [block for block in card.blocks if block["type"] != "actions"]
    buttons = [block for block in card.blocks if block["type"] == "actions"]
    text = clip(f"{card.text}\n{said(PLAIN)}", TEXT_LIMIT)
    return replace(card, text=text, blocks=(*body, context(said(RICH)), *buttons))
