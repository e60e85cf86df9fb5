"""Finds what was said to the desk while nobody listened, and answers it late.

After a silence longer than Slack's own redelivery, every conversation the desk is in is read over that stretch:
mentions, direct messages, and what was said in the desk's threads. What is in the inbox already is left alone there,
so a look may be repeated, and two processes may look at once. What was only overheard stays unanswered: unasked-for
advice that comes hours late is noise. Commands and buttons cannot be caught up with: Slack told the person at once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
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

LOOK_EVERY = timedelta(seconds=2)

LOOK_BACK = timedelta(hours=24)
"""Older questions have been answered by somebody, or given up."""

MARGIN = timedelta(minutes=1)
"""Before the last sign of life: it is written down twice a minute."""

PAUSE = timedelta(seconds=1.5)
"""Between two reads: conversations.history takes about fifty calls a minute (tier 3)."""

ROOMS = 1_000
MESSAGES = 1_000  # of one conversation
THREADS = 30  # of one conversation, newest first
THREAD_DAYS = timedelta(days=7)
TRIES = 5
"""How often what Slack does not answer about is asked for before it is left out."""


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


@dataclass(frozen=True)
class _Task:
    """Something to read: a conversation, or one of its threads."""

    where: Room
    thread: str | None = None


@dataclass
class _Look:
    """One look, a task at a time."""

    missed: Missed
    since: datetime
    tasks: deque[_Task]
    found: int = 0
    tries: int = 0

    @property
    def span(self) -> tuple[float, float]:
        """From when to when it goes, in seconds since 1970."""
        return self.since.timestamp(), self.missed.until.timestamp()


class CatchingUp:
    """A loop of the desk's runtime: one conversation or thread at a time."""

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
        """Read the next conversation or thread, if there is a silence to look through. Returns whether it did."""
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
        if not look.tasks:
            self._look = None
            with self._database.write() as session:
                Silences(session).done(look.missed)
            log.info("caught_up", since=look.since.isoformat(), found=look.found)
            return True
        self._next(look)
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
        return _Look(silence, since, deque(_Task(one) for one in rooms))

    def _next(self, look: _Look) -> None:
        task = look.tasks[0]
        look.tries += 1
        try:
            more = self._conversation(look, task.where) if task.thread is None else self._thread(look, task)
        except SlackRefused as exc:
            log.warning("not_caught_up", channel=task.where.id, error=exc.code)
            more = []
        except (SlackUnavailable, SlackOutcomeUnknown) as exc:
            if look.tries < TRIES:
                raise
            log.warning("not_caught_up", channel=task.where.id, error=type(exc).__name__)
            more = []
        look.tries = 0
        look.tasks.popleft()
        look.tasks.extendleft(reversed(more))

    def _conversation(self, look: _Look, where: Room) -> list[_Task]:
        """Hands in what was said outside threads, oldest first; returns the threads that are to be read as well."""
        since, until = look.span
        roots = list(islice(self._slack.history(where.id, since, until), MESSAGES))
        if len(roots) == MESSAGES:
            log.warning("catching_up_in_part", channel=where.id, messages=MESSAGES)
        threads = [str(one["ts"]) for one in roots if one.get("reply_count")][:THREADS]
        for root in reversed(roots):
            if str(root["ts"]) not in threads:
                look.found += self._record(where, root, ())
        known = [ts for ts in self._known_threads(where, look) if ts not in {str(one["ts"]) for one in roots}]
        return [_Task(where, ts) for ts in (*reversed(threads), *known)]

    def _thread(self, look: _Look, task: _Task) -> list[_Task]:
        since, until = look.span
        found = list(islice(self._slack.replies(task.where.id, task.thread or "", since), MESSAGES))
        for one in sorted(found, key=lambda one: str(one["ts"])):
            if since <= float(one["ts"]) <= until:
                look.found += self._record(task.where, one, found)
        return []

    def _record(self, where: Room, found: Mapping[str, Any], thread: Sequence[Mapping[str, Any]]) -> int:
        item = missed.message(self._team, where, found, self._desk_user)
        if item is None:
            return 0
        desk, people = missed.said_since(thread, item, self._desk_user)
        if desk:  # answered, though no row says so: the database was restored from a backup
            return 0
        return int(self._receiver.missed(replace(item, helped=people and not item.is_dm)))

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
