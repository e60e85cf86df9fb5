"""Short-lived permissions that come with each interaction: trigger ids and response URLs; and the posting rate."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass, replace

from bot.demo.slack_arguments import Refused
from bot.demo.slack_state import Clock

TRIGGER_LIFE_S = 3.0
RESPONSE_URL_LIFE_S = 30 * 60.0
RESPONSE_URL_USES = 5


@dataclass(frozen=True)
class Trigger:
    """The right to open one modal for a person. ``view_id`` is the modal the interaction came from."""

    user: str
    at: float
    view_id: str | None = None
    used: bool = False


@dataclass(frozen=True)
class ResponseUrl:
    """The right to answer one interaction. ``message_ts`` is the message it came from; None for commands."""

    user: str
    channel: str
    at: float
    message_ts: str | None = None
    thread_ts: str | None = None
    uses: int = 0


class Grants:
    """Trigger ids live 3 s and open one modal; response URLs live 30 min and take 5 posts (Slack's documentation)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._triggers: dict[str, Trigger] = {}
        self._urls: dict[str, ResponseUrl] = {}

    def trigger(self, user: str, view_id: str | None = None) -> str:
        """A fresh trigger id."""
        with self._lock:
            trigger_id = f"{len(self._triggers) + 1}.trigger"
            self._triggers[trigger_id] = Trigger(user, self._clock(), view_id)
            return trigger_id

    def redeem(self, trigger_id: str) -> Trigger:
        """Use a trigger id up. Raises Refused when it is unknown, used or too old."""
        with self._lock:
            trigger = self._triggers.get(trigger_id)
            if trigger is None:
                raise Refused("invalid_trigger_id", "this trigger_id was never handed out")
            if trigger.used:
                raise Refused("exchanged_trigger_id", "a trigger_id opens one modal, once")
            age = self._clock() - trigger.at
            if age > TRIGGER_LIFE_S:
                raise Refused("expired_trigger_id", f"a trigger_id lives 3 s; this one came after {age:.1f} s")
            self._triggers[trigger_id] = replace(trigger, used=True)
            return trigger

    def response_url(
        self, user: str, channel: str, message_ts: str | None = None, thread_ts: str | None = None
    ) -> str:
        """A fresh token, the last part of a response URL."""
        with self._lock:
            token = f"R{len(self._urls) + 1:07d}"
            self._urls[token] = ResponseUrl(user, channel, self._clock(), message_ts, thread_ts)
            return token

    def respond(self, token: str) -> ResponseUrl:
        """Use a response URL once. Raises Refused when it is unknown, used up or too old."""
        with self._lock:
            url = self._urls.get(token)
            if url is None:
                raise Refused("invalid_url", "this response_url was never handed out")
            if self._clock() - url.at > RESPONSE_URL_LIFE_S:
                raise Refused("expired_url", "a response_url lives 30 minutes")
            if url.uses >= RESPONSE_URL_USES:
                raise Refused("used_url", "a response_url takes 5 posts")
            self._urls[token] = replace(url, uses=url.uses + 1)
            return url


class PostingRate:
    """One message a second in each channel, with a small burst first: a token bucket per channel."""

    def __init__(self, clock: Clock, burst: int) -> None:
        self._clock = clock
        self._burst = float(burst)
        self._lock = threading.Lock()
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, channel: str) -> int | None:
        """None when a message may go now, otherwise the whole seconds to wait."""
        with self._lock:
            now = self._clock()
            tokens, since = self._buckets.get(channel, (self._burst, now))
            tokens = min(self._burst, tokens + max(0.0, now - since))
            enough = tokens >= 1.0 - 1e-6  # a clock of microseconds never quite adds up to a second
            self._buckets[channel] = (tokens - 1.0 if enough else tokens, now)
            return None if enough else max(1, math.ceil(1.0 - tokens))
