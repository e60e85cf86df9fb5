"""Reads sources when they are due, one at a time, and tells the ops team when one cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot import source_texts
from bot.clock import Clock
from bot.database import Database
from bot.errors import DatabaseUnavailable
from bot.logs import get_logger
from bot.slack.message import say
from bot.slack.ops import OpsChannel
from bot.sources.listed import ScheduledSource
from knowledge.document_store import DocumentStore
from knowledge.errors import SourceUnavailable, SyncOvertaken
from knowledge.ingest import Terms, ingest
from knowledge.sync_store import SourceState, SyncStore

log = get_logger(__name__)

LOOK_EVERY = timedelta(seconds=10)
"""How often it is looked whether a source is due."""

RETRY = timedelta(minutes=5)
"""How soon a source that could not be read is tried again, if it is not due earlier."""

RETRY_DOCUMENTS = timedelta(hours=1)
"""How soon a document that could not be read is tried again as it is."""


class SourceSchedule:
    """A loop of the desk's runtime. Several processes may have one for the same sources: one of them reads each."""

    def __init__(self, sources: Sequence[ScheduledSource], ops: OpsChannel, database: Database, clock: Clock) -> None:
        self._sources = [source for source in sources if source.every]
        self._ops = ops
        self._database = database
        self._clock = clock
        self._next_look: datetime | None = None
        self._stopping = False

    @property
    def is_needed(self) -> bool:
        """Whether any source has a schedule."""
        return bool(self._sources)

    def run_once(self) -> bool:
        """Read the first source that is due. Returns whether there was one."""
        now = self._clock()
        if self._stopping or (self._next_look is not None and now < self._next_look):
            return False
        for source in self._sources:
            before = self._claimed(source, now)
            if before is not None:
                self._sync(source, *before)
                return True
        self._next_look = now + LOOK_EVERY
        return False

    def stop(self) -> None:
        """End the sync that is under way after the document it is reading; the next one goes on there."""
        self._stopping = True

    def _claimed(self, source: ScheduledSource, now: datetime) -> tuple[SourceState, str] | None:
        """How a source stood and the name it is held under now; None when it is not due or somebody else reads it."""
        holder = str(uuid4())
        try:
            with self._database.write() as session:
                syncs = SyncStore(session)
                state = syncs.state(source.name, locked=True)
                if state.is_held(now) or not is_due(source, state, now):
                    return None
                syncs.hold(source.name, holder, now)
        except IntegrityError:  # another process began with this new source in the same moment
            return None
        return state, holder

    def _sync(self, source: ScheduledSource, before: SourceState, holder: str) -> None:
        log.info("source_sync", source=source.name)
        terms = Terms(holder=holder, retry_after=RETRY_DOCUMENTS)
        try:
            done = ingest(source.source, self._database, self._clock, self._progress, terms)
        except (SyncOvertaken, DatabaseUnavailable) as exc:
            log.info("source_sync_ended", source=source.name, why=type(exc).__name__)
            return
        except SourceUnavailable as exc:
            log.warning("source_unavailable", source=source.name, why=str(exc))
        except Exception as exc:
            log.error("source_sync_failed", source=source.name, error=type(exc).__name__)
            log.debug("source_sync_trace", exc_info=exc)
        else:
            counts = {"added": done.added, "changed": done.changed, "moved": done.moved, "removed": done.removed}
            log.info("source_synced", source=source.name, failed=len(done.failed), **counts)
        with self._database.write() as session:
            self._tell(session, source, before)

    def _progress(self, _done: int, _total: int, _path: str) -> None:
        if self._stopping:
            raise _Stopped

    def _tell(self, session: Session, source: ScheduledSource, before: SourceState) -> None:
        """Say what changed about a source as a whole: each trouble once, and its end."""
        now = SyncStore(session).state(source.name)
        if now.failing_since is not None:
            key = f"source:{source.name}:{now.failing_since.isoformat()}"
            if self._ops.is_there or before.failing_since is None:
                self._ops.tell(
                    session, key, say(lambda m: source_texts.cannot_read(m.bold(source.name), m.words(now.error)))
                )
        elif before.failing_since is not None:
            count = DocumentStore(session).counts(source.name).documents
            key = f"source:{source.name}:{before.failing_since.isoformat()}:back"
            self._ops.tell(session, key, say(lambda m: source_texts.reads_again(m.bold(source.name), count)))
        if now.doubt and now.doubt != before.doubt:
            missing, command = len(now.doubt["documents"]), f"mops-desk ingest {source.name} --force"
            key = f"source:{source.name}:doubt:{now.doubt['since']}"
            self._ops.tell(session, key, say(lambda m: source_texts.doubted(m.bold(source.name), missing, command)))


class _Stopped(SyncOvertaken):
    """The desk is stopping."""


def is_due(source: ScheduledSource, state: SourceState, now: datetime) -> bool:
    """Whether it is time to read a source."""
    if source.every is None:
        return False
    if state.finished_at is None:
        return True
    wait = min(source.every, RETRY) if state.error or state.doubt else source.every
    return now >= state.finished_at + wait
