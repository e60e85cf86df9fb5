"""Carries out what the desk says in Slack. A message is posted once, also after a crash or a lost reply.

What ends without a clear answer is looked for by its key before it is posted again. A reply to a response_url cannot
be looked for: it is sent again, so its one reader may see it twice (mostly it replaces itself).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.audiences import is_person
from bot.clock import Clock
from bot.effects import (
    Effect,
    KeptNotice,
    Post,
    PublishHome,
    React,
    Respond,
    SendFaq,
    ShowCard,
    ShowOpsLine,
    ShowView,
    TellDuty,
    Update,
)
from bot.errors import SlackOutcomeUnknown, SlackRefused, SlackUnavailable
from bot.outbox import Outbox
from bot.outcome import Done, Outcome, Refused, Retry, Then, Unsure, Wait, nothing
from bot.pace import pace
from bot.queue import Claimed
from bot.signs import STALE, is_reserved
from bot.slack import answers
from bot.slack.cards import Card, Cards
from bot.slack.client import SlackClient
from bot.slack.last_look import LastLook
from bot.slack.message import BLOCKS_LIMIT, TEXT_LIMIT, Message, clip
from bot.slack.ops import OpsChannel
from bot.slack.ops_lines import OpsLines
from bot.slack.pacer import Pacer
from bot.tiers import POST, REACTION, UPDATE, Tiers

SETTLE = timedelta(seconds=2)
"""How long after an unclear post the message is looked for."""

LOOK_BACK = timedelta(hours=2)
"""How much older than its outbox row a message may seem: our clock need not agree with Slack's, not by an hour."""

GIVE_UP_AFTER = timedelta(hours=24)
"""When an effect that never gets a clear answer is given up and somebody is told; Slack being away is no reason."""

LOCKED_OUT = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope"}
)
"""Slack's words for a token that is no good. Nothing is given up for that: somebody will mend it."""

LOCKED_OUT_PACE = timedelta(minutes=1)

_INSTEAD = ":instead"
_TURN = "turn"


@dataclass(frozen=True)
class _Letter:
    """A message on its way: where to, and the key by which it is recognised."""

    channel: str
    thread: str | None
    message: Message
    key: str


