"""The CSV form of an FAQ: one row an entry, made to survive a spreadsheet.

Several variants, tags or sources stand one per line inside their cell; variants may also be separated by ` | ` and
tags by commas. A cell that a spreadsheet would run as a formula is written with a leading apostrophe.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator

from knowledge.checklist_nodes import draft_of, plain_of
from knowledge.domain import REVIEW_DAYS, Entry, Level, SourceLink
from knowledge.errors import YamlBroken
from knowledge.faq_draft import Draft, DraftChecklist, DraftSource, ProblemList, Text, did_you_mean
from knowledge.yaml_text import dump_yaml, parse_yaml

COLUMNS = (
    "id",
    "question",
    "answer",
    "variants",
    "tags",
    "owner",
    "sources",
    "reviewed_at",
    "review_by",
    "status",
    "audience",
)
REVIEW_DAYS_COLUMN = "review_days"
CHECKLIST = "checklist"
"""A checklist as its YAML text in the cell."""

FURTHER = (REVIEW_DAYS_COLUMN, CHECKLIST)
"""Columns that are written only where an entry has something in them."""

KNOWN_COLUMNS = (*COLUMNS, *FURTHER)
BAR = re.compile(r"\s+\|\s+")
COMMA = re.compile(r"\s+\|\s+|,")
PROTECTED = re.compile(r"'+[=+\-@\t\r]")
RISKY = re.compile(r"'*[=+\-@\t\r]")
SOURCE = re.compile(r"(?P<title>.*)<(?P<url>[^<>]*)>\s*")


def read_csv(text: str, problems: ProblemList) -> tuple[Draft, ...]:
    """The entries of a CSV text as typed (comma, semicolon or tab). Wrong rows go into ``problems``."""
    rows = _rows(text, problems)
    line, header = next(rows, (1, []))
    columns = [cell.strip().casefold() for cell in header]
    if not any(columns):
        problems.add(1, f"the file is empty. Its first row names the columns: {','.join(COLUMNS)}.")
        return ()
    if not _columns_are_known(columns, line, problems):
        return ()
    drafts = tuple(_draft(line, columns, cells, problems) for line, cells in rows)
    if not drafts and not problems.found:
        problems.add(1, "there are no entries. Add one row for each below the column names.")
    return drafts


def _rows(text: str, problems: ProblemList) -> Iterator[tuple[int, list[str]]]:
    """Every row that is not blank, with the line it starts on."""
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as exc:
        problems.add(
            line, f"this row cannot be read ({exc}). Check its quotes: each opening one needs a closing one."
        )


def _columns_are_known(columns: list[str], line: int, problems: ProblemList) -> bool:
    for name in columns:
        if name not in KNOWN_COLUMNS:
            problems.add(line, f"there is an unknown column `{name}`. {did_you_mean(name, KNOWN_COLUMNS)}")
    for name in sorted({name for name in columns if columns.count(name) > 1}):
        problems.add(line, f"the column `{name}` stands twice. Keep one of them.")
    for name in ("question", "answer"):
        if name not in columns:
            problems.add(line, f"the column `{name}` is missing. Add it to the first row.")
    return not problems.found


def _draft(line: int, columns: list[str], cells: list[str], problems: ProblemList) -> Draft:
    if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
        problems.add(
            line, f"this row has {len(cells)} cells for {len(columns)} columns. Put quotes around its texts."
        )
    values = {name: _unprotect(cell) for name, cell in zip(columns, cells, strict=False)}

    def text(name: str) -> Text | None:
        return Text(values[name], line) if values.get(name, "").strip() else None

    def texts(name: str, separator: re.Pattern[str]) -> tuple[Text, ...]:
        return tuple(Text(part, line) for part in _split(values.get(name, ""), separator))

    return Draft(
        line=line,
        id=text("id"),
        question=text("question"),
        answer=text("answer"),
        variants=texts("variants", BAR),
        tags=texts("tags", COMMA),
        owner=text("owner"),
        sources=tuple(_source(line, part) for part in _split(values.get("sources", ""), BAR)),
        reviewed_at=text("reviewed_at"),
        review_by=text("review_by"),
        review_days=text(REVIEW_DAYS_COLUMN),
        status=text("status"),
        audience=texts("audience", BAR),
        checklist=_checklist(values, line + _lines_before(CHECKLIST, columns, cells), problems),
    )


def _lines_before(name: str, columns: list[str], cells: list[str]) -> int:
    """How many lines below its row a column's cell begins."""
    place = columns.index(name) if name in columns else 0
    return sum(cell.count("\n") for cell in cells[:place])


