"""Keeps the desk below the number of calls that Slack takes of a method in a minute, in all its processes together.

Slack counts the calls of each method per app, workspace and minute (docs.slack.dev/apis/web-api/rate-limits; the
tiers by method as in Slack's Java SDK, MethodsRateLimits). Whoever calls more often is refused, and so are calls that
cannot wait. Only methods that a busy desk could use up are counted here: forms are opened while somebody waits, and
names are asked for once in five minutes. Messages have a pace of their own in each channel (bot.slack.pacer); in all
channels together they are counted here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.database import Database
from bot.errors import SlackUnavailable
from bot.once import change, locked_columns
from bot.tables import TierRow

INFO, CONVERSATIONS, MEMBERS = "conversations.info", "users.conversations", "conversations.members"
GROUP_MEMBERS = "usergroups.users.list"
POST, UPDATE, REACTION = "chat.postMessage", "chat.update", "reactions.add"

PER_MINUTE: Mapping[str, int] = {
    INFO: 50,
    CONVERSATIONS: 20,
    MEMBERS: 100,
    GROUP_MEMBERS: 20,
    POST: 600,
    UPDATE: 50,
    REACTION: 50,
}
"""Tier 2 allows 20 calls a minute, tier 3 50, tier 4 100; more is sometimes let through, and not promised.

Of messages Slack takes "several hundred": 600 is ours, a little more than its events can ask for (30,000 an hour).
"""

SHARE = 0.95
WINDOW_S = 61.0
"""A minute and a little, and a little less than its calls: each takes its time to get to Slack."""

HALF = 0.5

LEAST_WAIT_S = 1.0
"""As Slack's own Retry-After, which counts in seconds: of many who wait, few try again at the same moment."""

AHEAD_S = 5.0
"""How far the clocks of several machines may differ."""

_MADE = select(TierRow.method, TierRow.calls).where(TierRow.method.in_(bindparam("methods", expanding=True)))


class Tiers:
    """Counts the calls of the last minute. The machines' clocks have to agree."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def take(self, method: str) -> None:
        """One call is about to be made. A short transaction of its own.

        Raises SlackUnavailable when this minute's calls are used up, DatabaseUnavailable.
        """
        with self._database.write() as session:
            if self.reserve(session, method, 1):
                return
            oldest = self._made(session, method)[method][0]
        wait = max(LEAST_WAIT_S, oldest + WINDOW_S - self._now())
        raise SlackUnavailable(f"Slack would ask us to slow down ({method}).", wait)

    def left(self, session: Session, method: str) -> int:
        """How many calls may be made now."""
        return _limit(method) - len(self._made(session, method)[method])

    def spare(self, session: Session, *methods: str) -> bool:
        """Whether each has calls left for what could be done without: half of them are kept for the rest."""
        made = self._made(session, *methods)
        return all(_limit(method) - len(made[method]) >= _limit(method) * HALF + 1 for method in methods)

    def reserve(self, session: Session, method: str, calls: int, keep: float = 0.0) -> int:
        """Take up to so many calls in the caller's transaction; ``keep`` is the share of a minute's that stays.

        Returns how many there were. Others wait for the transaction: call it last.
        """
        row = locked_columns(session, TierRow, {"method": method}, {"calls": []})
        made = self._of_this_minute(row.calls)
        taken = max(0, min(calls, int(_limit(method) * (1.0 - keep)) - len(made)))
        if taken:
            change(session, TierRow, {"method": method}, calls=[*made, *[self._now()] * taken])
        return taken

    def _made(self, session: Session, *methods: str) -> dict[str, list[float]]:
        """The last minute's calls of each method."""
        found = {row.method: row.calls for row in session.execute(_MADE, {"methods": methods})}
        return {method: self._of_this_minute(found.get(method, ())) for method in methods}

    def _of_this_minute(self, calls: Sequence[float]) -> list[float]:
        """Those of a clock that has been set back since do not count."""
        now = self._now()
        return [at for at in calls if now - WINDOW_S < at <= now + AHEAD_S]

    def _now(self) -> float:
        return self._clock().timestamp()


def _limit(method: str) -> int:
    return int(PER_MINUTE[method] * SHARE)
