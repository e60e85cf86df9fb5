"""Excel workbooks as pages: a heading per sheet, some rows a passage. The one module of openpyxl."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from knowledge.domain import Section
from knowledge.errors import DocumentUnreadable
from knowledge.office_archive import open_archive
from knowledge.page import Page, readable_name
from knowledge.table_pages import Row, RowBudget, row_of, table_sections

MAX_SHEETS = 200
MAX_BLANK_ROWS = 100_000
"""Rows that hold nothing, among those that do: a cell in the last row of a sheet stands below a million of them."""

NO_WORKBOOK = "is no readable Excel workbook: open it and save it anew"


def parse_workbook(data: bytes, path: str) -> Page:
    """An .xlsx: values as its cells show them (of formulas: as last computed); hidden sheets are left out.

    Raises DocumentUnreadable.
    """
    open_archive(data, path, "Excel workbook", ".xlsx").close()
    title = readable_name(path)
    budget = RowBudget(path)
    try:
        with warnings.catch_warnings():  # about charts and styles, which we do not read
            warnings.simplefilter("ignore")
            sections = tuple(_sections(data, path, budget))
    except (KeyError, ValueError, TypeError, AttributeError, OSError, SyntaxError, InvalidFileException) as exc:
        raise DocumentUnreadable(path, NO_WORKBOOK) from exc
    if not sections:
        raise DocumentUnreadable(path, "holds no values in its visible sheets: fill it or leave it out")
    return Page(title, sections)


def _sections(data: bytes, path: str, budget: RowBudget) -> Iterator[Section]:
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if len(sheets) > MAX_SHEETS:
            raise DocumentUnreadable(path, f"has {len(sheets):,} sheets, {MAX_SHEETS} fit: split it")
        for sheet in sheets:
            sheet.reset_dimensions()  # what a file says of its own size need not be true
            yield from table_sections(budget.spend(_rows(sheet, path)), sheet.title, 1, sheet.title)
    finally:
        book.close()


def _rows(sheet: Any, path: str) -> Iterator[Row]:  # noqa: ANN401 - openpyxl comes without types
    blank = 0
    for number, cells in enumerate(sheet.iter_rows(), 1):
        row = row_of(number, (_shown(cell) for cell in cells))
        blank = 0 if row.filled else blank + 1
        if blank > MAX_BLANK_ROWS:
            raise DocumentUnreadable(path, "has hundreds of thousands of empty rows: delete them and save it anew")
        yield row


def _shown(cell: Any) -> str:  # noqa: ANN401 - openpyxl comes without types
    value = cell.value
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.strftime("%Y-%m-%d") if value.time() == time() else value.strftime("%Y-%m-%d %H:%M")
        case date() | time():
            return value.isoformat()
        case int() | float():
            return _number(value, str(cell.number_format or ""))
        case _:
            return str(value)


def _number(value: float, number_format: str) -> str:
    if "%" in number_format:
        return f"{value * 100:.4g}%"
    return f"{value:.10g}" if isinstance(value, float) else str(value)
