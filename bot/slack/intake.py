"""Notes on campaign links and files → messages."""

from __future__ import annotations

from bot import intake_texts
from bot.link_check import LinkNote, LinkReview
from bot.slack import mrkdwn
from bot.slack.message import Block, Markup, Message, clip, say, section
from escalation.domain import Request

_WHY_LIMIT = 300
_PROBLEMS_LIMIT = 900


def link_answer(review: LinkReview) -> Message:
    """The answer to "is this link right?"."""
    if not review.notes:
        return say(intake_texts.LINK_FINE)
    first, *others = review.notes
    message = say(lambda m: intake_texts.link_wrong([m.words(_joined(first))]), *_copy(first))
    return with_links(message, LinkReview(tuple(others), True))


def link_notes(review: LinkReview) -> Message:
    """What is wrong with the links of a message, on its own. There is something."""
    messages = [_noted(note) for note in review.notes]
    return Message("\n".join(m.text for m in messages), tuple(block for m in messages for block in m.blocks))


def with_links(message: Message, review: LinkReview) -> Message:
    """A message with what is wrong with the links of its question below it."""
    if not review.notes:
        return message
    notes = link_notes(review)
    return Message(f"{message.text}\n{notes.text}", (*message.blocks, *notes.blocks))


def _noted(note: LinkNote) -> Message:
    return say(lambda m: intake_texts.link_note([m.words(_joined(note))]), *_copy(note))


def file_not_attached(request: Request, file: str, why: str) -> Message:
    """To the person and to ops: this file is not on the ticket."""
    ticket = request.ticket

    def said(m: Markup) -> str:
        called = m.link(ticket.key, ticket.url) if ticket else m.bold(request.ref)
        return intake_texts.file_not_attached(m.bold(file), called, m.words(clip(why, _WHY_LIMIT)))

    return say(said)


def _joined(note: LinkNote) -> str:
    return clip(" ".join(note.problems), _PROBLEMS_LIMIT)


def _copy(note: LinkNote) -> tuple[Block, ...]:
    """The corrected link in a code span: Slack would shorten and link it otherwise."""
    if note.corrected is None:
        return ()
    shown = mrkdwn.escape(note.corrected.replace("`", "%60"))
    return (section(f"{intake_texts.LINK_COPY} `{shown}`"),)
