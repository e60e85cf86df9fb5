"""`kind: git`: the Markdown pages of a cloned repository."""

from __future__ import annotations

from bot.sources.listed import ListedSource, Outside
from knowledge.git_source import GitSource
from knowledge.protocols import Source


def build(listed: ListedSource, _outside: Outside) -> Source:
    """``path`` of the clone; ``folder`` inside it, ``ref`` (a branch, HEAD when left out), and ``base_url``."""
    options = listed.options
    return GitSource(
        listed.name,
        options.path("path"),
        folder=options.text("folder"),
        ref=options.text("ref", "HEAD"),
        base_url=options.address("base_url") or None,
        audience=listed.audience,
    )
