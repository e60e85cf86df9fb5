"""Brings a source's documents into the database: only what changed, in small steps that survive a stop."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from uuid import uuid4

from knowledge.content_hash import text_hash
from knowledge.document_store import Change, DocumentStore, Stored
from knowledge.domain import Document
from knowledge.errors import DocumentUnreadable, DocumentWithheld, SourceUnavailable, SyncOvertaken
from knowledge.ingest_summary import IngestSummary as IngestSummary
from knowledge.ingest_summary import Terms as Terms
from knowledge.protocols import DocumentRef, KnowsMoves, Rests, Skips, Source, Transactions
from knowledge.sync_plan import Plan, is_doubtful, plan
from knowledge.sync_store import LEASE, Failure, SourceState, SyncStore

BATCH = 25
"""Documents per transaction: a stop loses at most this much work, and other writers wait for milliseconds."""

CONFIRMED_AFTER = timedelta(minutes=1)
"""How long after a listing that was not believed another one with the same gaps confirms it."""

SIGNED_EVERY_S = LEASE.total_seconds() / 5
"""How often a sync shows that it is alive."""

MAX_PATH = 1_000  # the database column; sources refuse longer ones

Progress = Callable[[int, int, str], None]
"""Called after each document with how many are done, how many there are, and its path."""


def ingest(
    source: Source,
    transactions: Transactions,
    clock: Callable[[], datetime],
    progress: Progress | None = None,
    terms: Terms | None = None,
) -> IngestSummary:
    """Store what is new or changed and forget what the source no longer lists.

    Documents with the stored version are not read. Whatever ends it early, the next one goes on from there. Raises
    SourceUnavailable, and then nothing was removed; SyncOvertaken when another one began meanwhile.
    """
    return _Sync(source, transactions, clock, progress or _unseen, terms or Terms()).run()


def forget_source(name: str, transactions: Transactions) -> int | None:
    """Forget everything of a source; says how many documents there were, None when it was never read."""
    with transactions.write() as session:
        store, syncs = DocumentStore(session), SyncStore(session)
        known = {state.name for state in syncs.states()} | store.sources().keys()
        if name not in known:
            return None
        count = store.forget([stored.key for stored in store.stored(name)])
        syncs.forget(name)
    return count


@dataclass
class _Tally:
    counts: dict[Change, int] = field(default_factory=lambda: dict.fromkeys(Change, 0))
    moved: int = 0
    removed: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class _Batch:
    """What reading a few documents gave."""

    read: list[tuple[DocumentRef, Document]] = field(default_factory=list)
    failed: list[tuple[DocumentRef, str]] = field(default_factory=list)
    withheld: list[str] = field(default_factory=list)


class _Sync:
    """One sync of one source."""

    def __init__(
        self,
        source: Source,
        transactions: Transactions,
        clock: Callable[[], datetime],
        progress: Progress,
        terms: Terms,
    ) -> None:
        self._source = source
        self._transactions = transactions
        self._clock = clock
        self._progress = progress
        self._terms = terms
        self._holder = terms.holder or str(uuid4())
        self._tally = _Tally()
        self._plan = Plan()
        self._stored = 0
        self._renamed: frozenset[str] = frozenset()
        self._failures: dict[str, Failure] = {}
        self._state = SourceState(source.name)

    def run(self) -> IngestSummary:
        self._hold()
        try:
            with self._alive():
                return self._run()
        except SourceUnavailable as exc:
            self._failed(str(exc))
            raise
        except (SyncOvertaken, ConnectionError):
            self._release()
            raise
        except Exception as exc:
            self._failed(f"the desk did not expect what came ({type(exc).__name__}). LOG_LEVEL=debug shows more.")
            raise
        except BaseException:
            self._release()
            raise
        finally:
            if isinstance(self._source, Rests):
                self._source.rest()

    def _failed(self, error: str) -> None:
        with contextlib.suppress(ConnectionError), self._transactions.write() as session:
            SyncStore(session).failed(self._source.name, self._holder, self._clock(), error)

    def _release(self) -> None:
        """Whoever comes next goes on where this sync was."""
        with contextlib.suppress(ConnectionError), self._transactions.write() as session:
            SyncStore(session).release(self._source.name, self._holder)

    def _hold(self) -> None:
        if not self._terms.holder:
            with self._transactions.write() as session:
                SyncStore(session).hold(self._source.name, self._holder, self._clock())

    def _run(self) -> IngestSummary:
        refs = list(self._source.list())
        self._compare(refs)
        self._settle()
        may_have_moved = bool(self._plan.new and self._plan.gone)
        held_back = 0 if may_have_moved else self._forget()
        waiting = self._plan.to_read
        done = len(refs) - len(waiting)
        for refs_of_batch in _batches([ref for ref in waiting if not self._is_hopeless(ref)]):
            batch = _Batch()
            for ref in refs_of_batch:
                self._read(ref, batch)
                done += 1
                self._progress(done, len(refs), ref.path)
            self._store(batch)
        if may_have_moved:
            held_back = self._forget()
        return self._finish(held_back)

    def _compare(self, refs: Sequence[DocumentRef]) -> None:
        name = self._source.name
        with self._transactions.read() as session:
            stored = DocumentStore(session).stored(name)
            self._state = SyncStore(session).state(name)
            failures = SyncStore(session).failures(name).get(name, ())
        self._stored = len(stored)
        self._failures = {failure.path: failure for failure in failures}
        self._plan = plan(refs, stored)
        if self._plan.gone and self._plan.new and isinstance(self._source, KnowsMoves):
            gone = [one.path for one in self._plan.gone.values()]
            self._plan.claim(self._source.moved(gone, [ref.path for ref in self._plan.new]))
        self._tally.skipped = [(ref.path, ref.withheld) for ref, _ in self._plan.withheld]
        if isinstance(self._source, Skips):
            self._tally.skipped += self._source.skipped

    def _settle(self) -> None:
        """What needs no reading: what must not be shown or was replaced goes, what moved gets its new path."""
        withheld = [stored.key for _, stored in self._plan.withheld if stored is not None]
        withheld += self._plan.replaced()
        renamed = self._plan.renamed
        self._renamed = frozenset(renamed.values())
        if withheld or renamed:
            with self._transactions.write() as session:
                store = DocumentStore(session)
                self._tally.removed += store.forget(withheld)
                store.move(self._source.name, renamed)

    def _is_hopeless(self, ref: DocumentRef) -> bool:
        """Whether it failed as it is, not long ago; it then counts as failed again."""
        failure = self._failures.get(ref.path)
        if failure is None or failure.version != ref.version:
            return False
        if self._clock() >= failure.tried_at + self._terms.retry_after:
            return False
        self._tally.failed.append((ref.path, failure.reason))
        return True

    def _read(self, ref: DocumentRef, batch: _Batch) -> None:
        try:
            batch.read.append((ref, self._source.read(ref)))
        except DocumentWithheld as exc:
            batch.withheld.append(ref.path)
            self._tally.skipped.append((ref.path, exc.reason))
        except DocumentUnreadable as exc:
            batch.failed.append((ref, exc.reason))
        except SourceUnavailable:
            raise
        except Exception as exc:  # noqa: BLE001 - one page that breaks a parser must not hold up the others
            batch.failed.append((ref, f"could not be parsed ({type(exc).__name__})"))

    @contextlib.contextmanager
    def _alive(self) -> Iterator[None]:
        """Inside the block nobody takes this sync for dead: a listing may take half an hour, a document minutes."""
        over = threading.Event()
        thread = threading.Thread(target=self._sign, args=(over,), name="sync", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()

    def _sign(self, over: threading.Event) -> None:
        while not over.wait(SIGNED_EVERY_S):
            with contextlib.suppress(ConnectionError):
                try:
                    with self._transactions.write() as session:
                        self._renew(SyncStore(session))
                except SyncOvertaken:
                    return

    def _renew(self, syncs: SyncStore) -> None:
        syncs.renew(self._source.name, self._holder, self._clock())

    def _store(self, batch: _Batch) -> None:
        name, now, new = self._source.name, self._clock(), set(self._plan.new)
        self._tally.failed += [(ref.path, reason) for ref, reason in batch.failed]
        with self._transactions.write() as session:
            store, syncs = DocumentStore(session), SyncStore(session)
            self._renew(syncs)
            for ref, document in batch.read:
                twin = self._plan.twin(text_hash(document.sections)) if ref in new else None
                self._upsert(store, ref, document, twin, now)
            self._tally.removed += store.remove(name, batch.withheld)
            fits = [(ref.path, ref.version, reason) for ref, reason in batch.failed if len(ref.path) <= MAX_PATH]
            syncs.note_failures(name, fits, now)
            mended = {*(ref.path for ref, _ in batch.read), *batch.withheld}
            syncs.mended(name, mended & self._failures.keys())

    def _upsert(
        self, store: DocumentStore, ref: DocumentRef, document: Document, twin: Stored | None, now: datetime
    ) -> None:
        if twin is not None:
            store.move(self._source.name, {twin.key: ref.path})
        change = store.upsert(document, ref.version, now, ref.id)
        if twin is not None or ref.path in self._renamed:
            self._tally.moved += 1
        else:
            self._tally.counts[change] += 1

    def _forget(self) -> int:
        """Remove what is gone; says how many are kept because the listing is doubted."""
        gone = set(self._plan.gone)
        if not gone and self._state.doubt is None:
            return 0
        doubted = self._doubted(gone)
        with self._transactions.write() as session:
            syncs = SyncStore(session)
            self._renew(syncs)
            self._tally.removed += DocumentStore(session).forget(sorted(gone - doubted))
            if not doubted:
                syncs.doubt(self._source.name, None)
            elif self._state.doubt is None or doubted != gone:
                syncs.doubt(self._source.name, {"since": self._clock().isoformat(), "documents": sorted(doubted)})
        return len(doubted)

    def _doubted(self, gone: set[int]) -> set[int]:
        if self._terms.force or not is_doubtful(len(gone), self._stored):
            return set()
        doubt = self._state.doubt
        if doubt is None or self._clock() < datetime.fromisoformat(doubt["since"]) + CONFIRMED_AFTER:
            return gone
        return gone - set(doubt["documents"])

    def _finish(self, held_back: int) -> IngestSummary:
        counts, tally = self._tally.counts, self._tally
        summary = IngestSummary(
            counts[Change.ADDED],
            counts[Change.CHANGED],
            tally.removed,
            counts[Change.UNCHANGED] + self._plan.unchanged,
            tuple(tally.failed),
            tally.moved,
            tuple(tally.skipped),
            held_back,
        )
        name, now = self._source.name, self._clock()
        unchanged = {ref.path for ref, stored in self._plan.known if ref.version == stored.version}
        listed = {ref.path for ref in self._plan.refs if not ref.withheld}
        with self._transactions.write() as session:
            syncs = SyncStore(session)
            DocumentStore(session).seen([stored.key for _, stored in self._plan.known], now)
            syncs.mended(name, (self._failures.keys() - listed) | (self._failures.keys() & unchanged))
            syncs.finished(name, self._holder, now, summary.as_record())
        return summary


def _batches(refs: Sequence[DocumentRef]) -> Iterator[list[DocumentRef]]:
    remaining = iter(refs)
    while batch := list(islice(remaining, BATCH)):
        yield batch


def _unseen(_done: int, _total: int, _path: str) -> None:
    """Progress nobody watches."""
