"""Finds what was said to the desk while nobody listened, and answers it late.

After a silence longer than Slack's own redelivery, every conversation the desk is in is read over that stretch:
mentions, direct messages, and what was said in the desk's threads. What is in the inbox already is left alone there,
so a look may be repeated, and two processes may look at once. What was only overheard stays unanswered: unasked-for
advice that comes hours late is noise. Commands and buttons cannot be caught up with: Slack told the person at once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Protocol

from sqlalchemy import select

from bot.clock import Clock
from bot.database import Database
from bot.errors import SlackOutcomeUnknown, SlackRefused, SlackUnavailable
from bot.incoming import MessageIn
from bot.listening import Missed, Silences
from bot.logs import get_logger
from bot.slack import missed
from bot.slack.missed import Room
from bot.tables import ConversationRow

log = get_logger(__name__)

LOOK_EVERY = timedelta(seconds=10)

LOOK_BACK = timedelta(hours=24)
"""Older questions have been answered by somebody, or given up."""

MARGIN = timedelta(minutes=1)
"""Before the last sign of life: it is written down twice a minute."""

PAUSE = timedelta(seconds=1.5)
"""Between two conversations: conversations.history takes about fifty calls a minute (tier 3)."""

ROOMS = 1_000
MESSAGES = 1_000  # of one conversation
THREADS = 30  # of one conversation, newest first
THREAD_DAYS = timedelta(days=7)
TRIES = 5
"""How often a conversation that Slack does not answer about is asked for before it is left out."""


class ReadsHistory(Protocol):
    """Slack's records. Everything raises SlackRefused, SlackUnavailable or SlackOutcomeUnknown, iterating too."""

    def conversations(self) -> Iterable[Mapping[str, Any]]:
        """Those the desk is a member of."""

    def history(self, channel: str, since: float, until: float) -> Iterable[Mapping[str, Any]]:
        """Messages outside threads and threads' first ones, newest first."""

    def replies(self, channel: str, thread: str, since: float) -> Iterable[Mapping[str, Any]]:
        """A thread's first message, and what was said in it since."""


class TakesMissed(Protocol):
    """The receiver."""

    def missed(self, item: MessageIn) -> bool:
        """Record it if it is for the desk; False when it is not, or is there already."""


@dataclass
class _Look:
    """One look, conversation by conversation."""

    missed: Missed
    since: datetime
    rooms: deque[Room]
    found: int = 0
    tries: int = 0


@dataclass(frozen=True)
class _Thread:
    """Messages of one thread, oldest first, and what else stands in it."""

    messages: tuple[Mapping[str, Any], ...]
    all: tuple[Mapping[str, Any], ...] = field(default=())


class CatchingUp:
    """A loop of the desk's runtime: one conversation at a time."""

    def __init__(
        self,
        slack: ReadsHistory,
        receiver: TakesMissed,
        team: str,
        desk_user: str,
        database: Database,
        clock: Clock,
        pause: timedelta = PAUSE,
    ) -> None:
        self._slack = slack
        self._receiver = receiver
        self._team = team
        self._desk_user = desk_user
        self._database = database
        self._clock = clock
        self._pause = pause
        self._look: _Look | None = None
        self._next_at: datetime | None = None

    def run_once(self) -> bool:
        """Read one conversation, if there is a silence to look through. Returns whether it did."""
        now = self._clock()
        if self._next_at is not None and now < self._next_at:
            return False
        try:
            busy = self._step(now)
        except (SlackUnavailable, SlackOutcomeUnknown) as exc:
            wait = getattr(exc, "retry_after", None) or 5.0
            log.info("catching_up_waits", why=str(exc), seconds=wait)
            self._next_at = now + timedelta(seconds=wait)
            return False
        self._next_at = now + (self._pause if busy else LOOK_EVERY)
        return busy

    def _step(self, now: datetime) -> bool:
        if self._look is None:
            self._look = self._begin(now)
            return self._look is not None
        look = self._look
        with self._database.write() as session:
            Silences(session).renew(now)
        if not look.rooms:
            self._look = None
            with self._database.write() as session:
                Silences(session).done(look.missed)
            log.info("caught_up", since=look.since.isoformat(), found=look.found)
            return True
        self._room(look)
        return True

    def _begin(self, now: datetime) -> _Look | None:
        with self._database.read() as session:
            if not Silences(session).is_there():
                return None
        with self._database.write() as session:
            silence = Silences(session).claim(now)
        if silence is None:
            return None
        since = max(silence.since - MARGIN, now - LOOK_BACK)
        rooms = [missed.room(one) for one in islice(self._slack.conversations(), ROOMS)]
        rooms.sort(key=lambda one: one.is_dm)
        log.info("catching_up", since=since.isoformat(), until=silence.until.isoformat(), conversations=len(rooms))
        if len(rooms) == ROOMS:
            log.warning("catching_up_in_part", conversations=ROOMS)
        return _Look(silence, since, deque(rooms))

    def _room(self, look: _Look) -> None:
        where = look.rooms[0]
        look.tries += 1
        try:
            for thread in self._threads(where, look):
                look.found += sum(self._record(where, one, thread) for one in thread.messages)
        except SlackRefused as exc:
            log.warning("not_caught_up", channel=where.id, error=exc.code)
        except (SlackUnavailable, SlackOutcomeUnknown) as exc:
            if look.tries < TRIES:
                raise
            log.warning("not_caught_up", channel=where.id, error=type(exc).__name__)
        look.rooms.popleft()
        look.tries = 0

    def _record(self, where: Room, found: Mapping[str, Any], thread: _Thread) -> int:
        item = missed.message(self._team, where, found, self._desk_user)
        if item is None:
            return 0
        desk, people = missed.said_since(thread.all, item, self._desk_user)
        if desk:  # answered, though no row says so: the database was restored from a backup
            return 0
        return int(self._receiver.missed(replace(item, helped=people and not item.is_dm)))

    def _threads(self, where: Room, look: _Look) -> Iterator[_Thread]:
        """What was said in a conversation while nobody listened, thread by thread, oldest first."""
        since, until = look.since.timestamp(), look.missed.until.timestamp()
        roots = list(islice(self._slack.history(where.id, since, until), MESSAGES))
        recent = [str(one["ts"]) for one in roots if one.get("reply_count")][:THREADS]
        for root in reversed(roots):
            ts = str(root["ts"])
            replies = tuple(self._slack.replies(where.id, ts, since)) if ts in recent else ()
            yield _thread((root, *(one for one in replies if str(one["ts"]) != ts)), since, until)
        for ts in self._known_threads(where, look):
            if ts not in {str(one["ts"]) for one in roots}:
                yield _thread(tuple(self._slack.replies(where.id, ts, since)), since, until)

    def _known_threads(self, where: Room, look: _Look) -> list[str]:
        """Threads the desk takes part in, the newest first."""
        prefix = f"{self._team}:{where.id}:"
        with self._database.read() as session:
            keys = session.scalars(
                select(ConversationRow.thread_key)
                .where(
                    ConversationRow.thread_key.startswith(prefix, autoescape=True),
                    ConversationRow.created_at > look.since - THREAD_DAYS,
                )
                .order_by(ConversationRow.id.desc())
                .limit(THREADS)
            ).all()
        return [key.removeprefix(prefix) for key in keys if key]


def _thread(messages: tuple[Mapping[str, Any], ...], since: float, until: float) -> _Thread:
    inside = [one for one in messages if since <= float(one["ts"]) <= until]
    return _Thread(tuple(sorted(inside, key=lambda one: str(one["ts"]))), messages)
