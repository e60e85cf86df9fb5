"""`kind: transcripts`: what was said in videos and calls, in files below a folder of this machine."""

from __future__ import annotations

from bot.sources.listed import ListedSource, Outside
from knowledge.folder_source import FolderSource
from knowledge.page_kinds import is_transcript
from knowledge.protocols import Source


def build(listed: ListedSource, _outside: Outside) -> Source:
    """``path``. Each file's address, title and speaker stand in the YAML file beside it."""
    return FolderSource(listed.name, listed.options.path("path"), None, listed.audience, takes=is_transcript)
