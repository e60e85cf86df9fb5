"""Markdown pages: headings and the text below them, raw, so that what is cited can be found in the file.

The one module of markdown-it-py in knowledge. Its block parser says where headings and code really are; the texts are
cut from the file's own lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt

from knowledge.anchors import Anchors
from knowledge.domain import Section
from knowledge.front_matter import read_front_matter
from knowledge.page import Page, readable_name, text_of

ATX = re.compile(r"#{1,6}(?P<text>[ \t].*)?$")
CLOSING = re.compile(r"(^|[ \t]+)#+$")
OWN_ANCHOR = re.compile(r"\{[^{}]*#(?P<anchor>[^\s{}]+)[^{}]*\}$")
MAX_VISIBLE = 500  # characters of a heading that make its anchor and a title
MAX_SETEXT = 200  # a longer underlined "heading" is a paragraph whose author meant a rule below it
UNSEEN = (("<!--", "-->"), ("<script", "</script>"), ("<style", "</style>"))
HEAD_TAG = re.compile(r"<(?:link|meta)\b[^<>]*>", re.IGNORECASE)
SHORTCODE = re.compile(r"\{\{[<%](?P<inside>[^{}]*)[>%]\}\}")
SHORTCODE_TEXT = re.compile(r"""\b(?:summary|title|header|heading|caption)\s*=\s*(?:"(?P<a>[^"]*)"|'(?P<b>[^']*)')""")
SHORTCODE_LINK = re.compile(r"""\s*(?:ref|relref)\s+["']?(?P<target>[^"'\s]+)""")


@dataclass(frozen=True)
class _Heading:
    """A heading: its raw text, and the lines it takes (counted from 0, ``end`` not included)."""

    text: str
    level: int
    start: int
    end: int


@dataclass(frozen=True)
class _Outline:
    """Where a page's headings and its code stand. ``code`` holds line numbers."""

    headings: tuple[_Heading, ...]
    code: frozenset[int]


def parse_markdown(data: bytes, path: str) -> Page:
    """A Markdown page with its front matter. Raises DocumentUnreadable when the bytes are no text.

    The title is the front matter's, else the first top heading, else made of the file name. A page that calls itself
    a draft or archived has no sections: nothing of it can be found.
    """
    lines = text_of(data, path).split("\n")
    front = read_front_matter(lines)
    lines[: front.lines] = [""] * front.lines  # line numbers stay those of the file
    outline = _outline(lines)
    visible = MarkdownIt("commonmark")
    first_top = next((_visible(visible, heading.text) for heading in outline.headings if heading.level == 1), "")
    title = front.title or first_top or readable_name(path)
    sections = () if front.hidden else tuple(_sections(lines, outline, title, visible))
    return Page(title, sections, front.owner, front.changed_at, front.audience, standing=front.standing)


def _outline(lines: list[str]) -> _Outline:
    parser = MarkdownIt("commonmark").enable("table").disable("inline")  # blocks only: texts are taken raw
    headings, code = [], set[int]()
    for token in parser.parse("\n".join(lines)):
        if token.map is None:
            continue
        start, end = token.map
        if token.type in ("fence", "code_block"):
            code.update(range(start, end))
        elif token.type == "heading_open":
            heading = _heading(lines, token.markup, int(token.tag[1:]), start, end)
            if heading is not None:
                headings.append(heading)
    return _Outline(tuple(headings), frozenset(code))


def _heading(lines: list[str], markup: str, level: int, start: int, end: int) -> _Heading | None:
    line = lines[start].strip()
    if markup.startswith("#"):
        match = ATX.match(line)  # None inside a quote or at a list mark: not a heading of the page
        text = CLOSING.sub("", (match["text"] or "").strip()).strip() if match else None
        return None if text is None else _Heading(text, level, start, end)
    is_one_line = end - start == 2 and len(line) <= MAX_SETEXT  # noqa: PLR2004 - the text and its underline
    return _Heading(line, level, start, end) if is_one_line else None


def _sections(lines: list[str], outline: _Outline, title: str, visible: MarkdownIt) -> Iterator[Section]:
    anchors = Anchors()
    starts = [heading.start for heading in outline.headings]
    preface = _clean(lines, 0, starts[0] if starts else len(lines), outline.code)
    if preface:
        first = next(number for number, line in enumerate(lines) if line.strip())
        yield Section(title, (), 0, preface, "", first + 1)
    above: list[_Heading] = []
    for heading, end in zip(outline.headings, [*starts[1:], len(lines)], strict=False):
        above = [parent for parent in above if parent.level < heading.level]
        text = _clean(lines, heading.end, end, outline.code)
        if heading.text or text:
            parents = tuple(parent.text for parent in above)
            anchor = _anchor(heading.text, anchors, visible)
            yield Section(heading.text, parents, heading.level, text, anchor, heading.start + 1)
        above.append(heading)


def _anchor(heading: str, anchors: Anchors, visible: MarkdownIt) -> str:
    own = OWN_ANCHOR.search(heading)
    return anchors.take(_visible(visible, heading), own["anchor"] if own else None)


def _visible(parser: MarkdownIt, heading: str) -> str:
    """A heading as a reader sees it: no marks, tags, link targets or `{#anchor}`."""
    tokens = parser.parseInline(OWN_ANCHOR.sub("", heading[:MAX_VISIBLE]).strip())
    leaves = [child for token in tokens for child in token.children or []]
    return "".join(leaf.content for leaf in leaves if leaf.type in ("text", "code_inline", "image")).strip()


def _clean(lines: list[str], start: int, end: int, code: frozenset[int]) -> str:
    """The lines' text without comments, scripts and shortcode tags, except in code, where they are what is shown."""
    parts: list[str] = []
    at = start
    while at < end:
        stop = at
        while stop < end and (stop in code) == (at in code):
            stop += 1
        run = "\n".join(lines[at:stop])
        parts.append(run if at in code else _without_tags(run))
        at = stop
    return "\n".join(parts).strip("\n").rstrip()


def _without_tags(text: str) -> str:
    for opening, closing in UNSEEN:
        text = _without(text, opening, closing)
    text = SHORTCODE.sub(_shortcode, HEAD_TAG.sub("", text))
    return re.sub(r"\n(?:[ \t]*\n){2,}", "\n\n", text)


def _without(text: str, opening: str, closing: str) -> str:
    """The text without what stands between the marks. Not a regular expression: unclosed marks would be quadratic."""
    kept, at = [], 0
    while (start := text.find(opening, at)) >= 0 and (end := text.find(closing, start)) >= 0:
        kept.append(text[at:start])
        at = end + len(closing)
    return "".join([*kept, text[at:]])


def _shortcode(match: re.Match[str]) -> str:
    inside = match["inside"]
    if link := SHORTCODE_LINK.match(inside):
        return link["target"]
    return " ".join(found["a"] or found["b"] or "" for found in SHORTCODE_TEXT.finditer(inside))
