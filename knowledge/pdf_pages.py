"""PDF files as pages: headings from the outline, else from the letters' size; every passage knows its page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge.domain import Section
from knowledge.page import Page, readable_name
from knowledge.pdf_text import Bookmark, Line, read_pdf
from knowledge.places import Places, page_anchor

LARGER = 1.15
"""Letters this much larger than the running text make a heading."""

MAX_HEADING = 140
MAX_LEVELS = 4
REPEATED = 0.5
"""A line at the edge of so many pages is the running head or foot."""

EDGE = 2  # lines from above and below that may be running heads
MIN_PAGES = 4  # fewer do not show what repeats
NEW_PARAGRAPH = 1.45
"""A distance between lines this much above the usual begins a paragraph."""

_BULLET = re.compile(r"^[•●▪◦‣∙·■□➢✓–—-]\s+")
_NUMBERS = re.compile(r"\d+")
_SENTENCE_END = re.compile(r"[.!?:;…][\"'”’)\]]*$")
_FIRST_END = re.compile(r"[.!?…][\"'”’)\]]*(?=\s|$)")


@dataclass(frozen=True)
class _Heading:
    text: str
    level: int


@dataclass(frozen=True)
class _Block:
    """Text of one page under one heading; ``page`` counts from 1."""

    heading: _Heading | None
    page: int
    text: str


def parse_pdf(data: bytes, path: str) -> Page:
    """A PDF. What stands under one heading on two pages is two sections, so that each is cited with its page.

    Raises DocumentUnreadable.
    """
    read = read_pdf(data, path)
    pages = _without_running_heads(read.pages)
    body = _body_size(pages)
    marked = list(_by_outline(pages, read.bookmarks)) if read.bookmarks else list(_by_size(pages, body))
    title = read.title or _largest(pages[:1], body) or readable_name(path)
    return Page(title, tuple(_sections(_joined(_blocks(marked)), title)))


def _without_running_heads(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    if len(pages) < MIN_PAGES:
        return [list(lines) for lines in pages]
    counts = Counter(key for lines in pages for key in {_shape(line) for line in _edges(lines)})
    often = {key for key, count in counts.items() if count >= REPEATED * len(pages) and count >= MIN_PAGES}
    return [
        [line for line in lines if not (_shape(line) in often and any(line is edge for edge in _edges(lines)))]
        for lines in pages
    ]


def _edges(lines: Sequence[Line]) -> list[Line]:
    return [*lines[:EDGE], *lines[-EDGE:]]


def _shape(line: Line) -> str:
    """A line with its numbers blanked: page numbers differ."""
    return _NUMBERS.sub("0", line.text)


def _body_size(pages: Sequence[Sequence[Line]]) -> float:
    letters: Counter[float] = Counter()
    for lines in pages:
        for line in lines:
            letters[line.size] += len(line.text)
    return max(letters, key=lambda size: letters[size], default=0.0)


def _largest(pages: Sequence[Sequence[Line]], body: float) -> str:
    lines = [line for page in pages for line in page if line.size >= body * LARGER > 0]
    best = max(lines, key=lambda line: line.size, default=None)
    return best.text[:MAX_HEADING] if best else ""


_Marked = list[Line | _Heading]


def _by_outline(pages: Sequence[Sequence[Line]], bookmarks: Sequence[Bookmark]) -> Iterator[_Marked]:
    """Each page's lines with the outline's headings in place of the lines that show them, else at its top."""
    waiting: dict[int, list[Bookmark]] = {}
    for bookmark in bookmarks:
        waiting.setdefault(bookmark.page, []).append(bookmark)
    for number, lines in enumerate(pages):
        marked: _Marked = list(lines)
        top = 0
        for bookmark in waiting.get(number, ()):
            heading = _Heading(bookmark.title, bookmark.level)
            found = _found(marked, bookmark.title)
            if found is None:
                marked.insert(top, heading)
                top += 1
            else:
                first, end = found
                marked[first:end] = [heading]
                top = max(top, first + 1)
        yield marked


def _found(marked: _Marked, title: str) -> tuple[int, int] | None:
    """Where a page shows a bookmark's words: on one line, or wrapped onto up to three."""
    wanted = _letters(title)
    for first in range(len(marked)):
        words = ""
        for end in range(first, min(first + 3, len(marked))):
            part = marked[end]
            if not isinstance(part, Line):
                break
            words += _letters(part.text)
            if words == wanted or (end == first and _NUMBERS.sub("", words) == wanted != ""):
                return first, end + 1
            if not wanted.startswith(words):
                break
    return None


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _by_size(pages: Sequence[Sequence[Line]], body: float) -> Iterator[_Marked]:
    sizes = sorted({line.size for lines in pages for line in lines if _is_heading(line, body)}, reverse=True)
    levels = {size: min(level, MAX_LEVELS) for level, size in enumerate(sizes, 1)}
    for lines in pages:
        marked: _Marked = []
        last: Line | None = None
        for line in lines:
            if not _is_heading(line, body):
                marked.append(line)
            elif last is not None and last.size == line.size and marked and isinstance(marked[-1], _Heading):
                marked[-1] = _Heading(f"{marked[-1].text} {line.text}"[:MAX_HEADING], levels[line.size])
            else:
                marked.append(_Heading(line.text, levels[line.size]))
            last = line
        yield marked


