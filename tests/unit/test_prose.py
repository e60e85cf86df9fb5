from __future__ import annotations

import time

import pytest

from knowledge.prose import Shape, plain, sentences


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("**Bold** and _soft_ and `utm_content`", "Bold and soft and utm_content"),
        ("See [the form](https://example.com/a_b) &amp; ![logo](x.png)", "See the form & logo"),
        ("See [MQL](https://example.com/MQL_(marketing)) first", "See MQL) first"),
        ("2 * 3 <br> {{< x >}} snake_case_name", "2 * 3 snake_case_name"),
    ],
)
def test_markup_goes_and_words_stay(markdown: str, words: str) -> None:
    assert plain(markdown) == words


def test_running_text_is_split_at_full_stops_but_not_at_abbreviations() -> None:
    found = sentences("Use a tool, e.g. Zoom. Then wait.\nIt takes a day!")
    assert [part.plain for part in found] == ["Use a tool, e.g. Zoom.", "Then wait.", "It takes a day!"]


def test_list_items_stay_whole() -> None:
    found = sentences("Do this:\n- First. Really.\n- Second\n  goes on")
    assert [(part.plain, part.shape) for part in found] == [
        ("Do this:", Shape.SENTENCE),
        ("First. Really.", Shape.ITEM),
        ("Second goes on", Shape.ITEM),
    ]


def test_a_table_row_is_read_with_its_column_names() -> None:
    (row,) = sentences("| Status | Meaning |\n|---|---|\n| Raw | Untouched |")
    assert row.plain == "Status: Raw; Meaning: Untouched"
    assert row.head == "| Status | Meaning |\n|---|---|"


def test_code_is_one_piece() -> None:
    (code,) = sentences("```\na = 1\n\nb = 2\n```")
    assert (code.plain, code.shape) == ("a = 1 b = 2", Shape.CODE)


@pytest.mark.parametrize("text", ["", "\n\n", "---", "```", "|", "||\n|--|", "![](x)", "```\nnever closed"])
def test_odd_markdown_does_no_harm(text: str) -> None:
    assert all(part.plain for part in sentences(text))


def test_names_with_underscores_keep_them() -> None:
    assert (
        plain("Set **Lead_Source__c** to __manual__, _not_ `utm_source`.")
        == "Set Lead_Source__c to manual, not utm_source."
    )


@pytest.mark.parametrize(
    "mark", ["{{", "{%", "![", "[", "](", "[x](", "![x](", "<!--", "<a ", "<https:", "**", "_a "]
)
def test_marks_that_nobody_closes_cost_no_time(mark: str) -> None:
    started = time.process_time()
    plain((mark * 40_000)[:40_000])
    assert time.process_time() - started < 1
