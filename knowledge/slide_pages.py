"""PowerPoint files as pages: a section per slide. The one module of python-pptx."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

from pptx import Presentation
from pptx.exc import PythonPptxError
from pptx.shapes.base import BaseShape
from pptx.shapes.graphfrm import GraphicFrame
from pptx.shapes.group import GroupShape
from pptx.slide import Slide
from pptx.table import Table
from pptx.text.text import TextFrame

from knowledge.domain import Section
from knowledge.errors import DocumentUnreadable
from knowledge.office_archive import open_archive
from knowledge.page import Page, readable_name
from knowledge.places import slide_anchor

MAX_SLIDES = 2_000
NO_SLIDES = "is no readable PowerPoint file: open it and save it anew"


def parse_slides(data: bytes, path: str) -> Page:
    """A .pptx: a slide's title is its heading, its notes follow its text; hidden slides are left out.

    A slide without a title goes under the presentation's. Raises DocumentUnreadable.
    """
    open_archive(data, path, "PowerPoint file", ".pptx").close()
    try:
        deck = Presentation(io.BytesIO(data))
        slides = list(deck.slides)
    except (KeyError, ValueError, AttributeError, OSError, SyntaxError, PythonPptxError) as exc:  # lxml: SyntaxError
        raise DocumentUnreadable(path, NO_SLIDES) from exc
    if len(slides) > MAX_SLIDES:
        raise DocumentUnreadable(path, f"has {len(slides):,} slides, {MAX_SLIDES:,} fit: split it")
    title = _one_line(str(deck.core_properties.title or "")) if _is_telling(deck.core_properties.title) else ""
    title = title or next((found for slide in slides if (found := _title(slide))), "") or readable_name(path)
    sections = tuple(_sections(slides, title))
    if not any(section.text for section in sections):
        raise DocumentUnreadable(path, "holds only pictures of slides: run text recognition on it, or add notes")
    return Page(title, sections)


def _is_telling(title: str | None) -> bool:
    return bool(title) and title != "PowerPoint Presentation"  # what the programs write by themselves


def _sections(slides: Iterable[Slide], title: str) -> Iterator[Section]:
    for number, slide in enumerate(slides, 1):
        if slide.element.get("show") == "0":
            continue
        heading = _title(slide)
        parts = [*_texts(slide.shapes, slide.shapes.title), *_notes(slide)]
        if heading or parts:
            level = 1 if heading else 0
            yield Section(heading or title, (), level, "\n\n".join(parts), slide_anchor(number), number)


def _title(slide: Slide) -> str:
    shape = slide.shapes.title
    return _one_line(shape.text_frame.text) if shape is not None else ""


def _texts(shapes: Iterable[BaseShape], title: BaseShape | None) -> Iterator[str]:
    for shape in shapes:
        if title is not None and shape.shape_id == title.shape_id:
            continue
        if isinstance(shape, GroupShape):
            yield from _texts(shape.shapes, title)
        elif isinstance(shape, GraphicFrame):
            yield from filter(None, [_table(shape.table)] if shape.has_table else [])
        elif shape.has_text_frame:
            yield from filter(None, [_text(shape.text_frame)])  # type: ignore[attr-defined]


def _text(frame: TextFrame) -> str:
    """The paragraphs of a box: one as it is, several as a list."""
    lines = [(paragraph.level, _one_line(paragraph.text)) for paragraph in frame.paragraphs]
    lines = [(level, line) for level, line in lines if line]
    if len(lines) == 1:
        return lines[0][1]
    return "\n".join(f"{'  ' * level}- {line}" for level, line in lines)


def _table(table: Table) -> str:
    rows = [[_one_line(cell.text).replace("|", "\\|") for cell in row.cells] for row in table.rows]
    rows = [row for row in rows if any(row)]
    if not rows:
        return ""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]])


def _notes(slide: Slide) -> Iterator[str]:
    frame = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    lines = [_one_line(line) for line in frame.text.splitlines()] if frame is not None else []
    if any(lines):
        yield "Notes: " + "\n".join(line for line in lines if line)


def _one_line(text: str) -> str:
    return " ".join(text.split())
