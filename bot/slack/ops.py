"""What the ops team hears of when something of the desk's does not work."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from bot.effects import Post
from bot.logs import get_logger
from bot.outbox import Outbox
from bot.slack.message import Message

log = get_logger(__name__)


class OpsChannel:
    """Posts to OPS_CHANNEL. Without one the log is all there is: it names the key at level error."""

    def __init__(self, outbox: Outbox, channel: str) -> None:
        self._outbox = outbox
        self._channel = channel

    @property
    def is_there(self) -> bool:
        """Whether there is a channel to post to."""
        return bool(self._channel)

    @property
    def channel(self) -> str:
        """Its id; empty when there is none."""
        return self._channel

    def tell_once_a_day(self, session: Session, today: date, trouble: str, message: Message) -> None:
        """Say it at most once a day for the same trouble, whoever meets it first."""
        self.tell(session, f"{today.isoformat()}:{trouble}", message)

    def tell(self, session: Session, key: str, message: Message) -> None:
        """Say it once under ``key``, in the caller's transaction."""
        if not self._channel:
            log.error("ops_not_told", key=key, why="OPS_CHANNEL is not set")
            return
        self._outbox.put(session, f"ops:{key}", Post(self._channel, message.text, message.blocks, kept=message.kept))
