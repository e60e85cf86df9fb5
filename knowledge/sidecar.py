"""The small YAML file beside a document that cannot say such things itself: address, title, speaker, chapters.

`talk.vtt` has it in `talk.vtt.yaml` or `talk.yaml`; so has `price-list.pdf`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from knowledge.errors import DocumentUnreadable, YamlBroken
from knowledge.front_matter import FrontMatter, facts_of, words_of
from knowledge.page import Page, text_of
from knowledge.transcript_files import seconds
from knowledge.transcripts import Chapter
from knowledge.yaml_text import YamlList, YamlMap, YamlNode, YamlText, parse_yaml

SUFFIXES = (".yaml", ".yml")
MAX_BYTES = 200_000
_WEB = re.compile(r"https?://[^\s/]\S*")
_SPEAKER_KEYS = ("speaker", "speakers", "presenter", "presenters", "host")
_STARTS = ("start", "at", "time", "t")
_TITLES = ("title", "name", "chapter")
_CHAPTER_LINE = re.compile(r"\s*[-•]?\s*\(?(\d[\d:.]*)\)?\s*(?:[-\N{EN DASH}]\s+)?(\S.*)")


@dataclass(frozen=True)
class Sidecar:
    """What a sidecar says; empty when there is none."""

    front: FrontMatter = FrontMatter()
    url: str | None = None
    chapters: tuple[Chapter, ...] = ()

    def onto(self, page: Page) -> Page:
        """The page with what the sidecar says of it; a page called draft or archived has no sections."""
        front = self.front
        return replace(
            page,
            title=front.title or page.title,
            sections=() if front.hidden else page.sections,
            owner=front.owner or page.owner,
            changed_at=front.changed_at or page.changed_at,
            audience=front.audience or page.audience,
            url=self.url or page.url,
            standing=front.standing or page.standing,
        )


def sidecar_names(path: str) -> tuple[str, ...]:
    """Where a document's sidecar may lie, first come first."""
    return tuple(
        f"{stem}{suffix}" for stem in (path, str(PurePosixPath(path).with_suffix(""))) for suffix in SUFFIXES
    )


def read_sidecar(data: bytes, path: str) -> Sidecar:
    """A sidecar's facts. ``path`` is its document's: without a sound sidecar that must not be taken in, since the
    sidecar may say who may read it. Raises DocumentUnreadable.
    """
    try:
        node = parse_yaml(text_of(data, path)) if data else None
    except YamlBroken as exc:
        raise DocumentUnreadable(
            path, f"has a sidecar that is not valid YAML, line {exc.line}: {exc.advice}"
        ) from exc
    except DocumentUnreadable as exc:
        raise DocumentUnreadable(path, f"has a sidecar that {exc.reason}") from exc
    if node is None:
        return Sidecar()
    if not isinstance(node, YamlMap):
        raise DocumentUnreadable(path, "has a sidecar without `url:` or `title:` lines: write it as `name: value`")
    fields = {key.value.casefold(): value for key, value in node.pairs if isinstance(key, YamlText)}
    url = words_of(fields.get("url"))
    if url and not _WEB.fullmatch(url):
        raise DocumentUnreadable(path, "has a sidecar whose `url:` is no web address: begin it with https://")
    front = facts_of(fields)
    speaker = next((words for key in _SPEAKER_KEYS if (words := words_of(fields.get(key)))), None)
    return Sidecar(replace(front, owner=front.owner or speaker), url, tuple(_chapters(fields.get("chapters"), path)))


def _chapters(node: YamlNode | None, path: str) -> list[Chapter]:
    """Chapters as a list of `{start, title}`, as `1:23: Title` lines, or as pasted from a video's description."""
    match node:
        case YamlList():
            found = [_chapter(item) for item in node.items]
        case YamlMap():
            found = [_named(key, value) for key, value in node.pairs]
        case YamlText() if node.value.strip():
            found = [_line(line) for line in node.value.splitlines() if line.strip()]
        case _:
            return []
    if None in found:
        line = f" {found.index(None) + 1}"
        raise DocumentUnreadable(path, f"has a sidecar whose chapter{line} lacks a time or a title: `1:23 Its title`")
    return [chapter for chapter in found if chapter is not None]


def _chapter(item: YamlNode) -> Chapter | None:
    if isinstance(item, YamlText):
        return _line(item.value)
    if not isinstance(item, YamlMap):
        return None
    fields = {key.value.casefold(): value for key, value in item.pairs if isinstance(key, YamlText)}
    start = next((fields[key] for key in _STARTS if key in fields), None)
    title = next((fields[key] for key in _TITLES if key in fields), None)
    if start is None and title is None and len(item.pairs) == 1:
        return _named(*item.pairs[0])
    return _named(start, title)


def _named(start: YamlNode | None, title: YamlNode | None) -> Chapter | None:
    moment, words = seconds(words_of(start) or ""), words_of(title)
    return None if moment is None or not words else Chapter(moment, words)


def _line(text: str) -> Chapter | None:
    match = _CHAPTER_LINE.fullmatch(" ".join(text.split()))
    moment = seconds(match[1]) if match else None
    return None if match is None or moment is None else Chapter(moment, match[2])
