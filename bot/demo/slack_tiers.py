"""How often Slack lets an app call each of its methods, per minute and workspace, and who is told to slow down.

The tiers are documented at docs.slack.dev/apis/web-api/rate-limits and on each method's page; Slack's own Java SDK
lists them by method (com.slack.api.methods.MethodsRateLimits), and so they stand here. Slack says "50+ per minute"
and "sporadic bursts are welcome", and promises nothing beyond the number: here nothing beyond it is granted, in any
sixty seconds. For its special methods Slack says "several hundred" a minute; SPECIAL is ours.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Callable, Mapping

TIER_1, TIER_2, TIER_3, TIER_4 = 1, 20, 50, 100
SPECIAL = 600
"""A minute; Events API deliveries, at 30,000 an hour, come 500 times a minute at most."""

WINDOW_S = 60.0

PER_MINUTE: Mapping[str, int] = {
    "apps.connections.open": TIER_1,
    "assistant.threads.setStatus": SPECIAL,
    "assistant.threads.setSuggestedPrompts": TIER_3,
    "assistant.threads.setTitle": TIER_3,
    "auth.test": SPECIAL,
    "chat.delete": TIER_3,
    "chat.getPermalink": SPECIAL,
    "chat.postEphemeral": TIER_4,
    "chat.postMessage": SPECIAL,
    "chat.update": TIER_3,
    "conversations.history": TIER_3,
    "conversations.info": TIER_3,
    "conversations.list": TIER_2,
    "conversations.members": TIER_4,
    "conversations.open": TIER_3,
    "conversations.replies": TIER_3,
    "files.completeUploadExternal": TIER_4,
    "files.getUploadURLExternal": TIER_4,
    "files.info": TIER_4,
    "openid.connect.token": TIER_4,
    "pins.add": TIER_2,
    "pins.remove": TIER_2,
    "reactions.add": TIER_3,
    "reactions.get": TIER_3,
    "reactions.remove": TIER_2,
    "usergroups.list": TIER_2,
    "usergroups.users.list": TIER_2,
    "users.conversations": TIER_2,
    "users.info": TIER_4,
    "users.list": TIER_2,
    "users.lookupByEmail": TIER_3,
    "views.open": TIER_4,
    "views.publish": TIER_4,
    "views.push": TIER_4,
    "views.update": TIER_4,
}
"""Methods that are not listed are not held to anything."""


class MethodRates:
    """Counts the calls of each method over the last sixty seconds. ``clock`` gives seconds; safe from any thread."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._taken: dict[str, deque[float]] = {}

    def take(self, method: str) -> int | None:
        """None when the call is let through; otherwise the whole seconds to wait (Slack's Retry-After)."""
        allowed = PER_MINUTE.get(method)
        if allowed is None:
            return None
        with self._lock:
            now, taken = self._clock(), self._taken.setdefault(method, deque())
            while taken and not now - WINDOW_S < taken[0] <= now:  # over a minute ago, or of a clock that went back
                taken.popleft()
            if len(taken) >= allowed:
                return max(1, math.ceil(taken[0] + WINDOW_S - now))
            taken.append(now)
            return None