class SlackDelivery:
    """Implements ``Delivers`` for everything that goes to Slack. One thread's at a time."""

    def __init__(
        self,
        slack: SlackClient,
        cards: Cards,
        lines: OpsLines,
        outbox: Outbox,
        ops: OpsChannel,
        pacer: Pacer,
        clock: Clock,
        last_look: LastLook,
        confirm: Callable[[Claimed], None],
        tiers: Tiers,
        answered: Callable[[str], bool],
    ) -> None:
        """``confirm`` raises ClaimLost when somebody else has taken over meanwhile; ``answered`` tells whether the
        question that a sign (by its key) belongs to has been dealt with.
        """
        self._tiers = tiers
        self._answered = answered
        self._confirm = confirm
        self._last_look = last_look
        self._slack = slack
        self._cards = cards
        self._lines = lines
        self._outbox = outbox
        self._ops = ops
        self._pacer = pacer
        self._posted_in: str | None = None
        self._clock = clock

    def deliver(self, effect: Effect, claim: Claimed) -> Outcome:
        """Carry out an effect."""
        self._posted_in = None
        outcome = self._outcome(effect, claim)
        return outcome if self._posted_in is None else self._with_pace(outcome, self._posted_in)

    def _outcome(self, effect: Effect, claim: Claimed) -> Outcome:
        try:
            return self._deliver(effect, claim)
        except SlackUnavailable as exc:
            wait = timedelta(seconds=exc.retry_after) if exc.retry_after else pace(claim.attempts)
            return Retry(self._clock() + wait, str(exc), _without_turn(claim.memo))
        except SlackOutcomeUnknown as exc:
            return self._unclear(effect, claim, str(exc))
        except SlackRefused as exc:
            return self._refused(effect, claim, exc)

    def _with_pace(self, outcome: Outcome, channel: str) -> Outcome:
        """What was posted, or may have been, counts for the pace: written where the row is settled."""

        def write(session: Session) -> None:
            outcome.then(session)
            self._pacer.sent(session, channel)

        if isinstance(outcome, Retry | Unsure):
            return replace(outcome, then=write, memo=_without_turn(outcome.memo))
        return replace(outcome, then=write)

    def gave_up(self, effect: Effect, claim: Claimed, why: str) -> Then:
        """Who asked hears by DM why nothing appeared, and gets the words there; if that fails too, ops hears."""
        if isinstance(effect, React | PublishHome):
            return nothing  # an emoji and a page that is rebuilt on the next visit: nobody waits for them
        if isinstance(effect, ShowView | SendFaq):
            return lambda session: self._outbox.put(session, f"{claim.key}{_INSTEAD}", _instead_of(effect))
        person, channel, message = self._meant_for(effect)
        if person is None or claim.key.endswith(_INSTEAD):
            return lambda session: self._tell_ops(session, claim, why)
        if isinstance(effect, Update) and why == "message_not_found":
            return nothing  # somebody deleted what they were reading
        note = answers.cannot_post(channel if channel.startswith(("C", "G")) else "")
        text = clip(f"{note.text}\n{message.text}", TEXT_LIMIT)
        instead = Post(person, text, (*note.blocks, *message.blocks)[:BLOCKS_LIMIT], kept=message.kept)
        return lambda session: self._outbox.put(session, f"{claim.key}{_INSTEAD}", instead)

    def _refused(self, effect: Effect, claim: Claimed, exc: SlackRefused) -> Outcome:
        if exc.code in LOCKED_OUT and not isinstance(effect, React):
            return Retry(self._clock() + LOCKED_OUT_PACE, str(exc), claim.memo)
        return Refused(str(exc), self.gave_up(effect, claim, exc.code))

    def _unclear(self, effect: Effect, claim: Claimed, why: str) -> Outcome:
        """Channel messages let others of their lane pass; cards and updates must not overtake each other."""
        if self._clock() - claim.created_at > GIVE_UP_AFTER:
            return Refused(why, self.gave_up(effect, claim, why))
        at = self._clock() + max(SETTLE, pace(claim.attempts))
        if isinstance(effect, ShowCard | ShowOpsLine | KeptNotice | Update):
            return Retry(at, why, claim.doubted())
        return Unsure(at, why, claim.doubted())

    def _deliver(self, effect: Effect, claim: Claimed) -> Outcome:
        match effect:
            case Post():
                message, then = self._last_look.of(effect, claim)
                posted = self._post(_Letter(effect.channel, effect.thread, message, claim.key), claim)
                return posted if isinstance(posted, Wait) else Done(then)
            case Update():
                message, then = self._last_look.of(effect, claim)
                self._update(effect.channel, effect.ts, message)
                return Done(then)
            case Respond():
                return self._respond(effect, claim)
            case ShowView() | SendFaq() | PublishHome():
                return self._show(effect, claim)
            case React():
                self._react(effect, claim)
            case KeptNotice():
                return self._kept(effect, claim)
            case ShowCard():
                return self._card(effect, claim)
            case ShowOpsLine():
                return self._line(effect, claim)
            case TellDuty():
                return self._tell_duty(effect, claim)
            case _:
                raise AssertionError(f"{effect.kind} does not go to Slack")
        return Done()

    def _post(self, letter: _Letter, claim: Claimed) -> tuple[str, str] | Wait:
        """(channel, ts) of the message with the letter's key: found when it may be there already, else posted."""
        channel = self._channel(letter.channel)
        memo = claim.memo
        if claim.in_doubt_since is not None:
            since = (min(claim.created_at, claim.in_doubt_since) - LOOK_BACK).timestamp()
            found = self._slack.find_posted(channel, letter.thread, letter.key, since)
            if found:
                return channel, found
            memo = claim.certain()
        later = self._not_yet(channel, memo.get(_TURN))
        if later is not None:
            turn = memo.get(_TURN) or later.isoformat()
            return Wait(later, "one message a second per channel", {**memo, _TURN: turn})
        self._tiers.take(POST)
        message = letter.message
        self._posted_in = channel
        self._confirm(claim)
        posted = self._slack.post(channel, message.text, message.blocks, letter.thread, letter.key)
        return channel, posted

    def _not_yet(self, channel: str, turn: str | None) -> datetime | None:
        """When a message may be posted, if that is not now. ``turn``: the one that was reserved for it before."""
        return self._pacer.turn(channel) if turn is None else self._pacer.early(channel, datetime.fromisoformat(turn))

    def _respond(self, effect: Respond, claim: Claimed) -> Outcome:
        message, _ = self._last_look.of(effect, claim)
        try:
            self._slack.respond(effect.response_url, message.text, message.blocks, effect.replace, effect.thread)
        except SlackRefused:
            post = Post(effect.person, message.text, message.blocks, kept=message.kept)
            return Done(lambda session: self._outbox.put(session, f"{claim.key}:dm", post))
        return Done()

    def _show(self, effect: ShowView | SendFaq | PublishHome, claim: Claimed) -> Outcome:
        if isinstance(effect, PublishHome):
            self._slack.publish_home(effect.person, self._cards.home(effect.person))
            return Done()
        if isinstance(effect, SendFaq):
            name, content = self._cards.faq_file()
            self._slack.upload(self._slack.open_dm(effect.person), name, content, effect.comment)
            return Done()
        try:
            self._slack.update_view(effect.view_id, "", effect.view)
        except SlackRefused:  # closed, most likely
            return Done(self.gave_up(effect, claim, "closed"))
        return Done()

    def _kept(self, effect: KeptNotice, claim: Claimed) -> Outcome:
        card = self._cards.kept(effect.request_id)
        if card is None:
            return Done()
        posted = self._post(_Letter(card.channel, card.thread, card.message, claim.key), claim)
        if isinstance(posted, Wait):
            return posted
        return Done(lambda session: self._cards.kept_shown(session, effect.request_id))

    def _card(self, effect: ShowCard, claim: Claimed) -> Outcome:
        follow = self._lines.follow(effect.request_id, claim.id, self._outbox)
        card = self._cards.card(effect.request_id)
        if card is None or (card.ts is not None and self._updated(card, card.ts)):
            return Done(follow)
        key = f"card:{effect.request_id}"
        posted = self._post(_Letter(card.channel, card.thread, card.message, key), claim)
        if isinstance(posted, Wait):
            return posted

        def write(session: Session) -> None:
            self._cards.posted(session, effect.request_id, *posted)
            follow(session)

        return Done(write)

    def _line(self, effect: ShowOpsLine, claim: Claimed) -> Outcome:
        line = self._lines.line(effect.request_id)
        if line is None or (line.ts is not None and self._updated(line, line.ts)):
            return Done()
        key = f"line:{effect.request_id}"
        posted = self._post(_Letter(line.channel, line.thread, line.message, key), claim)
        if isinstance(posted, Wait):
            return posted
        return Done(lambda session: self._lines.posted(session, effect.request_id, *posted))

    def _tell_duty(self, effect: TellDuty, claim: Claimed) -> Outcome:
        told = self._lines.for_duty(effect.request_id, unowned=effect.unowned)
        if told is None:
            return Done()
        posted = self._post(_Letter(told.channel, None, told.message, claim.key), claim)
        return posted if isinstance(posted, Wait) else Done()

    def _updated(self, card: Card, ts: str) -> bool:
        """Whether the card could be changed in place; False when somebody has deleted it."""
        try:
            self._update(card.channel, ts, card.message)
        except SlackRefused as exc:
            if exc.code != "message_not_found":
                raise
            return False
        return True

    def _update(self, channel: str, ts: str, message: Message) -> None:
        self._tiers.take(UPDATE)
        self._slack.update(channel, ts, message.text, message.blocks)

    def _react(self, effect: React, claim: Claimed) -> None:
        if not is_reserved(claim.key):
            self._tiers.take(REACTION)
        elif claim.attempts > 1 and self._clock() - claim.created_at > STALE and self._answered(claim.key):
            return
        self._slack.react(effect.channel, effect.ts, effect.name)

    def _channel(self, channel: str) -> str:
        """A person's id stands for the DM with them."""
        return self._slack.open_dm(channel) if is_person(channel) else channel

    def _meant_for(self, effect: Effect) -> tuple[str | None, str, Message]:
        """Who is to read an effect, in which channel, and what."""
        match effect:
            case Post() | Update():
                return effect.tell_on_failure, effect.channel, Message(effect.text, effect.blocks, effect.kept)
            case Respond():
                return effect.person, "", Message(effect.text, effect.blocks, effect.kept)
            case ShowCard() | KeptNotice():
                card = self._cards.card(effect.request_id)
                person = self._cards.person(effect.request_id)
                return (person, card.channel, card.message) if card else (None, "", Message("", ()))
            case _:
                return None, "", Message("", ())

    def _tell_ops(self, session: Session, claim: Claimed, why: str) -> None:
        if not claim.key.startswith("ops:"):
            reference = f"O{claim.id}"
            self._ops.tell(session, f"undelivered:{reference}", answers.ops_undelivered(reference, why))


def _without_turn(memo: Mapping[str, Any]) -> dict[str, Any]:
    """Whoever used their turn up, or could not use it in time, asks for another: the next one has what came after."""
    return {name: value for name, value in memo.items() if name != _TURN}


def _instead_of(effect: ShowView | SendFaq) -> Post:
    """What a person gets by DM in place of a form that is closed, or of a file."""
    if isinstance(effect, SendFaq):
        return Post(effect.person, effect.otherwise, ())
    return Post(effect.person, effect.text, effect.blocks)
