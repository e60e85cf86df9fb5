"""`kind: folder` and `kind: transcripts`: files below a folder of this machine."""

from __future__ import annotations

from bot.sources.listed import ListedSource, Outside
from knowledge.folder_source import FolderSource
from knowledge.protocols import Source


def build(listed: ListedSource, _outside: Outside) -> Source:
    """``path``, and ``base_url``: where the folder is published (a transcript's own address stands beside it)."""
    base_url = listed.options.address("base_url") or None
    return FolderSource(listed.name, listed.options.path("path"), base_url, listed.audience)
