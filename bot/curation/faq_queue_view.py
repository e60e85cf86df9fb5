"""The curators' queue as a message and as part of the App Home. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.curation import faq_texts as words
from bot.curation.faq_blocks import age, bold, name, paragraph, reviewed
from bot.curation.faq_lists import draft_blocks
from bot.curation.faq_queue import Phrasing, Queue, Said
from bot.curation.reviews import DueEntry
from bot.slack import ids
from bot.slack.message import TEXT_LIMIT, Block, Message, actions, button, clip, context, header, say
from knowledge.proposals import Proposal

_EACH = 5  # of every kind: the newest or most urgent; 50 blocks fit a message
_AT_HOME = 3


def queue_message(queue: Queue, now: datetime, name_of: dict[str, str]) -> Message:
    """Everything that waits, every item with its next step. ``name_of``: names of people by their ids."""
    if queue.is_empty:
        return say(words.QUEUE_EMPTY)
    blocks = [
        *_part(words.TO_REVIEW_TITLE, [[_proposal(one, now, name_of)] for one in queue.to_review]),
        *_part(words.STALE_TITLE, [[_due(one, now)] for one in queue.due]),
        *_part(words.SAID_TITLE, [_said(one) for one in queue.said]),
        *_part(words.PHRASINGS_TITLE, [_phrasing(one) for one in queue.phrasings]),
        *_gaps(queue),
        *draft_blocks(queue.drafts, now)[: _EACH + 1],
    ]
    return Message(clip(_counts(queue).replace("*", ""), TEXT_LIMIT), tuple(blocks))


def home_blocks(
    queue: Queue | None, drafts: Sequence[Proposal], now: datetime, name_of: dict[str, str]
) -> list[Block]:
    """The FAQ in the App Home: browsing and own drafts for everybody, what waits for curators (``queue``)."""
    row = [button(words.BROWSE, ids.FAQ_BROWSE), button(words.ADD_ENTRY, ids.FAQ_ADD)]
    row += [button(words.OPEN_QUEUE, ids.FAQ_QUEUE, primary=True)] if queue else []
    blocks = [header(words.HOME_CURATION), *([paragraph(_counts(queue))] if queue else []), actions(*row)]
    if queue:
        blocks += [_proposal(one, now, name_of) for one in queue.to_review[:_AT_HOME]]
        blocks += [_due(one, now) for one in queue.due[:_AT_HOME]]
        blocks += [block for one in queue.said[:_AT_HOME] for block in _said(one)]
        blocks += _gaps(queue)
    return [*blocks, *draft_blocks(drafts, now)]


def _counts(queue: Queue) -> str:
    if queue.is_empty:
        return words.QUEUE_EMPTY
    said = len(queue.said) + len(queue.phrasings)
    return words.home_counts(len(queue.to_review), len(queue.due), said, len(queue.gaps))


def _part(title: str, items: Sequence[list[Block]]) -> list[Block]:
    """The first items of a kind, and how many more there are."""
    blocks = [block for item in items[:_EACH] for block in item]
    left = len(items) - _EACH
    more = [context(words.and_more(left))] if left > 0 else []
    return [header(title), *blocks, *more] if blocks else []


def _proposal(proposal: Proposal, now: datetime, name_of: dict[str, str]) -> Block:
    kind = words.NEW if proposal.is_new else words.CHANGE
    author = name(name_of.get(proposal.author, proposal.author), 60)
    said = words.proposal_line(bold(proposal.entry.question), kind, author, age(proposal.updated_at, now))
    return _with(said, button(words.LOOK_AT_IT, ids.FAQ_FOUND, str(proposal.id)))


def _due(due: DueEntry, now: datetime) -> Block:
    facts = [reviewed(due.entry, now.date())]
    facts += [words.DRIFTED] if due.drifted else []
    facts += [words.FAILING] if due.record.offset < 0 else []
    why = " · ".join(facts)
    said = words.stale_line(bold(due.entry.question), name(due.entry.owner, 60) if due.entry.owner else "", why)
    return _with(said, button(words.REVIEW_IT, ids.FAQ_REVIEW_ENTRY, due.entry.id))


def _said(said: Said) -> list[Block]:
    """Longer than the others: its button stands below."""
    told = f"“{name(said.words, 300)}”" if said.words else ""
    line = words.said_line(name(said.question, 200), bold(said.answered), told)
    return [paragraph(line), actions(button(words.PUT_RIGHT, ids.FAQ_WRONG, str(said.question_id)))]


def _phrasing(phrasing: Phrasing) -> list[Block]:
    said = words.phrasing_line(f"“{name(phrasing.words, 200)}”", bold(phrasing.entry.question))
    number = str(phrasing.question_id)
    row = actions(button(words.ADD_PHRASING, ids.FAQ_ACCEPT, number), button(words.NO, ids.FAQ_SETTLE, number))
    return [paragraph(said), row]


def _gaps(queue: Queue) -> list[Block]:
    if not queue.gaps:
        return []
    lines = "\n".join(words.gap_line(f"• {name(gap.question, 150)}", gap.askers) for gap in queue.gaps[:_AT_HOME])
    return [header(words.GAPS_TITLE), _with(lines, button(words.SEE_GAPS, ids.FAQ_GAPS))]


def _with(text: str, accessory: Block) -> Block:
    return {**paragraph(text), "accessory": accessory}
