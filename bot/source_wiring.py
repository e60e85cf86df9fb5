"""Picks the classes of sources: what the sources file names, and what a command names by path. Opens nothing yet."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeAlias

from bot.clock import now_utc
from bot.database import Database
from bot.errors import DeskError
from bot.settings import Settings
from bot.sources.listed import ListedSource, Outside, ScheduledSource
from bot.sources.redacting import Redact, redacted
from bot.sources.sources_file import SourcesFile
from escalation.protocols import Tracker
from knowledge.bounded_source import BoundedSource
from knowledge.folder_source import FolderSource
from knowledge.protocols import Source
from knowledge.unseen import printable

Builder: TypeAlias = Callable[[ListedSource, Outside], Source]


def sources_in_file(
    settings: Settings, database: Database, tracker: Callable[[Settings, Database], Tracker]
) -> tuple[ScheduledSource, ...]:
    """The sources of SOURCES_FILE, in file order; none without one. Raises SourcesInvalid naming every problem."""
    if settings.sources_file is None:
        return ()
    file = SourcesFile(settings.sources_file)
    outside = Outside(settings, database, partial(tracker, settings, database), now_utc)
    built = []
    for listed in file.listed():
        builder = _builder(listed.kind)
        if builder is not None:
            source = builder(listed, outside)
            source = BoundedSource(source, listed.limits) if listed.limits else source
            source = redacted(source, listed.redact, settings.own_domains)
            built.append(ScheduledSource(source, listed.kind, listed.every))
            listed.options.unknown()
    file.check()
    return tuple(built)


def named_sources(
    settings: Settings, in_file: Sequence[ScheduledSource], places: Sequence[str], base_url: str = ""
) -> tuple[ScheduledSource, ...]:
    """What a command asks for: sources by name, folders or files by path; everything there is when it names nothing.

    Raises DeskError for what is neither.
    """
    if not places:
        docs = settings.docs_dir
        given = (_scheduled(settings, docs, base_url or settings.docs_base_url),) if docs else ()
        every = (*in_file, *given)
        if not every:
            raise DeskError(
                "Which documents? Name a folder (`mops-desk ingest docs/`), or set SOURCES_FILE or DOCS_DIR."
            )
        return every
    by_name = {source.name: source for source in in_file}
    for place in places:
        if place not in by_name and not Path(place).expanduser().exists():
            known = f" Sources are: {', '.join(by_name)}." if by_name else ""
            raise DeskError(f"{printable(place)} is not there. Check the path; nothing was read.{known}")
    return tuple(by_name.get(place) or _scheduled(settings, Path(place), base_url) for place in places)


def _scheduled(settings: Settings, root: Path, base_url: str) -> ScheduledSource:
    return ScheduledSource(folder_source(settings, root, base_url), "path")


def folder_source(settings: Settings, root: Path, base_url: str = "") -> Source:
    """A folder that no sources file describes; what is taken out of its texts is the usual.

    Its name is the folder's own plus a mark of where it lies: two `docs` never mix. Raises DeskError.
    """
    resolved = root.expanduser().resolve()
    if printable(str(resolved)) != str(resolved):
        raise DeskError(f"{printable(str(root))} has a name that is not UTF-8. Rename it, or one of its folders.")
    mark = hashlib.sha256(str(resolved).encode()).hexdigest()[:6]
    folder = FolderSource(f"{resolved.stem}-{mark}", resolved, base_url or None)
    return redacted(folder, Redact.PEOPLE, settings.own_domains)


def _builder(kind: str) -> Builder | None:
    """What makes sources of a kind; only what the file names is loaded. None for a kind there is not."""
    match kind:
        case "folder":
            from bot.sources import folder

            return folder.build
        case "transcripts":
            from bot.sources import transcripts

            return transcripts.build
        case "git":
            from bot.sources import git

            return git.build
        case "confluence":
            from bot.sources import confluence

            return confluence.build
        case "web":
            from bot.sources import web

            return web.build
        case "jira":
            from bot.sources import jira

            return jira.build
        case _:
            return None
