"""What a PDF says, page by page: lines with their size and place, its outline, its title. The one module of pypdf."""

from __future__ import annotations

import io
import logging
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

from pypdf import PageObject, PdfReader
from pypdf.errors import DependencyError, LimitReachedError, PyPdfError
from pypdf.generic import Destination

from knowledge.errors import DocumentUnreadable
from knowledge.office_archive import looks_like
from knowledge.unseen import clean

MAX_PAGES = 3_000
MAX_TEXT = 4_000_000
MAX_BOOKMARKS = 5_000
MAX_DEPTH = 6
MAX_OBJECTS_DEEP = "nests its objects too deeply or in a circle: print it to a new PDF"
ONLY_PICTURES = "holds only pictures of pages (a scan): run text recognition (OCR) on it"
BROKEN_PARTS = "shows no text: parts of it are damaged or far too large; open it and print it to a new PDF"
LIGATURES = str.maketrans(dict(zip("\ufb00\ufb01\ufb02\ufb03\ufb04", ("ff", "fi", "fl", "ffi", "ffl"), strict=True)))
SEEN_HALF = 0.5  # below this share of the text the sizes we saw are not those of the page

_HEADER_WITHIN = 1024
_UNTITLED = re.compile(
    r"(?i)untitled.*|\(?anonymous\)?|.*\.(docx?|pptx?|xlsx?|indd|tex|dvi|pages|odt|rtf|html?)|microsoft \w+ - .*|"
)


@dataclass(frozen=True)
class Line:
    """A line of a page. ``size`` is its letters' height in points (0 when unknown), ``y`` its distance from below."""

    text: str
    size: float
    y: float


@dataclass(frozen=True)
class Bookmark:
    """An entry of the outline: ``level`` from 1, ``page`` from 0."""

    title: str
    level: int
    page: int


@dataclass(frozen=True)
class PdfText:
    """All that is read of a PDF. ``title`` is "" when it names none worth showing."""

    title: str
    pages: tuple[tuple[Line, ...], ...]
    bookmarks: tuple[Bookmark, ...]


class _Complaints(logging.Handler):
    """Counts what pypdf only mumbles into its log about a file: objects in a circle, streams that are bombs."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        del record  # it may quote the file
        self.count += 1

    def __enter__(self) -> Self:
        logging.getLogger("pypdf").addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("pypdf").removeHandler(self)


def read_pdf(data: bytes, path: str) -> PdfText:
    """Every page's lines, at least one. Raises DocumentUnreadable."""
    if b"%PDF-" not in data[:_HEADER_WITHIN]:
        raise DocumentUnreadable(path, f"is no PDF (it looks like {looks_like(data)}): save it as what it is")
    try:
        reader = _opened(data, path)
        with _Complaints() as complaints:
            pages = tuple(_pages(reader, path))
        if not any(pages):
            raise DocumentUnreadable(path, BROKEN_PARTS if complaints.count else ONLY_PICTURES)
        return PdfText(_title(reader), pages, tuple(_outline(reader)))
    except DependencyError as exc:
        raise DocumentUnreadable(path, "is encrypted (AES) and cannot be opened here: print it to a new PDF") from exc
    except LimitReachedError as exc:
        raise DocumentUnreadable(path, "unpacks into far more than a PDF needs: print it to a new one") from exc
    except RecursionError as exc:
        raise DocumentUnreadable(path, MAX_OBJECTS_DEEP) from exc
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        OSError,
        NotImplementedError,
    ) as exc:
        raise DocumentUnreadable(path, "is a damaged PDF: open it and print it to a new one") from exc


def _opened(data: bytes, path: str) -> PdfReader:
    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted and not reader.decrypt(
        ""
    ):  # most "protected" ones open for everybody: no password to read
        raise DocumentUnreadable(path, "is protected by a password: save a copy without one")
    if len(reader.pages) > MAX_PAGES:
        raise DocumentUnreadable(path, f"has {len(reader.pages):,} pages, {MAX_PAGES:,} fit: split it")
    return reader


def _pages(reader: PdfReader, path: str) -> Iterator[tuple[Line, ...]]:
    size = 0
    for page in reader.pages:
        lines = _lines(page)
        size += sum(len(line.text) for line in lines)
        if size > MAX_TEXT:
            raise DocumentUnreadable(path, f"holds more than {MAX_TEXT:,} characters: split it")
        yield lines


def _lines(page: PageObject) -> tuple[Line, ...]:
    seen: list[tuple[str, float, float]] = []

    def visit(text: str, cm: Sequence[float], tm: Sequence[float], _font: object, size: float) -> None:
        if text:
            seen.append((text, *_size_and_height(cm, tm, size)))

    text = page.extract_text(visitor_text=visit)
    if sum(len(piece) for piece, _, _ in seen) < SEEN_HALF * len(text):  # text inside drawn forms is not visited
        return tuple(Line(clean(line).strip(), 0.0, 0.0) for line in text.split("\n") if line.strip())
    return tuple(_joined(seen))


def _size_and_height(cm: Sequence[float], tm: Sequence[float], size: float) -> tuple[float, float]:
    """The letters' height and the baseline on the page: the two matrices one after the other."""
    scale = math.hypot(tm[2], tm[3]) * math.hypot(cm[2], cm[3])
    return abs(size) * scale, tm[4] * cm[1] + tm[5] * cm[3] + cm[5]


def _joined(pieces: Sequence[tuple[str, float, float]]) -> Iterator[Line]:
    """Pieces as lines; a line's size is that of most of its letters."""
    words: list[str] = []
    sizes: dict[float, int] = {}
    height: float | None = None
    for piece, size, y in [*pieces, ("\n", 0.0, 0.0)]:
        for number, part in enumerate(piece.split("\n")):
            if number:
                line = " ".join(clean("".join(words).translate(LIGATURES)).split())
                if line:
                    yield Line(line, max(sizes, key=lambda found: sizes[found]), height or 0.0)
                words, sizes, height = [], {}, None
            words.append(part)
            if part.strip():
                rounded = round(size, 1)
                sizes[rounded] = sizes.get(rounded, 0) + len(part)
                height = y if height is None else height


def _title(reader: PdfReader) -> str:
    found = reader.metadata.title if reader.metadata else None
    title = " ".join(clean(str(found or "")).split())
    return "" if _UNTITLED.fullmatch(title) else title


def _outline(reader: PdfReader) -> Iterator[Bookmark]:
    """The bookmarks in order; those that lead nowhere are left out."""
    waiting: list[tuple[Any, int]] = [(item, 1) for item in reversed(reader.outline)]
    count = 0
    while waiting and count < MAX_BOOKMARKS:
        item, level = waiting.pop()
        if isinstance(item, list):
            waiting.extend((child, level + 1) for child in reversed(item))
        elif isinstance(item, Destination):
            count += 1
            page = reader.get_destination_page_number(item)
            title = " ".join(clean(str(item.title or "")).split())
            if page is not None and page >= 0 and title:
                yield Bookmark(title, min(level, MAX_DEPTH), page)
