"""Carries out what the desk says in Slack. A message is posted once, also after a crash or a lost reply."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.cards import Cards
from bot.clock import Clock
from bot.dispatcher import pace
from bot.effects import Effect, KeptNotice, Post, PublishHome, React, Respond, ShowCard, Update
from bot.errors import SlackOutcomeUnknown, SlackRefused, SlackUnavailable
from bot.outbox import Outbox
from bot.outcome import Done, Outcome, Refused, Retry, Unsure
from bot.queue import Claimed
from bot.slack import answers
from bot.slack.client import SlackClient

CHANNEL_PACE = timedelta(seconds=1)
"""Slack takes about one message a second per channel (docs.slack.dev, rate limits)."""

SETTLE = timedelta(seconds=2)
"""How long after an unclear post the message is looked for."""

_GIVE_UP_AFTER = timedelta(hours=24)


class SlackDelivery:
    """Implements ``Delivers`` for everything that goes to Slack."""

    def __init__(self, slack: SlackClient, cards: Cards, outbox: Outbox, clock: Clock) -> None:
        self._slack = slack
        self._cards = cards
        self._outbox = outbox
        self._clock = clock
        self._pacer = Pacer(clock)

    def deliver(self, effect: Effect, claim: Claimed) -> Outcome:
        """Carry out an effect."""
        try:
            return self._deliver(effect, claim)
        except SlackUnavailable as exc:
            wait = timedelta(seconds=exc.retry_after) if exc.retry_after else pace(claim.attempts)
            return Retry(self._clock() + wait, str(exc), claim.memo)
        except SlackOutcomeUnknown as exc:
            return Unsure(self._clock() + max(SETTLE, pace(claim.attempts)), str(exc), {**claim.memo, "unsure": True})
        except SlackRefused as exc:
            return Refused(str(exc), self._told(effect, claim, exc))

    def _deliver(self, effect: Effect, claim: Claimed) -> Outcome:
        match effect:
            case Post():
                return self._post(effect, claim)
            case Update():
                self._slack.update(effect.channel, effect.ts, effect.text, effect.blocks)
            case Respond():
                return self._respond(effect, claim)
            case React():
                self._slack.react(effect.channel, effect.ts, effect.name)
            case PublishHome():
                self._slack.publish_home(effect.person, self._cards.home(effect.person))
            case KeptNotice():
                return self._kept(effect, claim)
            case ShowCard():
                return self._card(effect, claim)
            case _:
                raise AssertionError(f"{effect.kind} does not go to Slack")
        return Done()

    def _post(self, effect: Post, claim: Claimed) -> Outcome:
        channel = self._channel(effect.channel)
        posted = self._post_once(channel, effect.thread, effect.text, effect.blocks, claim.key, claim)
        return posted if isinstance(posted, Retry) else Done()

    def _post_once(
        self,
        channel: str,
        thread: str | None,
        text: str,
        blocks: Sequence[Mapping[str, Any]],
        key: str,
        claim: Claimed,
    ) -> str | Retry:
        """The ts of the message carrying ``key``: found when an earlier attempt may have posted it, else posted."""
        if claim.interrupted or claim.memo.get("unsure"):
            found = self._slack.find_posted(channel, thread, key, claim.created_at.timestamp() - 60)
            if found:
                return found
        later = self._pacer.reserve(channel)
        if later is not None:
            return Retry(
                later, "one message a second per channel", {k: v for k, v in claim.memo.items() if k != "unsure"}
            )
        return self._slack.post(channel, text, blocks, thread, key)

    def _respond(self, effect: Respond, claim: Claimed) -> Outcome:
        try:
            self._slack.respond(effect.response_url, effect.text, effect.blocks, effect.replace)
        except SlackRefused:
            post = Post(effect.person, effect.text, effect.blocks)
            return Done(lambda session: self._outbox.put(session, f"{claim.key}:dm", post))
        return Done()

    def _kept(self, effect: KeptNotice, claim: Claimed) -> Outcome:
        card = self._cards.kept(effect.request_id)
        if card is None:
            return Done()
        channel = self._channel(card.channel)
        posted = self._post_once(channel, card.thread, card.message.text, card.message.blocks, claim.key, claim)
        if isinstance(posted, Retry):
            return posted
        return Done(lambda session: self._cards.kept_shown(session, effect.request_id))

    def _card(self, effect: ShowCard, claim: Claimed) -> Outcome:
        card = self._cards.card(effect.request_id)
        if card is None:
            return Done()
        message = card.message
        if card.ts:
            self._slack.update(card.channel, card.ts, message.text, message.blocks)
            return Done()
        channel = self._channel(card.channel)
        key = f"card:{effect.request_id}"
        posted = self._post_once(channel, card.thread, message.text, message.blocks, key, claim)
        if isinstance(posted, Retry):
            return posted
        return Done(lambda session: self._cards.posted(session, effect.request_id, channel, posted))

    def _channel(self, channel: str) -> str:
        """A person's id stands for the DM with them."""
        return self._slack.open_dm(channel) if channel.startswith(("U", "W")) else channel

    def _told(self, effect: Effect, claim: Claimed, exc: SlackRefused) -> Callable[[Session], None]:
        """Who asked hears by DM why nothing appeared, and gets the words there."""
        person = effect.tell_on_failure if isinstance(effect, Post) else None
        if isinstance(effect, ShowCard | KeptNotice):
            person = self._cards.person(effect.request_id)
        if person is None or claim.key.endswith(":instead"):
            return lambda _session: None
        where = effect.channel if isinstance(effect, Post) else None
        note = answers.cannot_post(where or "")
        text, blocks = note.text, note.blocks
        if isinstance(effect, Post):
            text, blocks = f"{note.text}\n{effect.text}", (*note.blocks, *effect.blocks)
        instead = Post(person, text, blocks)
        return lambda session: self._outbox.put(session, f"{claim.key}:instead", instead)


class Pacer:
    """Keeps this process below one message a second per channel."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._free_at: dict[str, datetime] = {}

    def reserve(self, channel: str) -> datetime | None:
        """Take the channel's turn now (None), or the time to come back at."""
        now = self._clock()
        with self._lock:
            free_at = self._free_at.get(channel, now)
            if free_at > now:
                return free_at
            self._free_at[channel] = now + CHANNEL_PACE
            return None
