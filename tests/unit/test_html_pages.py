"""HTML pages: what a reader sees, as headings and Markdown."""

from __future__ import annotations

import pytest

from knowledge.errors import DocumentUnreadable
from knowledge.html_pages import parse_html
from knowledge.page import Page


def parse(body: str, head: str = "") -> Page:
    return parse_html(
        f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode(), "a/list-import.html"
    )


def text_of(body: str) -> str:
    return "\n\n".join(section.text for section in parse(body).sections)


def test_headings_make_sections_with_parents_and_ids() -> None:
    page = parse('<p>Before.</p><h1 id="top">Lists</h1><section id="s"><h2>Check<a>¶</a></h2><p>Do it.</p></section>')
    assert [(s.heading, s.level, s.anchor, s.text) for s in page.sections] == [
        ("Lists", 0, "", "Before."),
        ("Lists", 1, "top", ""),
        ("Check", 2, "s", "Do it."),
    ]
    assert page.sections[2].parents == ("Lists",)


def test_the_title_is_the_pages_or_the_top_heading_or_the_name() -> None:
    assert parse("<h1>B</h1>", "<title> A\n page </title>").title == "A page"
    assert parse("<h1>B</h1>").title == "B"
    assert parse("<p>x</p>").title == "List import"


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>x()</script>",
        "<style>.x{}</style>",
        "<nav>x</nav>",
        "<footer>x</footer>",
        "<p hidden>x</p>",
        '<p style="color: red; display: none">x</p>',
        '<span aria-hidden="true">x</span>',
        "<!-- x -->",
        "<template><p>x</p></template>",
        "<nav><script>x</script></nav>",
    ],
)
def test_what_a_reader_does_not_see_is_not_read(hidden: str) -> None:
    assert text_of(f"<p>Seen.</p>{hidden}") == "Seen."


def test_lists_become_markdown_lists() -> None:
    body = "<ul><li>one<ol><li>in</li><li>out</li></ol></li><li><p>two</p></li></ul>"
    assert text_of(body) == "- one\n  1. in\n  2. out\n- two"


def test_tables_become_markdown_tables() -> None:
    body = "<table><tr><th>Name</th><th>Use</th></tr><tr><td>a|b</td><td>x<br>y</td></tr><tr><td>c</td></tr></table>"
    assert text_of(body) == "| Name | Use |\n| --- | --- |\n| a\\|b | x y |\n| c |  |"


def test_inline_marks_and_links_become_markdown() -> None:
    body = '<b>bold </b>and <code>utm_source</code>,\n <a href="/a (b)">here</a> or <a href="javascript:x()">not</a>.'
    assert text_of(f"<p>{body}</p>") == "**bold** and `utm_source`, [here](/a%20%28b%29) or not."


def test_code_blocks_keep_their_lines() -> None:
    assert text_of("<pre><code>a = 1\n  b = ```\n</code></pre>") == "````\na = 1\n  b = ```\n````"


def test_layout_tables_with_headings_are_read_through() -> None:
    page = parse("<table><tr><td><h2>Inside</h2><p>Text.</p></td></tr></table>")
    assert [(s.heading, s.text) for s in page.sections] == [("Inside", "Text.")]


def test_a_declared_encoding_is_used() -> None:
    data = '<html><head><meta charset="iso-8859-2"></head><body><p>Łódź</p></body></html>'.encode("iso-8859-2")
    assert parse_html(data, "a.html").sections[0].text == "Łódź"


def test_odd_pages_do_no_harm() -> None:
    assert parse_html(b"", "a.html").sections == ()
    assert parse_html(b"just-words.txt", "a.html").sections[0].text == "just-words.txt"
    assert parse_html(b'<?xml version="1.0"?><html><body><p>x</p></body></html>', "a.html").sections[0].text == "x"


def test_a_page_nested_without_end_is_refused() -> None:
    with pytest.raises(DocumentUnreadable, match="too deeply"):
        parse_html(b"<div>" * 5_000 + b"x", "a.html")
