"""Whoever proposed something hears what became of it, wherever it was decided."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from sqlalchemy.orm import Session

from bot.curation import decided_texts as words
from bot.curation.faq_blocks import bold, name
from bot.effects import Post
from bot.outbox import Outbox
from bot.slack import ids
from bot.slack.message import actions, button, say
from bot.slack.mrkdwn import escape, is_member_id
from knowledge.proposals import Proposal


class Decision(StrEnum):
    """What a curator decided about a proposal."""

    PUBLISHED = "published"
    DROPPED = "dropped"
    SENT_BACK = "sent_back"


_SAYS = {
    Decision.PUBLISHED: words.PUBLISHED,
    Decision.DROPPED: words.DROPPED,
    Decision.SENT_BACK: words.SENT_BACK,
}


class Decided:
    """Works in the caller's transaction: the decision and its news are there together or not at all."""

    def __init__(self, outbox: Outbox, names: Callable[[str], str]) -> None:
        self._outbox = outbox
        self._names = names

    def tell(self, session: Session, proposal: Proposal, decision: Decision, by: str, reason: str = "") -> None:
        """A direct message to the author; nothing when they decided it themselves."""
        if proposal.author == by or not is_member_id(proposal.author):
            return
        said = _SAYS[decision].format(who=name(self._names(by)), question=bold(proposal.entry.question))
        if reason:
            said = words.WITH_REASON.format(said=said, reason=escape(" ".join(reason.split())))
        go_on = button(words.GO_ON, ids.FAQ_EDIT_PROPOSAL, str(proposal.id))
        message = say(said, *([actions(go_on)] if decision is Decision.SENT_BACK else []))
        key = f"decided:{proposal.id}:{decision}:{proposal.updated_at:%Y%m%d%H%M%S%f}"
        self._outbox.put(session, key, Post(proposal.author, message.text, message.blocks, kept=message.kept))
