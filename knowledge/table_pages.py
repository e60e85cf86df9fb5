"""Tables as passages: some rows at a time, each under the table's head. And CSV files, which are one table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

from knowledge.domain import Section
from knowledge.errors import DocumentUnreadable
from knowledge.page import Page, readable_name, text_of
from knowledge.places import Places, rows_anchor

SECTION_ROWS = 25
"""Rows of one passage: about what somebody reads to find theirs."""

MAX_ROWS = 10_000
"""Rows of one file. More is data, not knowledge, and would take the model minutes."""

HEAD_WITHIN = 10
"""A table's head stands among its first rows; above it there may be a title and remarks."""

_SNIFFED = 20_000
_DELIMITERS = ",;\t|"


@dataclass(frozen=True)
class Row:
    """A row's texts, and its number as the table's program shows it."""

    number: int
    cells: tuple[str, ...]

    @property
    def filled(self) -> int:
        """How many cells hold something."""
        return sum(bool(cell) for cell in self.cells)


@dataclass
class RowBudget:
    """Counts the rows of one file."""

    path: str
    left: int = field(default=MAX_ROWS)

    def spend(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows that hold anything. Raises DocumentUnreadable when there are too many."""
        for row in rows:
            if not row.filled:
                continue
            self.left -= 1
            if self.left < 0:
                raise DocumentUnreadable(
                    self.path, f"has more than {MAX_ROWS:,} rows: keep those people ask about, or split it"
                )
            yield row


def row_of(number: int, cells: Iterable[str]) -> Row:
    """A row with its texts on one line each, and without the empty cells at its end."""
    texts = [" ".join(cell.split()) for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return Row(number, tuple(texts))


def table_sections(rows: Iterable[Row], heading: str, level: int, sheet: str = "") -> Iterator[Section]:
    """One table's passages. The rows above its head (a title, remarks) come as text before the first."""
    ahead = iter(rows)
    top = list(islice(ahead, HEAD_WITHIN))
    at = next((place for place, row in enumerate(top) if row.filled > 1), None)
    places = Places()
    if at is None:  # one column: lines, not a table
        lines = (Row(row.number, (f"- {_first(row)}",)) for row in chain(top, ahead))
        yield from _pieces(lines, heading, level, sheet, (), places)
        return
    intro = [_first(row) for row in top[:at]]
    head = top[at]
    if at + 1 == len(top):
        text = "\n".join([*intro, _line(head.cells)])
        yield _section(heading, level, text, rows_anchor(top[0].number, head.number, sheet), top[0].number, places)
        return
    yield from _pieces(chain(top[at + 1 :], ahead), heading, level, sheet, (intro, head), places)


def _pieces(
    rows: Iterator[Row] | Iterable[Row],
    heading: str,
    level: int,
    sheet: str,
    above: tuple[()] | tuple[Sequence[str], Row],
    places: Places,
) -> Iterator[Section]:
    remaining = iter(rows)
    first_piece = True
    while piece := list(islice(remaining, SECTION_ROWS)):
        text = _table(above[1], piece) if above else "\n".join(row.cells[0] for row in piece)
        if above and above[0] and first_piece:
            text = "\n".join(above[0]) + "\n\n" + text
        first_piece = False
        anchor = rows_anchor(piece[0].number, piece[-1].number, sheet)
        yield _section(heading, level, text, anchor, piece[0].number, places)


def _section(heading: str, level: int, text: str, anchor: str, line: int, places: Places) -> Section:
    return Section(heading, (), level, text, places.take(anchor), line)


def _table(head: Row, rows: Sequence[Row]) -> str:
    width = max(len(head.cells), *(len(row.cells) for row in rows))
    lines = [_line(row.cells, width) for row in rows]
    return "\n".join([_line(head.cells, width), "|" + " --- |" * width, *lines])


def _line(cells: Sequence[str], width: int = 0) -> str:
    padded = [*cells, *[""] * (width - len(cells))]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in padded) + " |"


def _first(row: Row) -> str:
    return next(cell for cell in row.cells if cell)


def parse_csv(data: bytes, path: str) -> Page:
    """A CSV or TSV file, with whichever of `,` `;` `|` and tab separates it. Raises DocumentUnreadable."""
    text = text_of(data, path)
    title = readable_name(path)
    reader = csv.reader(io.StringIO(text, newline=""), _dialect(text, path))
    budget = RowBudget(path)
    try:
        rows = (row_of(number, cells) for number, cells in enumerate(reader, 1))
        return Page(title, tuple(table_sections(budget.spend(rows), title, 1)))
    except csv.Error as exc:
        reason = f"is no table I can read, near line {reader.line_num} ({exc}): check its quotes"
        raise DocumentUnreadable(path, reason) from exc


def _dialect(text: str, path: str) -> type[csv.Dialect]:
    """By the separator that the first line holds most of: csv.Sniffer guesses wildly on texts with commas."""

    class Found(csv.excel):
        delimiter = "\t"

    if not path.casefold().endswith(".tsv"):
        head = next((line for line in text[:_SNIFFED].split("\n") if line.strip()), "")
        Found.delimiter = max(_DELIMITERS, key=head.count)
    return Found
