"""Joins what belongs to hearing Slack: since when it does, what it missed, and who is told when it hears nothing."""

from __future__ import annotations

from datetime import timedelta

from bot.catching_up import CatchingUp, TakesMissed
from bot.errors import DatabaseUnavailable
from bot.listening import Listening
from bot.logs import get_logger
from bot.services import Services
from bot.slack import late
from bot.slack.history import History

log = get_logger(__name__)


class Hearing:
    """One per desk."""

    def __init__(self, services: Services) -> None:
        self._shared = services
        self._parts = services.parts
        self.listening = Listening(self._parts.database, self._parts.clock)

    def catching_up(self, receiver: TakesMissed, pause: timedelta) -> CatchingUp:
        """The loop that looks for what was missed; several desks may."""
        parts = self._parts
        identity = parts.identity
        return CatchingUp(
            History(parts.slack), receiver, identity.team, identity.user, parts.database, parts.clock, pause
        )

    def deaf(self, why: str) -> None:
        """No event has come for a while: ops hear of it, once a day for the same reason. Never raises."""
        try:
            with self._parts.database.write() as session:
                today = self._parts.clock().date()
                self._shared.ops.tell_once_a_day(session, today, f"deaf:{why}", late.deaf(why))
        except DatabaseUnavailable as exc:
            log.error("ops_not_told", key="deaf", why=str(exc))
