"""Transcripts of videos and calls as pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any, TypeAlias

from knowledge.page import Page, readable_name
from knowledge.sidecar import Sidecar
from knowledge.transcript_files import json_chapters, json_document, subtitle_cues
from knowledge.transcripts import Chapter, Cue, passages

Facts: TypeAlias = Mapping[str, Any]

_WEB = re.compile(r"https?://[^\s/]\S*")
_LANGUAGE = re.compile(r"\.(?:[a-z]{2}(?:-[a-z]{2,4})?|transcript|loom|captions?|subtitles?)$", re.IGNORECASE)
MAX_NAMES = 3


def _subtitles(data: bytes, path: str) -> tuple[list[Cue], Facts]:
    return subtitle_cues(data, path), {}


TRANSCRIPTS: Mapping[str, Callable[[bytes, str], tuple[list[Cue], Facts]]] = MappingProxyType(
    {".vtt": _subtitles, ".srt": _subtitles, ".json": json_document}
)
"""What reads which transcripts: cues, and what the file says of the recording."""


def parse_transcript(data: bytes, path: str, sidecar: Sidecar) -> Page:
    """A transcript. Title, address, speaker and chapters are the sidecar's, else the file's own.

    Raises DocumentUnreadable.
    """
    cues, facts = TRANSCRIPTS[PurePosixPath(path).suffix.casefold()](data, path)
    title = sidecar.front.title or _fact(facts, "title", "name") or readable_name(_plain_name(path))
    chapters = sidecar.chapters or json_chapters(facts)
    url = _fact(facts, "url", "share_url", "video_url")
    return Page(
        title,
        tuple(passages(cues, _sound(chapters), title)),
        owner=_fact(facts, "speaker", "owner", "author") or _speakers(cues),
        url=url if _WEB.fullmatch(url) else None,
    )


def _sound(chapters: tuple[Chapter, ...]) -> tuple[Chapter, ...]:
    """Chapters by their start; of two that start together the last counts."""
    return tuple({chapter.start: chapter for chapter in sorted(chapters, key=lambda c: c.start)}.values())


def _fact(facts: Facts, *keys: str) -> str:
    return next((" ".join(facts[key].split()) for key in keys if isinstance(facts.get(key), str)), "")


def _speakers(cues: list[Cue]) -> str | None:
    """Whoever speaks, in the order of their first words; None when that is unknown or a crowd."""
    names = list(dict.fromkeys(cue.speaker for cue in cues if cue.speaker))
    return ", ".join(names) if 0 < len(names) <= MAX_NAMES else None


def _plain_name(path: str) -> str:
    """`utm-basics.en.vtt` is called after `utm-basics`."""
    pure = PurePosixPath(path)
    return str(pure.with_name(_LANGUAGE.sub("", pure.stem) + pure.suffix)) if pure.stem else path
