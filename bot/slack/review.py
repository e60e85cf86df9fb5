"""The digest of entries that are due for a look."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from datetime import date

from bot import review_texts as words
from bot import texts
from bot.slack import ids, mrkdwn
from bot.slack.message import (
    PLAIN,
    RICH,
    TEXT_LIMIT,
    Block,
    Markup,
    Message,
    actions,
    button,
    clip,
    joined,
    one_line,
    section,
)
from knowledge.domain import Entry

LINES = 12
"""Changed lines of a page that are shown."""

_LINE = 200
_QUESTION = 140


def review_digest(title: str, items: Sequence[Message], more: int) -> Message:
    """The digest: its title, the entries, and how many more there are."""
    head = section(f"*{mrkdwn.escape(title)}*\n{words.HOW}")
    tail = [section(words.and_more(more))] if more else []
    blocks = [head, *(block for item in items for block in item.blocks), *tail]
    plain = "\n".join(
        [mrkdwn.escape(title), *(item.text for item in items), *([words.and_more(more)] if more else [])]
    )
    return Message(clip(plain.replace("`", ""), TEXT_LIMIT), tuple(blocks))


def due_item(entry: Entry, facts: Sequence[str], changes: Sequence[tuple[str, str, str | None]]) -> Message:
    """One entry with why it is due. ``changes``: address, what the page said, what it says (None: it is gone)."""

    def said(m: Markup) -> str:
        return f"{m.bold(clip(one_line(entry.question), _QUESTION))}\n{m.words(joined(facts))}"

    drifted: list[Callable[[Markup], str]] = [_change(*change) for change in changes[:2]]
    rich = "\n".join([said(RICH), *(part(RICH) for part in drifted)])
    plain = "\n".join([said(PLAIN), *(part(PLAIN) for part in drifted)])
    return Message(plain, (section(clip(rich, mrkdwn.SECTION_LIMIT)), _buttons(entry)))


def _buttons(entry: Entry) -> Block:
    return actions(
        button(words.STILL_RIGHT, ids.FAQ_STILL_RIGHT, entry.id), button(words.EDIT, ids.FAQ_EDIT, entry.id)
    )


def _change(url: str, was: str, now: str | None) -> Callable[[Markup], str]:
    def said(m: Markup) -> str:
        page = m.link(url, url)
        if now is None:
            return f"{words.PAGE_IS_GONE} {page}"
        return f"{words.page_changed(page)}\n{_code(changed_lines(was, now))}"

    return said


def changed_lines(was: str, now: str) -> str:
    """The lines that went (-) and came (+), without those that stayed."""
    lines = difflib.ndiff(was.splitlines(), now.splitlines())
    told = [clip(line, _LINE) for line in lines if line[:2] in ("- ", "+ ") and line[2:].strip()]
    rest = [f"… {len(told) - LINES} more"] if len(told) > LINES else []
    return "\n".join([*told[:LINES], *rest])


def _code(text: str) -> str:
    return "```" + mrkdwn.escape(text.replace("`", "'")) + "```"


def reviewed_long_ago(entry: Entry, today: date) -> str:
    """When somebody last looked at it."""
    return texts.last_reviewed((today - entry.reviewed_at).days) if entry.reviewed_at else words.NOT_REVIEWED_YET
