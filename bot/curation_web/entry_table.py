"""The table of entries: which rows somebody wants to see, in which order. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from knowledge.domain import Entry, EntryStatus
from knowledge.reviewing import due_on, is_overdue

PAGE = 50
SORTS: Mapping[str, Callable[[Entry], Any]] = {
    "question": lambda entry: entry.question.casefold(),
    "id": lambda entry: entry.id.casefold(),
    "status": lambda entry: entry.status.value,
    "owner": lambda entry: (entry.owner is None, (entry.owner or "").casefold()),
    "reviewed": lambda entry: entry.reviewed_at or date.min,
    "due": lambda entry: due_on(entry) or date.min,
}


@dataclass(frozen=True)
class Wanted:
    """The filters as the address says them. ``sort`` may start with a minus; empty keeps the order of the FAQ."""

    text: str = ""
    status: str = ""
    owner: str = ""
    tag: str = ""
    stale: bool = False
    sort: str = ""
    page: int = 1

    def address(self, **changes: object) -> str:
        """The query of the same list with something changed; a changed filter starts at its first page again."""
        new = replace(self, **({"page": 1} | changes))  # type: ignore[arg-type]  # fields of Wanted, named in templates
        asked = {"q": new.text, "status": new.status, "owner": new.owner, "tag": new.tag, "sort": new.sort}
        if new.stale:
            asked["stale"] = "1"
        if new.page > 1:
            asked["page"] = str(new.page)
        return urlencode({name: value for name, value in asked.items() if value})

    def sorted_by(self, column: str) -> str:
        """What a click on a column's head asks for: up first, then down."""
        return f"-{column}" if self.sort == column else column

    def direction(self, column: str) -> str:
        """For screen readers: how the table is sorted by a column."""
        return {column: "ascending", f"-{column}": "descending"}.get(self.sort, "none")


@dataclass(frozen=True)
class Row:
    """An entry in the table. ``overdue``: its day for review is over."""

    entry: Entry
    due: date | None
    overdue: bool


@dataclass(frozen=True)
class Table:
    """One page of the rows, how many there are in all, and what can be filtered by."""

    rows: tuple[Row, ...]
    total: int
    pages: int
    wanted: Wanted
    owners: tuple[str, ...]
    tags: tuple[str, ...]


def wanted_of(query: QueryParams) -> Wanted:
    """The filters of an address; what makes no sense is left out."""
    page, sort = query.get("page", ""), query.get("sort", "")
    status = query.get("status", "")
    return Wanted(
        text=query.get("q", "").strip(),
        status=status if status in list(EntryStatus) else "",
        owner=query.get("owner", ""),
        tag=query.get("tag", ""),
        stale=query.get("stale") == "1",
        sort=sort if sort.removeprefix("-") in SORTS else "",
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1,  # noqa: PLR2004 - an int
    )


def table(entries: Sequence[Entry], wanted: Wanted, today: date) -> Table:
    """The page of the table that is wanted, at most its last one."""
    found = [entry for entry in entries if _fits(entry, wanted, today)]
    key = SORTS.get(wanted.sort.removeprefix("-"))
    if key is not None:
        found.sort(key=key, reverse=wanted.sort.startswith("-"))
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(wanted.page, 1), pages)
    shown = found[(page - 1) * PAGE : page * PAGE]
    rows = tuple(Row(entry, due_on(entry), is_overdue(entry, today)) for entry in shown)
    owners = tuple(sorted({entry.owner for entry in entries if entry.owner}, key=str.casefold))
    return Table(rows, len(found), pages, replace(wanted, page=page), owners, _by_use(e.tags for e in entries))


def _fits(entry: Entry, wanted: Wanted, today: date) -> bool:
    return (
        wanted.status in ("", entry.status.value)
        and wanted.owner in ("", entry.owner)
        and (not wanted.tag or wanted.tag in entry.tags)
        and (not wanted.stale or (entry.status is EntryStatus.PUBLISHED and is_overdue(entry, today)))
        and _says(entry, wanted.text.casefold().split())
    )


def _says(entry: Entry, words: Sequence[str]) -> bool:
    """Whether every word stands somewhere in the entry."""
    if not words:
        return True
    text = "\n".join((entry.id, entry.question, *entry.variants, entry.answer, *entry.tags)).casefold()
    return all(word in text for word in words)


def _by_use(tags: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(tag for tag, _ in Counter(tag for each in tags for tag in each).most_common())
