"""Markdown as sentences: each with its plain words for searching and its Markdown for quoting."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from knowledge.unseen import without_zero_width

LONG_ITEM_WORDS = 60
"""A list item longer than this is several sentences; a shorter one stays whole."""

_FENCE = re.compile(r"^\s*(```|~~~)")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)])\s+")
_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$")
_BREAK = re.compile(r"(?<=[.!?…])[\"'”’)\]*_]*\s+(?=[A-Z0-9\"'“‘(\[*_`])")
_ABBREVIATION = re.compile(
    r"\b(?:e\.g|i\.e|etc|vs|cf|approx|incl|no|mr|mrs|ms|dr|sr|jr|st)\.[\"'”’)\]*_]*$", re.IGNORECASE
)
# A mark that nobody closes is looked for only up to the next one: else a page of them takes seconds.
_IMAGE = re.compile(r"!\[([^\[\]]*)\]\([^\[)]*\)")
_LINK = re.compile(r"\[([^\[\]]*)\]\([^\[)]*\)")
_AUTOLINK = re.compile(r"<(?:https?|mailto):[^<>]*>")
_TAG = re.compile(r"<!--(?:(?!<!--).)*?-->|</?[a-zA-Z][^<>]*>|\{\{[^{}]*\}\}|\{[:%][^{}]*\}", re.DOTALL)
_EMPHASIS = re.compile(r"\*\*|~~|`|(?<!\w)(?:__|[*_])(?=\S)|(?<=\S)(?:__|[*_])(?!\w)")
_SPACE = re.compile(r"\s+")


class Shape(StrEnum):
    """What a sentence looks like on the page, which decides how several are put back together."""

    SENTENCE = "sentence"
    ITEM = "item"
    ROW = "row"
    CODE = "code"


@dataclass(frozen=True)
class Sentence:
    """One sentence, list item, table row or code block.

    ``plain`` is without markup (a table row reads "column: cell; ..."), ``markdown`` as it stands on the page,
    ``block`` numbers the paragraph, list or table it belongs to, ``head`` is a row's table head in Markdown.
    """

    plain: str
    markdown: str
    shape: Shape
    block: int
    head: str = ""


def plain(markdown: str) -> str:
    """The words of a piece of Markdown on one line, without links, tags and emphasis marks."""
    text = _LINK.sub(r"\1", _IMAGE.sub(r"\1", without_zero_width(markdown)))
    text = _TAG.sub(" ", _AUTOLINK.sub(" ", text))
    return _SPACE.sub(" ", html.unescape(_EMPHASIS.sub("", text))).strip()


def sentences(markdown: str) -> tuple[Sentence, ...]:
    """The sentences of a piece of Markdown in page order; pieces without a word are left out."""
    found: list[Sentence] = []
    for number, block in enumerate(_blocks(markdown)):
        for sentence in _of_block(block, number):
            if any(character.isalnum() for character in sentence.plain):
                found.append(sentence)
    return tuple(found)


def _blocks(markdown: str) -> Iterator[list[str]]:
    """Runs of lines that belong together: paragraphs, lists with their continuation lines, tables, code."""
    block: list[str] = []
    fenced = False
    for line in markdown.splitlines():
        if _FENCE.match(line):
            if not fenced and block:
                yield block
                block = []
            block.append(line)
            if fenced:
                yield block
                block = []
            fenced = not fenced
        elif fenced:
            block.append(line)
        elif not line.strip():
            if block:
                yield block
            block = []
        else:
            if block and line.lstrip().startswith("|") != block[-1].lstrip().startswith("|"):
                yield block
                block = []
            block.append(line)
    if block:
        yield block


def _of_block(block: list[str], number: int) -> Iterator[Sentence]:
    first = block[0]
    if _FENCE.match(first):
        yield Sentence(_SPACE.sub(" ", " ".join(block[1:-1])).strip(), "\n".join(block), Shape.CODE, number)
    elif first.lstrip().startswith("|"):
        yield from _rows(block, number)
    else:
        for item in _items(block):
            yield from _of_item(item, number)


def _rows(block: list[str], number: int) -> Iterator[Sentence]:
    if not (len(block) > 1 and _RULE.match(block[1])):
        for line in block:
            yield Sentence(plain(line.replace("|", " ")), line, Shape.ROW, number)
        return
    columns = _cells(block[0])
    head = f"{block[0].strip()}\n{block[1].strip()}"
    for line in block[2:]:
        cells = _cells(line)
        named = [f"{name}: {cell}" if name else cell for name, cell in zip(columns, cells, strict=False) if cell]
        yield Sentence("; ".join(named), line.strip(), Shape.ROW, number, head)


def _cells(line: str) -> list[str]:
    return [plain(cell) for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]


def _items(block: list[str]) -> Iterator[str]:
    """The block's list items; lines before the first item, and a block without items, come as one piece."""
    item: list[str] = []
    for line in block:
        if _ITEM.match(line) and item:
            yield "\n".join(item)
            item = []
        item.append(line)
    yield "\n".join(item)


def _of_item(item: str, number: int) -> Iterator[Sentence]:
    marker = _ITEM.match(item)
    if marker and len(item.split()) <= LONG_ITEM_WORDS:
        yield Sentence(plain(item[marker.end() :]), item, Shape.ITEM, number)
        return
    for index, part in enumerate(_split(item)):
        words = _ITEM.sub("", part) if index == 0 else part
        shape = Shape.ITEM if marker and index == 0 else Shape.SENTENCE
        yield Sentence(plain(words), part, shape, number)


def _split(text: str) -> list[str]:
    """Sentences of running text; an abbreviation's full stop does not end one."""
    parts: list[str] = []
    for part in _BREAK.split(_SPACE.sub(" ", text).strip()):
        if parts and _ABBREVIATION.search(parts[-1]):
            parts[-1] = f"{parts[-1]} {part}"
        else:
            parts.append(part)
    return parts
