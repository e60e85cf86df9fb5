"""Brings a source's documents into the database: only what changed, in small steps that survive a stop."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from knowledge.document_store import Change, DocumentStore
from knowledge.domain import Document
from knowledge.errors import DocumentUnreadable, SourceUnavailable
from knowledge.protocols import DocumentRef, Source, Transactions

BATCH = 25
"""Documents per transaction: a stop loses at most this much work, and other writers wait for milliseconds."""

Progress = Callable[[int, int, str], None]
"""Called after each document with how many are done, how many there are, and its path."""


@dataclass(frozen=True)
class IngestSummary:
    """What an ingest did. ``failed`` holds path and reason; what was stored of those documents before is kept."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    failed: tuple[tuple[str, str], ...] = ()


@dataclass
class _Tally:
    counts: dict[Change, int] = field(default_factory=lambda: dict.fromkeys(Change, 0))
    failed: list[tuple[str, str]] = field(default_factory=list)


def ingest(
    source: Source, transactions: Transactions, clock: Callable[[], datetime], progress: Progress | None = None
) -> IngestSummary:
    """Store what is new or changed and forget what the source no longer lists.

    Documents with the stored version are not read. Raises SourceUnavailable, and then nothing was touched.
    """
    refs = list(source.list())
    with transactions.read() as session:
        known = DocumentStore(session).versions(source.name)
    fresh = [ref for ref in refs if known.get(ref.path) != ref.version]
    tally = _Tally()
    tally.counts[Change.UNCHANGED] = len(refs) - len(fresh)
    done = len(refs) - len(fresh)
    for batch in _batches(fresh):
        read = []
        for ref in batch:
            document = _read(source, ref, tally)
            if document is not None:
                read.append((ref, document))
            done += 1
            if progress is not None:
                progress(done, len(refs), ref.path)
        _store(read, transactions, clock(), tally)
    removed = _forget(source.name, sorted(known.keys() - {ref.path for ref in refs}), transactions)
    counts = tally.counts
    return IngestSummary(
        counts[Change.ADDED], counts[Change.CHANGED], removed, counts[Change.UNCHANGED], tuple(tally.failed)
    )


def _batches(refs: Sequence[DocumentRef]) -> Iterator[list[DocumentRef]]:
    remaining = iter(refs)
    while batch := list(islice(remaining, BATCH)):
        yield batch


def _read(source: Source, ref: DocumentRef, tally: _Tally) -> Document | None:
    try:
        return source.read(ref)
    except SourceUnavailable:
        raise
    except DocumentUnreadable as exc:
        tally.failed.append((ref.path, exc.reason))
    except Exception as exc:  # noqa: BLE001 - one page that breaks a parser must not hold up the others
        tally.failed.append((ref.path, f"could not be parsed ({type(exc).__name__})"))
    return None


def _store(
    read: Sequence[tuple[DocumentRef, Document]], transactions: Transactions, now: datetime, tally: _Tally
) -> None:
    if not read:
        return
    with transactions.write() as session:
        store = DocumentStore(session)
        changes = [store.upsert(document, ref.version, now) for ref, document in read]
    for change in changes:
        tally.counts[change] += 1


def _forget(source: str, gone: Sequence[str], transactions: Transactions) -> int:
    if not gone:
        return 0
    with transactions.write() as session:
        return DocumentStore(session).remove(source, gone)
