"""The form that attaches a question to the right entry, and the one line people add to a thumb down. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256

from bot.conversations import AskedQuestion
from bot.curation import faq_texts as words
from bot.curation.faq_blocks import VALUE_LIMIT, View, bold, input_block, modal, option, paragraph, text_input
from bot.curation.faq_context import About, about_text
from bot.slack import ids
from bot.slack.message import Block, actions, button
from knowledge.domain import Entry

SEARCH, ENTRY, PHRASING, MORE = ids.FAQ_FIND, "entry", "phrasing", "more"
MOST = 10
"""Entries to pick from: Slack's limit for radio buttons, and a phone's screen."""


def wrong_view(question: AskedQuestion, phrasing: str, entries: Sequence[Entry], searched: str) -> View:
    """What was asked, the entries it may belong to, and a search for others."""
    blocks: list[Block] = [paragraph(words.WRONG_ASKED.format(question=bold(question.text, 500)))]
    blocks.append(_entries(entries, searched) if entries else paragraph(words.WRONG_NONE_FOUND))
    find = input_block(SEARCH, words.WRONG_FIND, _search(searched), hint=words.WRONG_FIND_HINT)
    blocks.append({**find, "dispatch_action": True})
    kept = text_input(phrasing, limit=500)
    blocks.append(input_block(PHRASING, words.WRONG_PHRASING, kept, hint=words.WRONG_PHRASING_HINT, optional=False))
    number = str(question.id)
    blocks.append(
        actions(button(words.WRONG_WRITE, ids.FAQ_ADD, number), button(words.WRONG_SETTLE, ids.FAQ_SETTLE, number))
    )
    about = about_text(About(question=question.id))
    return modal(ids.VIEW_FAQ_WRONG, words.WRONG_TITLE, about, blocks, submit=words.WRONG_ATTACH)


def say_more_view(about: About) -> View:
    """One optional line."""
    line = input_block(
        MORE, words.SAY_MORE_LABEL, text_input("", multiline=True, limit=500), hint=words.SAY_MORE_HINT
    )
    return modal(ids.VIEW_FAQ_SAY_MORE, words.SAY_MORE_TITLE, about_text(about), [line], submit=words.SAY_MORE_SEND)


def choice_of(entry: Entry) -> str:
    """An entry as the value of an option: its id, or what stands for one that is too long for Slack."""
    return entry.id if len(entry.id) <= VALUE_LIMIT else sha256(entry.id.encode()).hexdigest()


def picked(given: Mapping[str, str]) -> str:
    """The option that was picked, "" for none."""
    return next((value for block, value in given.items() if block.partition(":")[0] == ENTRY and value), "")


def _entries(entries: Sequence[Entry], searched: str) -> Block:
    """Each search has a block of its own: what was picked before it is not kept."""
    options = [option(entry.question, choice_of(entry)) for entry in entries[:MOST]]
    block = input_block(ENTRY, words.WRONG_PICK, {"type": "radio_buttons", "options": options}, optional=False)
    return {**block, "block_id": f"{ENTRY}:{sha256(searched.encode()).hexdigest()[:12]}" if searched else ENTRY}


def _search(searched: str) -> Block:
    element = text_input(searched, limit=200)
    return {**element, "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]}}
