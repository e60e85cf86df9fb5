"""The last look before something is sent: may everyone who will read it there read what is in it, as things are now?

Between a question and its answer a channel may become shared, a guest may join, a group may change, and a text may be
withdrawn. Then the place gets one plain line, and whoever asked gets the message in a DM if they may read it.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import assert_never

from bot.audiences import Audiences, is_for_one
from bot.domain import Kept
from bot.effects import Post, Respond, Update
from bot.outbox import Outbox
from bot.outcome import Then, nothing
from bot.queue import Claimed
from bot.slack import answers
from bot.slack.message import Message
from knowledge.domain import Audience, HitKind

AudienceOf = Callable[[HitKind, str], Audience | None]
"""Who may read a hit's text now; None when it has been withdrawn."""


class Seen(Enum):
    """How the last look ended."""

    FINE = auto()
    NOT_HERE = auto()
    WITHDRAWN = auto()


class LastLook:
    """Raises SlackUnavailable when Slack cannot say now who reads: then nothing is sent yet."""

    def __init__(self, audiences: Audiences, audience_of: AudienceOf, outbox: Outbox) -> None:
        self._audiences = audiences
        self._audience_of = audience_of
        self._outbox = outbox

    def of(self, effect: Post | Update | Respond, claim: Claimed) -> tuple[Message, Then]:
        """What is sent in fact, and what to write once that is done."""
        where = effect.person if isinstance(effect, Respond) else effect.channel
        match self._seen(where, effect.kept, claim):
            case Seen.FINE:
                return Message(effect.text, effect.blocks, effect.kept), nothing
            case Seen.WITHDRAWN:
                return answers.withdrawn(), nothing
            case Seen.NOT_HERE if isinstance(effect, Respond) or is_for_one(where):
                return answers.not_yours(), nothing
            case Seen.NOT_HERE:
                return self._elsewhere(effect, claim)
            case other:
                assert_never(other)

    def _elsewhere(self, effect: Post | Update | Respond, claim: Claimed) -> tuple[Message, Then]:
        person = None if isinstance(effect, Respond) else effect.tell_on_failure
        if person is None or self._seen(person, effect.kept, claim) is not Seen.FINE:
            return answers.not_here(), nothing
        own = Post(person, effect.text, effect.blocks, kept=effect.kept)
        return answers.elsewhere(), lambda session: self._outbox.put(session, f"{claim.key}:elsewhere", own)

    def _seen(self, where: str, kept: tuple[Kept, ...], claim: Claimed) -> Seen:
        texts = []
        for one in kept:
            now = self._audience_of(one.kind, one.id) if one.kind else one.audience
            if now is None and not one.even_withdrawn:
                return Seen.WITHDRAWN
            now = now or one.audience
            texts.append(one.audience.narrowed(now))
        if all(Audience().may_read(text) for text in texts):
            return Seen.FINE
        readers = self._audiences.of_post(where, texts, claim.started_at)
        return Seen.FINE if all(readers.may_read(text) for text in texts) else Seen.NOT_HERE
