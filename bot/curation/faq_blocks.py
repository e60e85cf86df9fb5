"""The parts curation's views and messages are made of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from bot import texts as texts_
from bot.curation import faq_texts as words
from bot.slack import answers, mrkdwn
from bot.slack.message import Block, clip, context, one_line, plain_text, section
from bot.texts import day
from knowledge.domain import Citation, Entry, Hit, HitKind
from knowledge.variables import with_fallbacks

View = dict[str, Any]

TITLE_LIMIT, LABEL_LIMIT, OPTION_LIMIT, VALUE_LIMIT = 24, 150, 75, 150
NAME_LIMIT = 120
_PREVIEWED = ("section", "context")


def modal(
    callback_id: str, title: str, private: str, blocks: list[Block], *, submit: str = "", close: str = ""
) -> View:
    """A modal. With ``submit`` its closing is told too, so that what was typed can be kept."""
    view: View = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain_text(title, TITLE_LIMIT),
        "close": plain_text(close or (words.CANCEL if submit else words.CLOSE), TITLE_LIMIT),
        "private_metadata": private,
        "blocks": blocks,
    }
    return {**view, "submit": plain_text(submit, TITLE_LIMIT)} if submit else view


def input_block(name: str, label: str, element: Block, *, hint: str = "", optional: bool = True) -> Block:
    """An input; ``name`` is its block id and its action id."""
    block: Block = {
        "type": "input",
        "block_id": name,
        "optional": optional,
        "label": plain_text(label, LABEL_LIMIT),
        "element": {**element, "action_id": name},
    }
    return {**block, "hint": plain_text(hint, LABEL_LIMIT)} if hint else block


def text_input(value: str, *, multiline: bool = False, limit: int = 3_000) -> Block:
    """A text input with something in it."""
    element: Block = {"type": "plain_text_input", "multiline": multiline, "max_length": limit}
    return {**element, "initial_value": value[:limit]} if value else element


def option(label: str, value: str) -> Block:
    """One option of a select, radio or check list."""
    return {"text": plain_text(label, OPTION_LIMIT), "value": value}


def values_of(view: Mapping[str, Any]) -> dict[str, str]:
    """What was typed and chosen, by input; of several choices one per line.

    Where Slack does not tell the state of an input, it is as it was when the form opened.
    """
    found = {
        str(block["block_id"]): str(block["element"].get("initial_value", ""))
        for block in view.get("blocks") or ()
        if block.get("type") == "input"
    }
    for block_id, elements in (view.get("state") or {}).get("values", {}).items():
        state = next(iter(elements.values()), None) or {}
        chosen = [str(one.get("value", "")) for one in state.get("selected_options") or ()]
        one = (state.get("selected_option") or {}).get("value")
        found[str(block_id)] = str(state.get("value") or state.get("selected_date") or one or "\n".join(chosen))
    return found


def preview(entry: Entry, today: date) -> list[Block]:
    """The entry as people will read it."""
    message = answers.answer(0, hit_of(entry), 0, False, today, expanded=True)
    shown = (_without_match(block) for block in message.blocks if block["type"] in _PREVIEWED)
    return [block for block in shown if block.get("elements") != []]


def _without_match(block: Block) -> Block:
    """Nobody asked: there is no match to judge."""
    if block["type"] != "context":
        return block
    told = (each["text"].removeprefix(texts_.GOOD_MATCH).removeprefix(" · ") for each in block["elements"])
    return context(*[text for text in told if text])


def hit_of(entry: Entry) -> Hit:
    """The entry as if it had been found; what stands for the reader's own place or day is shown in general words."""
    text = with_fallbacks(entry.checklist.intro if entry.checklist and entry.checklist.intro else entry.answer)
    cited = Citation(entry.sources, entry.owner, entry.reviewed_at, entry.review_by)
    return Hit(HitKind.ENTRY, entry.id, entry.question, None, None, None, text, text, 1.0, citation=cited)


def bold(text: str, limit: int = NAME_LIMIT) -> str:
    """Words of people standing out, on one line."""
    return f"*{name(text, limit)}*"


def name(text: str, limit: int = NAME_LIMIT) -> str:
    """Words of people on one line, escaped."""
    return mrkdwn.escape(clip(one_line(text), limit)) or "…"


def paragraph(text: str) -> Block:
    """A section that always fits."""
    return section(clip(text, mrkdwn.SECTION_LIMIT))


def entry_id(text: str) -> str:
    """An entry's id as code."""
    return "`" + mrkdwn.escape(clip(one_line(text), NAME_LIMIT)).replace("`", "'") + "`"


def age(moment: datetime, now: datetime) -> str:
    """ "today", "3 days", "5 weeks": how long ago something was."""
    days = max(0, (now - moment).days)
    if days == 0:
        return "today"
    if days < 14:  # noqa: PLR2004 - two weeks
        return "yesterday" if days == 1 else f"{days} days ago"
    return f"{days // 7} weeks ago"


def reviewed(entry: Entry, today: date) -> str:
    """When somebody last looked at it."""
    return f"reviewed {day(entry.reviewed_at, today)}" if entry.reviewed_at else words.NEVER_REVIEWED
