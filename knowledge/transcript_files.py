"""Transcript files as cues: WebVTT, SubRip (.srt) and the JSON of Loom and its kin."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from knowledge.errors import DocumentUnreadable
from knowledge.page import text_of
from knowledge.transcripts import Chapter, Cue

MAX_CUES = 20_000
"""Some sixteen hours of talk."""

MAX_SECONDS = 1_000_000
_TIME = re.compile(r"(?:(\d{1,4}):)?(\d{1,3}):(\d{2})(?:[.,](\d{1,3}))?")
_TIMING = re.compile(rf"\s*({_TIME.pattern})\s*-->\s*({_TIME.pattern})(?:\s.*)?")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]{1,200})>")
_MARKUP = re.compile(r"<[^<>]{0,200}>|\{\\[^{}]{0,200}\}")
_TURN = re.compile(r"(?:^|\n)\s*(?:-|>>)\s*")
_NAMED = re.compile(r"\[?([A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*){0,3})\]?:\s+(?=\S)")

_LISTS = ("phrases", "segments", "cues", "transcript", "utterances", "results", "monologues")
_STARTS = ("ts", "start", "start_time", "starttime", "begin", "offset", "time", "timestamp", "from")
_ENDS = ("end", "end_time", "endtime", "te", "to")
_TEXTS = ("value", "text", "phrase", "content", "transcript", "sentence")
_SPEAKERS = ("speaker", "speaker_name", "speakername", "name", "author")
_SHAPE = 'is no transcript: it needs phrases like {"ts": 12.5, "value": "what was said"}'


def subtitle_cues(data: bytes, path: str) -> list[Cue]:
    """The cues of a .vtt or .srt file. Raises DocumentUnreadable when it has none, or endlessly many."""
    cues = []
    for cue in _blocks(text_of(data, path)):
        cues.append(cue)
        if len(cues) > MAX_CUES:
            raise _endless(path)
    if not cues:
        raise DocumentUnreadable(path, "holds no cues (00:01.000 --> 00:04.000): export the transcript again")
    return cues


def _blocks(text: str) -> Iterator[Cue]:
    start = end = 0.0
    lines: list[str] | None = None
    for line in [*text.split("\n"), ""]:
        timing = _TIMING.fullmatch(line) if "-->" in line else None
        if timing:
            start, end = seconds(timing[1]) or 0.0, seconds(timing[6]) or 0.0
            lines = []
        elif line.strip():
            if lines is not None:
                lines.append(line)
        elif lines is not None:
            if cue := _cue(start, end, "\n".join(lines)):
                yield cue
            lines = None


def _cue(start: float, end: float, raw: str) -> Cue | None:
    voice = _VOICE.search(raw)
    text = html.unescape(_MARKUP.sub("", raw))
    text = _TURN.sub("\n", text).strip()
    speaker = " ".join(html.unescape(voice[1]).split()) if voice else ""
    if not speaker and (named := _NAMED.match(text)):
        speaker, text = named[1], text[named.end() :]
    return Cue(start, max(end, start), text, speaker) if text else None


def seconds(text: str) -> float | None:
    """ "1:02:03.5", "2:03" or "83.5" (also "83s") in seconds; None for anything else."""
    match = _TIME.fullmatch(text.strip())
    if match:
        whole = int(match[1] or 0) * 3600 + int(match[2]) * 60 + int(match[3])
        return whole + float(f"0.{match[4] or 0}")
    try:
        plain = float(text.strip().removesuffix("s"))
    except ValueError:
        return None
    return plain if 0 <= plain < MAX_SECONDS else None


def json_document(data: bytes, path: str) -> tuple[list[Cue], Mapping[str, Any]]:
    """The cues of a JSON transcript, and what else stands at its top. Raises DocumentUnreadable."""
    try:
        body = json.loads(text_of(data, path))
    except (ValueError, RecursionError) as exc:
        raise DocumentUnreadable(path, "is no valid JSON: export the transcript again") from exc
    facts = body if isinstance(body, dict) else {}
    phrases = next((facts[key] for key in _LISTS if isinstance(facts.get(key), list)), body)
    if not isinstance(phrases, list):
        raise DocumentUnreadable(path, _SHAPE)
    if len(phrases) > MAX_CUES:
        raise _endless(path)
    cues = [cue for phrase in phrases if isinstance(phrase, dict) and (cue := _phrase(phrase))]
    if not cues:
        raise DocumentUnreadable(path, _SHAPE)
    return cues, facts


def json_chapters(facts: Mapping[str, Any]) -> tuple[Chapter, ...]:
    """The chapters that a JSON transcript names itself."""
    found = facts.get("chapters")
    items = [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
    named = ((_moment(item, _STARTS), _first_text(item, ("title", "name", *_TEXTS))) for item in items)
    return tuple(Chapter(start, title) for start, title in named if start is not None and title)


def _phrase(phrase: Mapping[str, Any]) -> Cue | None:
    folded = {str(key).casefold(): value for key, value in phrase.items()}
    start, text = _moment(folded, _STARTS), _first_text(folded, _TEXTS)
    if start is None or not text:
        return None
    end = _moment(folded, _ENDS)
    return Cue(start, start if end is None else max(end, start), text, _first_text(folded, _SPEAKERS))


def _moment(values: Mapping[str, Any], keys: tuple[str, ...]) -> float | None:
    for key in keys:
        value = values.get(key)
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return seconds(str(value))
    return None


def _first_text(values: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    return next((" ".join(values[key].split()) for key in keys if isinstance(values.get(key), str)), "")


def _endless(path: str) -> DocumentUnreadable:
    return DocumentUnreadable(path, f"has more than {MAX_CUES:,} cues, some sixteen hours of talk: split it")
