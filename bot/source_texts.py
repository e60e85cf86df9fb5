"""What people read about sources: in the ops channel, and on the command line."""

from __future__ import annotations

from datetime import datetime, timedelta

# For the ops channel. ``source`` and ``why`` are ready fragments.


def cannot_read(source: str, why: str) -> str:
    """A source failed to be read, said once."""
    return (
        f"I can't read {source} at the moment: {why} What I have from it still answers. I keep trying and tell you "
        "when it works again; nothing else comes about this."
    )


def reads_again(source: str, documents: int) -> str:
    """It works again."""
    return f"{source} can be read again and is up to date ({_documents(documents)})."


def doubted(source: str, missing: int, command: str) -> str:
    """A listing lacked so much that it was not believed."""
    return (
        f"{source} suddenly lacks {_documents(missing)}. In case that is a mistake they still answer until the next "
        f"look finds the same. If it isn't one, `{command}` takes them out now."
    )


# For the command line.


def held_back(source: str, missing: int) -> str:
    """The same, to who started the sync."""
    return (
        f"{source} suddenly lacks {_documents(missing)}: more than half. They are kept, and answer, until a look "
        f"a minute or more from now finds the same. Gone for good? Run `mops-desk ingest {source} --force`."
    )


def unlisted(source: str) -> str:
    """Documents of a source that the file no longer names."""
    return (
        f"{source} is not in SOURCES_FILE, so nothing keeps it up to date. "
        f"`mops-desk ingest --forget {source}` takes its documents out."
    )


def forgotten(source: str, documents: int) -> str:
    """A source was taken out."""
    return f"{source} is forgotten: {_documents(documents)} taken out."


def never_read(source: str) -> str:
    """No such source."""
    return f"Nothing was ever read from {source}. `mops-desk ingest --status` lists every source."


def failing(source: str, why: str, since: datetime) -> str:
    """The whole source, in the status."""
    return f"{source} cannot be read since {since:%Y-%m-%d %H:%M} UTC: {why}"


def unexpected(source: str, what: str) -> str:
    """A source failed, and not because it is away."""
    return f"{source}: the desk did not expect what came ({what}). Run it again with LOG_LEVEL=debug for details."


def ago(moment: datetime | None, now: datetime) -> str:
    """When a source was last read."""
    if moment is None:
        return "never"
    seconds = max(int((now - moment).total_seconds()), 0)
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            count = seconds // length
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def every(interval: timedelta | None) -> str:
    """How often a source is read."""
    if interval is None:
        return "by hand"
    minutes = int(interval.total_seconds() // 60)
    for unit, length in (("d", 1_440), ("h", 60)):
        if minutes % length == 0:
            return f"every {minutes // length}{unit}"
    return f"every {minutes}m"


def _documents(count: int) -> str:
    return f"{count:,} document{'s' if count != 1 else ''}"
