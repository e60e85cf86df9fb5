"""What `/faq` is answered with: lists, matches, help, and somebody's own drafts. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bot.curation import faq_texts as words
from bot.curation.faq_blocks import age, bold, entry_id, name, paragraph, reviewed
from bot.slack import ids, mrkdwn
from bot.slack.message import TEXT_LIMIT, Block, Message, actions, button, clip, context, say
from knowledge.domain import Entry, EntryStatus
from knowledge.proposals import Proposal

PAGE = 8
"""Entries of one page: about two screens of a phone."""

_SEARCH_LIMIT = 200  # characters of a search that travel in a button
_DRAFTS = 5


def entries_page(entries: Sequence[Entry], page: int, searched: str, today: date, *, curator: bool) -> Message:
    """One page of entries; ``searched`` are the words they were found by, "" for the whole list."""
    if not entries:
        added = button(words.ADD_ENTRY, ids.FAQ_ADD, primary=True)
        said = (
            words.NO_MATCH.format(words=mrkdwn.escape(clip(searched, _SEARCH_LIMIT)))
            if searched
            else words.NO_ENTRIES
        )
        return say(said, actions(added))
    page = min(max(page, 0), (len(entries) - 1) // PAGE)
    shown = entries[page * PAGE : (page + 1) * PAGE]
    blocks = [_line(entry, today, curator=curator) for entry in shown]
    where = words.page_of(page * PAGE + 1, page * PAGE + len(shown), len(entries))
    row = _turns(page, len(entries), searched)
    spoken = "; ".join(name(entry.question) for entry in shown)
    return Message(
        clip(f"{where}: {spoken}", TEXT_LIMIT), (*blocks, context(where), *([actions(*row)] if row else []))
    )


def no_such_entry(typed: str, near: Sequence[Entry], today: date, *, curator: bool) -> Message:
    """An id nobody has, and those that look like it."""
    shown = mrkdwn.escape(clip(typed.replace("`", "'"), _SEARCH_LIMIT))
    said = (words.DID_YOU_MEAN if near else words.NO_SUCH_ENTRY).format(id=shown)
    return say(said, *[_line(entry, today, curator=curator) for entry in near])


def help_text(drafts: Sequence[Proposal], now: datetime, *, curator: bool) -> Message:
    """What `/faq` can do, and what the person has begun."""
    row = [button(words.ADD_ENTRY, ids.FAQ_ADD, primary=True), button(words.BROWSE, ids.FAQ_BROWSE)]
    row += [button(words.OPEN_QUEUE, ids.FAQ_QUEUE)] if curator else []
    return say(words.HELP, actions(*row), *draft_blocks(drafts, now))


def draft_blocks(drafts: Sequence[Proposal], now: datetime) -> list[Block]:
    """Somebody's own drafts, newest first, each with a way back into it."""
    newest = sorted(drafts, key=lambda proposal: proposal.updated_at, reverse=True)[:_DRAFTS]
    lines = [_draft(proposal, now) for proposal in newest]
    return [paragraph(words.YOUR_DRAFTS), *lines] if lines else []


def _draft(proposal: Proposal, now: datetime) -> Block:
    said = words.draft_line(bold(proposal.entry.question), age(proposal.updated_at, now))
    go_on = button(words.CONTINUE, ids.FAQ_EDIT_PROPOSAL, str(proposal.id))
    return {**paragraph(said), "accessory": go_on}


def _line(entry: Entry, today: date, *, curator: bool) -> Block:
    status = "" if entry.status is EntryStatus.PUBLISHED else words.STATUS[entry.status.value]
    facts = [entry_id(entry.id), status, name(entry.owner, 40) if entry.owner else "", reviewed(entry, today)]
    said = f"{bold(entry.question)}\n{' · '.join(fact for fact in facts if fact)}"
    accessory = button(words.EDIT, ids.FAQ_EDIT, entry.id) if curator else button(words.SEE, ids.FAQ_SHOW, entry.id)
    return {**paragraph(said), "accessory": accessory}


def _turns(page: int, count: int, searched: str) -> list[Block]:
    """To the page before and the next one: their action ids differ, as Slack wants within a block."""
    words_kept = searched[:_SEARCH_LIMIT]
    row = []
    if page > 0:
        row.append(button(words.EARLIER, f"{ids.FAQ_PAGE}_back", f"{page - 1}:{words_kept}"))
    if (page + 1) * PAGE < count:
        row.append(button(words.MORE, f"{ids.FAQ_PAGE}_on", f"{page + 1}:{words_kept}"))
    return row