def _checklist(values: dict[str, str], line: int, problems: ProblemList) -> DraftChecklist | None:
    """The checklist of a cell that begins on that line of the file."""
    cell = values.get(CHECKLIST, "").replace("\r\n", "\n")
    label = f"entry {values.get('id', '').strip() or f'on line {line}'}"
    try:
        return draft_of(parse_yaml("\n" * (line - 1) + cell) if cell.strip() else None, label, problems)
    except YamlBroken as exc:
        problems.add(exc.line, f"the checklist of {label}: {exc.advice}")
        return None


def _split(cell: str, separator: re.Pattern[str]) -> list[str]:
    """The items of a cell: by lines when it has a line break anywhere, else by the separator."""
    parts = re.split(r"[\r\n]+", cell) if "\n" in cell else separator.split(cell)
    return [part.strip() for part in parts if part.strip()]


def _source(line: int, part: str) -> DraftSource:
    match = SOURCE.fullmatch(part)
    if match is None:  # a bare address is its own title
        return DraftSource(line, None, Text(part, line))
    title, url = match["title"].strip(), match["url"].strip()
    return DraftSource(line, Text(title, line) if title else None, Text(url, line) if url else None)


def write_csv(entries: Iterable[Entry]) -> str:
    """Entries as CSV text; reading it back gives the same entries."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    rows = [dict(zip(KNOWN_COLUMNS, _cells(entry), strict=True)) for entry in entries]
    columns = (*COLUMNS, *(name for name in FURTHER if any(row[name] for row in rows)))
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_protect(row[name]) for name in columns])
    return out.getvalue()


def _cells(entry: Entry) -> tuple[str, ...]:
    return (
        entry.id,
        entry.question,
        entry.answer,
        _join(entry.variants, "\n", BAR),
        _join(entry.tags, ", ", COMMA),
        entry.owner or "",
        _join([_source_text(source) for source in entry.sources], "\n", BAR),
        entry.reviewed_at.isoformat() if entry.reviewed_at else "",
        entry.review_by.isoformat() if entry.review_by else "",
        entry.status.value,
        _audience_cell(entry),
        str(entry.review_days) if entry.review_days != REVIEW_DAYS else "",
        dump_yaml(plain_of(entry.checklist)) if entry.checklist else "",
    )


def _join(items: Iterable[str], glue: str, separator: re.Pattern[str]) -> str:
    """One cell for several items; a line break at its end says that separators inside an item are text."""
    listed = list(items)
    if any(separator.search(item) for item in listed):
        return "\n".join(listed) + "\n"
    return glue.join(listed)


def _source_text(source: SourceLink) -> str:
    return f"{source.title} <{source.url}>"


def _audience_cell(entry: Entry) -> str:
    if entry.audience.level not in (Level.GROUP, Level.CHANNEL):
        return entry.audience.level.value
    groups = [f"group: {name}" for name in sorted(entry.audience.groups)]
    return _join([*groups, *(f"channel: {name}" for name in sorted(entry.audience.channels))], "\n", BAR)


def _protect(cell: str) -> str:
    return "'" + cell if RISKY.match(cell) else cell


def _unprotect(cell: str) -> str:
    return cell[1:] if PROTECTED.match(cell) else cell
