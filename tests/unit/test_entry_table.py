"""The table of entries: filters, order, pages."""

from __future__ import annotations

from datetime import date

from starlette.datastructures import QueryParams

from bot.curation_web.entry_table import PAGE, table, wanted_of
from knowledge.domain import Entry, EntryStatus

TODAY = date(2027, 3, 1)
ENTRIES = (
    Entry("b", "How do I build links?", "With utm.", tags=("utm",), owner="ops", reviewed_at=date(2027, 2, 1)),
    Entry("a", "Where are my MQLs?", "There.", variants=("lost leads",), owner="Data", reviewed_at=date(2026, 1, 1)),
    Entry("c", "Old?", "Gone.", status=EntryStatus.ARCHIVED, reviewed_at=date(2020, 1, 1)),
)


def ids(query: str) -> list[str]:
    return [row.entry.id for row in table(ENTRIES, wanted_of(QueryParams(query)), TODAY).rows]


def test_filters_are_joined() -> None:
    assert ids("") == ["b", "a", "c"]
    assert ids("status=published") == ["b", "a"]
    assert ids("owner=ops&tag=utm") == ["b"]
    assert ids("owner=ops&status=archived") == []


def test_the_search_looks_for_every_word_in_all_texts() -> None:
    assert ids("q=LOST+mqls") == ["a"]
    assert ids("q=utm") == ["b"]
    assert ids("q=utm+gone") == []


def test_overdue_are_only_entries_that_people_get() -> None:
    assert ids("stale=1") == ["a"]


def test_a_column_sorts_up_and_down_and_nonsense_is_left_out() -> None:
    assert ids("sort=id") == ["a", "b", "c"]
    assert ids("sort=-question") == ["a", "c", "b"]
    assert ids("sort=owner") == ["a", "b", "c"]
    assert ids("sort=password&status=secret&page=minus") == ["b", "a", "c"]


def test_pages_never_run_past_the_last_one() -> None:
    many = [Entry(str(n), f"Q{n}", "A") for n in range(PAGE + 3)]
    last = table(many, wanted_of(QueryParams("page=99")), TODAY)
    assert (len(last.rows), last.total, last.pages, last.wanted.page) == (3, PAGE + 3, 2, 2)


def test_the_address_of_a_changed_filter_keeps_the_others_and_starts_at_the_first_page() -> None:
    wanted = wanted_of(QueryParams("q=a+b&stale=1&page=3"))
    assert wanted.address(tag="x&y") == "q=a+b&tag=x%26y&stale=1"
    assert wanted.address(page=4) == "q=a+b&stale=1&page=4"
