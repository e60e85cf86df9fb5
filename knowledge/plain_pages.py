"""Plain text files: headings where the text shows them, pieces of some paragraphs where it does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.domain import Section
from knowledge.page import Page, readable_name, text_of
from knowledge.places import Places, lines_anchor

PIECE_WORDS = 200
"""A passage of running text; a paragraph that is longer stays whole."""

MAX_HEADING = 80
_UNDERLINE = re.compile(r"\s*(={3,}|-{3,}|~{3,})\s*")
_CAPITALS = re.compile(r"(?=(?:.*[A-Z]){3})[^a-z|]*")
_NUMBERED = re.compile(r"\d+(?:\.\d+)*\.?[ \t]+[A-Z][^.!?;:]*")


@dataclass(frozen=True)
class _Paragraph:
    """Lines that stand together; ``first`` counts from 1."""

    lines: tuple[str, ...]
    first: int

    @property
    def last(self) -> int:
        return self.first + len(self.lines) - 1

    @property
    def words(self) -> int:
        return sum(len(line.split()) for line in self.lines)


def parse_text(data: bytes, path: str) -> Page:
    """A text file. Its title is made of the file name. Raises DocumentUnreadable when the bytes are no text."""
    title = readable_name(path)
    return Page(title, tuple(_sections(text_of(data, path), title)))


def _sections(text: str, title: str) -> Iterator[Section]:
    heading, level = title, 0
    places = Places()
    piece: list[_Paragraph] = []
    held = 0
    for paragraph in _paragraphs(text):
        found, rest = _split_heading(paragraph)
        held += (words := paragraph.words)
        if piece and (found or held > PIECE_WORDS):
            yield _section(piece, heading, level, places)
            piece, held = [], words
        if found:
            heading, level = found, 1
        if rest.lines:
            piece.append(rest)
    if piece:
        yield _section(piece, heading, level, places)


def _section(piece: list[_Paragraph], heading: str, level: int, places: Places) -> Section:
    text = "\n\n".join("\n".join(paragraph.lines) for paragraph in piece)
    anchor = places.take(lines_anchor(piece[0].first, piece[-1].last))
    return Section(heading, (), level, text, anchor, piece[0].first)


def _paragraphs(text: str) -> Iterator[_Paragraph]:
    lines: list[str] = []
    for number, line in enumerate([*text.split("\n"), ""], 1):
        if line.strip():
            lines.append(line.rstrip())
        elif lines:
            yield _Paragraph(tuple(lines), number - len(lines))
            lines = []


def _split_heading(paragraph: _Paragraph) -> tuple[str, _Paragraph]:
    """The heading a paragraph begins with ("" for none), and what follows it."""
    first = paragraph.lines[0].strip()
    if len(first) > MAX_HEADING:
        return "", paragraph
    if len(paragraph.lines) > 1 and _UNDERLINE.fullmatch(paragraph.lines[1]):
        return first, _Paragraph(paragraph.lines[2:], paragraph.first + 2)
    if len(paragraph.lines) == 1 and (_CAPITALS.fullmatch(first) or _NUMBERED.fullmatch(first)):
        return first, _Paragraph((), paragraph.first)
    return "", paragraph
