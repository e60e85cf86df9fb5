"""Noticing that tickets changed: by webhook, by polling, and by looking again at what was quiet for long.

None of them says what changed: each leads to the ticket being read again, which is harmless however often it happens.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.bookmarks import bookmark, remember
from bot.clock import Clock, moment
from bot.database import Database
from bot.effects import PublishHome, ReadTicket
from bot.errors import DatabaseUnavailable
from bot.incoming import HomeOpened, TicketChanged
from bot.logs import get_logger
from bot.outbox import Outbox
from bot.pace import pace
from bot.ticket_news import NewsStore
from escalation.errors import TrackerError
from escalation.protocols import Tracker
from escalation.request_store import RequestStore

log = get_logger(__name__)

SLOT_S = 1
"""Hints within one second lead to one look, at the second's end: Jira sends several for one change."""

OVERLAP = timedelta(minutes=2)
DEEP_OVERLAP = timedelta(minutes=15)
"""How far a look reaches back behind the last one. Jira's search lags its writes by up to ten minutes: every
DEEP_EVERYth look reaches that far."""

DEEP_EVERY = 5
FIRST_LOOK = timedelta(days=1)
"""How far the very first look reaches back."""

QUIET = timedelta(hours=6)
QUIET_READ_AT_ONCE = 20
"""Open tickets nobody has looked at for so long are read again, so many per look: deleted ones show in no search."""

LOOKED_AT = 10
READ_BY_THEN = timedelta(seconds=4)
"""Who opens the App Home has their newest tickets read again, and the page made anew so much later."""

HISTORY = timedelta(days=120)
"""Older requests are only read again when the tracker names them."""


_BOOKMARK = "tickets:"


def ask_to_read(session: Session, outbox: Outbox, request_id: int, now: datetime) -> None:
    """Have a request's ticket read again at the end of this second; hints before then are one."""
    slot = int(now.timestamp() // SLOT_S)
    ends = moment((slot + 1) * SLOT_S)
    outbox.put(session, f"read:{request_id}:{slot}", ReadTicket(request_id), ends - now)


class Hints:
    """Reasons to look at tickets outside the regular round."""

    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        self._outbox = outbox
        self._clock = clock

    def changed(self, item: TicketChanged) -> Callable[[Session], None]:
        """A ticket changed, somebody says: if it is one of ours it is read again."""

        def write(session: Session) -> None:
            request = RequestStore(session).by_ticket_key(item.ticket_key)
            if request is not None:
                ask_to_read(session, self._outbox, request.id, self._clock())

        return write

    def looks(self, item: HomeOpened) -> Callable[[Session], None]:
        """Somebody looks at their requests: shown at once as known, and again when the tracker was asked."""

        def write(session: Session) -> None:
            self._outbox.put(session, f"home:{item.key}", PublishHome(item.user))
            requests = RequestStore(session).requests_of(item.user, LOOKED_AT)
            tickets = [request.id for request in requests if request.ticket and request.is_open]
            for number in tickets:
                ask_to_read(session, self._outbox, number, self._clock())
            if tickets:
                self._outbox.put(session, f"home:{item.key}:again", PublishHome(item.user), READ_BY_THEN)

        return write


class Poll:
    """Looks for changed tickets every so often. One ``run_once`` is cheap until a look is due."""

    def __init__(
        self,
        tracker: Tracker,
        outbox: Outbox,
        database: Database,
        clock: Clock,
        *,
        projects: Sequence[str],
        every: timedelta,
    ) -> None:
        self._tracker = tracker
        self._outbox = outbox
        self._database = database
        self._clock = clock
        self._projects = tuple(projects)
        self._every = every
        self._next_at = clock() + every
        self._looks = 0
        self._failures = 0

    def run_once(self) -> bool:
        """Look if it is time. Never busy: the loop may rest afterwards."""
        now = self._clock()
        if now < self._next_at:
            return False
        try:
            self._look(now)
        except (TrackerError, DatabaseUnavailable) as exc:
            self._failures += 1
            self._next_at = now + max(self._every, pace(self._failures))
            log.warning("poll_failed", failures=self._failures, error=type(exc).__name__)
        else:
            self._failures = 0
            self._next_at = now + self._every
        return False

    def _look(self, now: datetime) -> None:
        self._looks += 1
        keys = [key for one in self._projects for key in self._tracker.changed_since(one, self._since(one, now))]
        with self._database.write() as session:
            store = RequestStore(session)
            found = {request.id for key in keys if (request := store.by_ticket_key(key)) is not None}
            found.update(self._quiet(session, store, now))
            for number in sorted(found):
                ask_to_read(session, self._outbox, number, now)
            for one in self._projects:
                remember(session, f"{_BOOKMARK}{one}", now.isoformat())
        log.debug("polled", changed=len(keys), ours=len(found))

    def _since(self, project: str, now: datetime) -> datetime:
        with self._database.read() as session:
            looked = bookmark(session, f"{_BOOKMARK}{project}")
        if looked is None:
            return now - FIRST_LOOK
        overlap = DEEP_OVERLAP if self._looks % DEEP_EVERY == 1 else OVERLAP
        return datetime.fromisoformat(looked) - overlap

    def _quiet(self, session: Session, store: RequestStore, now: datetime) -> tuple[int, ...]:
        filed = tuple(request.id for request in store.open_requests(now - HISTORY) if request.ticket)
        return NewsStore(session).longest_unread(filed, now - QUIET, QUIET_READ_AT_ONCE)
