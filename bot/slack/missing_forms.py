"""The forms behind gaps, abbreviations and known issues: what they ask for, and what was filled in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot import known_issue_texts as issue_texts
from bot import missing_texts as texts
from bot.slack import ids, mrkdwn
from bot.slack.message import Block, clip, context, one_line, plain_text

_TITLE_LIMIT = 24
_LABEL_LIMIT = 150
_SHORT_LIMIT = 300
_LONG_LIMIT = 2_000
_ALIKE_SHOWN = 8
_QUOTE_LIMIT = 150

View = dict[str, Any]


def dismiss_view(question: str, private: str) -> View:
    """Why a gap is none."""
    why = _input("why", texts.WHY, texts.WHY_HINT, _text(_SHORT_LIMIT))
    quoted = context(f"“{mrkdwn.escape(clip(one_line(question), _QUOTE_LIMIT))}”")
    return _view(ids.GAP_DISMISS, texts.DISMISS_TITLE, texts.DISMISS_SUBMIT, texts.CANCEL, private, [quoted, why])


def define_view(term: str, examples: Sequence[str], private: str) -> View:
    """What an abbreviation stands for."""
    blocks = [
        _input("term", texts.TERM, texts.TERM_HINT, _text(_SHORT_LIMIT, term)),
        _input("meaning", texts.MEANING, texts.MEANING_HINT, _text(_SHORT_LIMIT)),
        _input("definition", texts.DEFINITION, texts.DEFINITION_HINT, _text(_LONG_LIMIT, many=True), optional=True),
    ]
    quoted = [context(_quotes(examples))] if examples else []
    return _view(ids.TERM_DEFINE, texts.DEFINE_TITLE, texts.SAVE, texts.CANCEL, private, [*quoted, *blocks])


def declare_view(alike: Sequence[str], private: str, lasts: int = 4) -> View:
    """What is wrong, what to tell everyone, and for how long. ``alike``: questions whose words may be shown."""
    options = [{"text": plain_text(words, 75), "value": str(hours)} for hours, words in issue_texts.LASTS.items()]
    chosen = next(option for option in options if option["value"] == str(lasts))
    until = {"type": "static_select", "options": options, "initial_option": chosen}
    blocks = [
        _input("title", issue_texts.WHAT, issue_texts.WHAT_HINT, _text(_QUOTE_LIMIT)),
        _input("answer", issue_texts.ANSWER, issue_texts.ANSWER_HINT, _text(_LONG_LIMIT, many=True)),
        _input("hours", issue_texts.UNTIL, issue_texts.UNTIL_HINT, until),
    ]
    blocks += [context(f"{issue_texts.ALIKE}\n{_quotes(alike)}")] if alike else []
    return _view(ids.ISSUE_DECLARE, issue_texts.TITLE, issue_texts.SUBMIT, issue_texts.CANCEL, private, blocks)


def _quotes(questions: Sequence[str]) -> str:
    return "\n".join(f"• {mrkdwn.escape(clip(one_line(text), _QUOTE_LIMIT))}" for text in questions[:_ALIKE_SHOWN])


def _text(limit: int, words: str = "", *, many: bool = False) -> Block:
    element: Block = {"type": "plain_text_input", "multiline": many, "max_length": limit}
    return {**element, **({"initial_value": words[:limit]} if words else {})}


def _input(name: str, label: str, hint: str, element: Block, *, optional: bool = False) -> Block:
    return {
        "type": "input",
        "block_id": name,
        "label": plain_text(label, _LABEL_LIMIT),
        "hint": plain_text(hint, _LABEL_LIMIT),
        "element": {**element, "action_id": name},
        "optional": optional,
    }


def _view(action: str, title: str, submit: str, close: str, private: str, blocks: list[Block]) -> View:
    return {
        "type": "modal",
        "callback_id": f"{ids.VIEW_MISSING}:{action}",
        "title": plain_text(title, _TITLE_LIMIT),
        "submit": plain_text(submit, _TITLE_LIMIT),
        "close": plain_text(close, _TITLE_LIMIT),
        "private_metadata": private,
        "blocks": blocks,
    }