def _is_heading(line: Line, body: float) -> bool:
    large = body > 0 and line.size >= body * LARGER
    return large and len(line.text) <= MAX_HEADING and any(character.isalpha() for character in line.text)


def _blocks(marked: Sequence[_Marked]) -> Iterator[_Block]:
    heading: _Heading | None = None
    for number, parts in enumerate(marked, 1):
        lines: list[Line] = []
        fresh = False
        for part in [*parts, None]:
            if isinstance(part, Line):
                lines.append(part)
                continue
            if lines or (fresh and part is not None):
                yield _Block(heading, number, _paragraphs(lines))
            lines, fresh = [], part is not None
            heading = part or heading


def _paragraphs(lines: Sequence[Line]) -> str:
    """Lines as Markdown: broken words whole, a blank line where the page leaves one, bullets as list items."""
    gaps = sorted(gap for a, b in zip(lines, lines[1:], strict=False) if (gap := a.y - b.y) > 0)
    usual = gaps[len(gaps) // 2] if gaps else 0.0
    out: list[str] = []
    before: Line | None = None
    for line in lines:
        item = _BULLET.match(line.text)
        text = f"- {line.text[item.end() :]}" if item else line.text
        if before is None:
            out.append(text)
        elif not item and out[-1].endswith("-") and text[:1].islower() and out[-1][-2:-1].isalpha():
            out[-1] = out[-1][:-1] + text
        else:
            is_new = usual > 0 and before.y - line.y > NEW_PARAGRAPH * usual
            out.append(f"\n{text}" if is_new else text)
        before = line
    return "\n".join(out)


def _joined(blocks: Iterator[_Block]) -> Iterator[_Block]:
    """Blocks whose sentences are whole: what a page break cut goes back to the page where it began."""
    before: _Block | None = None
    for block in blocks:
        current = block
        if before is not None:
            if current.heading == before.heading and before.text and not _SENTENCE_END.search(before.text):
                before, current = _mended(before, current)
            yield before
        before = current
    if before is not None:
        yield before


def _mended(before: _Block, after: _Block) -> tuple[_Block, _Block]:
    end = _FIRST_END.search(after.text)
    if end is None or not after.text[:1].islower():
        return before, after
    head, rest = after.text[: end.end()], after.text[end.end() :].lstrip()
    return _Block(before.heading, before.page, f"{before.text}\n{head}"), _Block(after.heading, after.page, rest)


def _sections(blocks: Iterator[_Block], title: str) -> Iterator[Section]:
    places = Places()
    above: list[_Heading] = []
    last: _Heading | None = None
    for block in blocks:
        heading = block.heading
        if heading is not None and heading is not last:
            above = [parent for parent in above if parent.level < heading.level]
            above.append(heading)
            last = heading
        parents = tuple(parent.text for parent in above[:-1])
        if not block.text and heading is None:
            continue
        name, level = (heading.text, heading.level) if heading else (title, 0)
        anchor = page_anchor(block.page)
        anchor = places.take(anchor) if block.text else anchor
        yield Section(name, parents, level, block.text, anchor, block.page)
