"""`mops-desk ingest`: take in documents, and say how their sources stand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from bot import source_texts
from bot.cli_terminal import busy, err, open_parts, out, progress, typed
from bot.web_address import NOT_ONE, is_web_address

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sources.listed import ScheduledSource
    from bot.wiring import KnowledgeParts
    from knowledge.ingest import IngestSummary
    from knowledge.sync_store import Failure, SourceState


@dataclass(frozen=True)
class Taken:
    """What came of one source. ``error``: why it could not be read, else ""."""

    source: ScheduledSource
    summary: IngestSummary
    error: str
    seconds: float

    @property
    def is_complete(self) -> bool:
        """Whether all of it could be read and was believed."""
        done = self.summary
        return not (self.error or done.failed or done.held_back or done.is_nothing)

    def as_record(self) -> dict[str, Any]:
        """For machines."""
        named = {"name": self.source.name, "kind": self.source.kind}
        counted = self.summary.as_record() | {"error": self.error or None, "seconds": round(self.seconds, 3)}
        for key in ("failed", "skipped"):
            counted[key] = [{"path": path, "reason": reason} for path, reason in counted[key]]
        return named | counted


def ingest(
    ctx: typer.Context,
    places: Annotated[
        list[str] | None,
        typer.Argument(
            parser=typed,
            help="Sources of SOURCES_FILE by name, folders or files; everything when left out.",
            metavar="[SOURCE|PATH]...",
        ),
    ] = None,
    watch: Annotated[bool, typer.Option(help="Stay, and take in changes of folders as they happen.")] = False,
    base_url: Annotated[str, typer.Option(help="Where the folder is published; links are made from it.")] = "",
    force: Annotated[bool, typer.Option(help="Believe a listing even if most documents are gone.")] = False,
    status: Annotated[bool, typer.Option(help="Only say how every source stands.")] = False,
    forget: Annotated[
        str | None, typer.Option(parser=typed, help="Take out everything of one source.", metavar="SOURCE")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")] = False,
) -> None:
    """Take in documents: only what changed is read and embedded. Exit code 1 if one could not be read."""
    reading = {"--watch": watch, "--base-url": base_url, "--force": force, "a source or path": places}
    _alone("--forget", forget, reading | {"--json": as_json, "--status": status})
    _alone("--status", status, reading)
    if base_url and not is_web_address(base_url):
        raise typer.BadParameter(f"--base-url: “{base_url}” {NOT_ONE}.")
    from bot.encoder_wiring import look_through

    with open_parts(ctx.obj, None if status else look_through) as parts:
        if status:
            _print_status(parts, as_json)
            return
        if forget:
            _forget(parts, forget)
            return
        sources = parts.sources(places or [], base_url)
        complete = _take_in(parts, sources, force, as_json)
        if watch:
            _watch(parts, sources, as_json)
    if not complete:
        raise typer.Exit(1)


def _alone(option: str, value: object, others: Mapping[str, object]) -> None:
    """Refuse an option beside one of the others, which it would leave without a word."""
    other = next((name for name, given in others.items() if given), None)
    if value and other:
        raise typer.BadParameter(f"{option} and {other} do not go together. Leave one of them out.")


def _take_in(parts: KnowledgeParts, sources: Sequence[ScheduledSource], force: bool, as_json: bool) -> bool:
    """Bring database and index up to the sources. Says what it did, and returns whether all of it could be read."""
    taken = [_read(parts, source, force, alone=len(sources) == 1) for source in sources]
    update_index(parts)
    if as_json:
        typer.echo(json.dumps({"sources": [one.as_record() for one in taken]}))
    else:
        _print_summary(taken)
    return all(one.is_complete for one in taken)


def _read(parts: KnowledgeParts, source: ScheduledSource, force: bool, alone: bool) -> Taken:
    """One source. One that is away, or fails as nobody foresaw, does not keep the others from being read."""
    from bot.clock import now_utc
    from knowledge.ingest import IngestSummary, Terms
    from knowledge.ingest import ingest as take_in

    begun = now_utc()
    with progress() as bar:
        task = bar.add_task(f"Looking through {source.name}", total=None)

        def show(done: int, total: int, _path: str) -> None:
            bar.update(task, description=f"Reading {source.name}", completed=done, total=total)

        try:
            summary, error = take_in(source.source, parts.database, now_utc, show, Terms(force=force)), ""
        except ConnectionError:  # the database: nothing else can be read either
            raise
        except Exception as exc:
            if alone:
                raise
            summary, error = IngestSummary(), _why(source, exc)
    return Taken(source, summary, error, (now_utc() - begun).total_seconds())


def _why(source: ScheduledSource, exc: Exception) -> str:
    from structlog import get_logger

    from knowledge.errors import KnowledgeError

    if isinstance(exc, KnowledgeError):
        return str(exc)
    get_logger(__name__).debug("source_sync_trace", exc_info=exc)
    return source_texts.unexpected(source.name, type(exc).__name__)


def _print_summary(taken: Sequence[Taken]) -> None:
    more = [name for name in ("moved", "skipped") if any(getattr(one.summary, name) for one in taken)]
    table = Table("source", "added", "changed", "removed", "unchanged", "failed", *more)
    for one in taken:
        done = one.summary
        counts = [done.added, done.changed, done.removed, done.unchanged, len(done.failed)]
        counts += [done.moved if name == "moved" else len(done.skipped) for name in more]
        table.add_row(one.source.name, *(str(count) for count in counts))
    out.print(table)
    for one in taken:
        for problem in _problems(one):
            err.print(problem, markup=False, soft_wrap=True)


def _problems(taken: Taken) -> Iterator[str]:
    if taken.error:
        yield taken.error
        return
    yield from (f"{path}: {reason}" for path, reason in taken.summary.failed)
    yield from (f"{path}: left out: {reason}" for path, reason in taken.summary.skipped)
    if taken.summary.held_back:
        yield source_texts.held_back(taken.source.name, taken.summary.held_back)
    if taken.summary.is_nothing:
        yield _nothing_in(taken.source)


def _nothing_in(source: ScheduledSource) -> str:
    from knowledge.page_kinds import READABLE

    root = _root(source)
    if root is None:
        return f"{source.name} holds no documents. Check its options in SOURCES_FILE."
    return f"{root} holds nothing I can read. I read files ending in {', '.join(READABLE)}."


def _root(source: ScheduledSource) -> Path | None:
    """The folder or file of a source that has one to watch."""
    from knowledge.bounded_source import BoundedSource
    from knowledge.folder_source import FolderSource
    from knowledge.redacted_source import RedactedSource

    found = source.source
    while isinstance(found, BoundedSource | RedactedSource):
        found = found.inner
    return found.root if isinstance(found, FolderSource) else None


def _watch(parts: KnowledgeParts, sources: Sequence[ScheduledSource], as_json: bool) -> None:
    from watchfiles import watch as changes

    from bot.errors import DeskError

    watched = [(source, root) for source in sources if (root := _root(source)) is not None]
    if not watched:
        raise DeskError("Only folders can be watched. Give the source an `every:`, and `mops-desk run` reads it.")
    # A file is watched through its folder: editors put a new file in its place, which ends a watch on the file.
    folders = {root.parent if root.is_file() else root for _, root in watched}
    (err if as_json else out).print("Watching for changes; Ctrl+C ends it.", markup=False)
    try:
        for _ in changes(*folders):
            _take_in(parts, [source for source, _ in watched], False, as_json)
    except KeyboardInterrupt:
        return


def update_index(parts: KnowledgeParts) -> None:
    """Build the index for what is stored now, if there is none yet."""
    if parts.model and parts.model.can_prepare:
        with busy("Preparing the embedding model, once: about half a minute"):
            parts.model.prepare()
    with progress() as bar:
        task = bar.add_task("Preparing the search index", total=None)
        parts.base.ensure_built(lambda done, total: bar.update(task, completed=done, total=total))


def _forget(parts: KnowledgeParts, name: str) -> None:
    from bot.errors import DeskError
    from knowledge.ingest import forget_source

    count = forget_source(name, parts.database)
    if count is None:
        raise DeskError(source_texts.never_read(name))
    update_index(parts)
    out.print(source_texts.forgotten(name, count), markup=False, soft_wrap=True)


@dataclass(frozen=True)
class Standing:
    """How one source stands."""

    state: SourceState
    documents: int
    failures: tuple[Failure, ...]
    listed: ScheduledSource | None

    def as_record(self) -> dict[str, Any]:
        """For machines."""
        state = self.state
        moments = {"finished_at": state.finished_at, "read_at": state.read_at, "failing_since": state.failing_since}
        failed = [{"path": one.path, "reason": one.reason, "since": one.since.isoformat()} for one in self.failures]
        return {
            "name": state.name,
            "kind": self.listed.kind if self.listed else None,
            "documents": self.documents,
            **{name: moment.isoformat() if moment else None for name, moment in moments.items()},
            "error": state.error or None,
            "failed": failed,
            "held_back": len(state.doubt["documents"]) if state.doubt else 0,
        }


def _standings(parts: KnowledgeParts) -> list[Standing]:
    from knowledge.document_store import DocumentStore
    from knowledge.sync_store import SourceState, SyncStore

    listed = {source.name: source for source in parts.sources_in_file()}
    with parts.database.read() as session:
        counts = DocumentStore(session).sources()
        states = {state.name: state for state in SyncStore(session).states()}
        failures = SyncStore(session).failures()
    names = sorted({*listed, *counts, *states})
    return [
        Standing(states.get(name, SourceState(name)), counts.get(name, 0), failures.get(name, ()), listed.get(name))
        for name in names
    ]


def _print_status(parts: KnowledgeParts, as_json: bool) -> None:
    standings = _standings(parts)
    if as_json:
        typer.echo(json.dumps({"sources": [one.as_record() for one in standings]}))
        return
    if not standings:
        out.print("There are no sources yet. Name a folder: `mops-desk ingest docs/`, or set SOURCES_FILE.")
        return
    from bot.clock import now_utc

    table = Table("source", "kind", "documents", "read", "schedule", "failed")
    for one in standings:
        kind, every = (one.listed.kind, one.listed.every) if one.listed else ("", None)
        read = source_texts.ago(one.state.read_at, now_utc())
        table.add_row(
            one.state.name, kind, str(one.documents), read, source_texts.every(every), str(len(one.failures))
        )
    out.print(table)
    for line in _troubles(standings):
        out.print(line, markup=False, soft_wrap=True)


def _troubles(standings: Sequence[Standing]) -> Iterator[str]:
    for one in standings:
        if one.state.error and one.state.failing_since:
            yield source_texts.failing(one.state.name, one.state.error, one.state.failing_since)
        if one.state.doubt:
            yield source_texts.held_back(one.state.name, len(one.state.doubt["documents"]))
        yield from (f"{one.state.name}/{failure.path}: {failure.reason}" for failure in one.failures)
    has_file = any(one.listed for one in standings)
    yield from (source_texts.unlisted(one.state.name) for one in standings if has_file and not one.listed)
