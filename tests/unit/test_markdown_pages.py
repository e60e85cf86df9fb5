"""Markdown pages: headings raw, texts whole, code left alone."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.domain import Audience, Level
from knowledge.errors import DocumentUnreadable
from knowledge.markdown_pages import parse_markdown
from knowledge.page import Page


def parse(text: str, path: str = "guides/list-import.md") -> Page:
    return parse_markdown(text.encode(), path)


def headings(text: str) -> list[str]:
    return [section.heading for section in parse(text).sections]


def test_a_section_is_a_heading_and_the_text_up_to_the_next_one() -> None:
    first, second = parse("# Import\nSend the list.\n\n## Check *it*\n\n- one\n- two\n").sections
    assert (first.heading, first.text, first.level, first.parents, first.line) == (
        "Import",
        "Send the list.",
        1,
        (),
        1,
    )
    assert (second.heading, second.text, second.line) == ("Check *it*", "- one\n- two", 4)
    assert second.parents == ("Import",)


def test_headings_stay_raw_but_lose_their_marks() -> None:
    text = '## <i class="x"></i> Help [us](/a) {#help}\n\n  ### Closed ## \n\nUnder `lined`\n---\n'
    assert headings(text) == ['<i class="x"></i> Help [us](/a) {#help}', "Closed", "Under `lined`"]


def test_what_looks_like_a_heading_in_code_is_code() -> None:
    text = "# A\n```sh\n# not one\n```\n\n    # nor this\n\n#nor this\n~~~\n```\n# nor that\n~~~\n"
    assert headings(text) == ["A"]


def test_a_long_paragraph_above_a_rule_is_no_heading() -> None:
    assert headings("# A\none line\nanother line\n---\nmore\n") == ["A"]


def test_text_above_the_first_heading_belongs_to_the_page() -> None:
    preface, _ = parse('---\ntitle: "Importing lists"\n---\n\nRead this first.\n\n## Next\n').sections
    assert (preface.heading, preface.text, preface.level, preface.anchor) == (
        "Importing lists",
        "Read this first.",
        0,
        "",
    )
    assert preface.line == 5


def test_headings_without_text_below_them_are_kept_but_empty_ones_are_not() -> None:
    assert headings("# A\n## B\n##\n") == ["A", "B"]
    assert headings("# A\n##\nsome text\n") == ["A", ""]


@pytest.mark.parametrize(
    ("text", "path", "title"),
    [
        ("---\ntitle: From front matter\n---\n# Heading\n", "a.md", "From front matter"),
        ("## Second\n# First `top`\n", "a.md", "First top"),
        ("text\n", "guides/list-import.md", "List import"),
        ("text\n", "guides/email_rules/_index.md", "Email rules"),
    ],
)
def test_the_title_comes_from_the_best_place(text: str, path: str, title: str) -> None:
    assert parse(text, path).title == title


def test_front_matter_says_whose_and_how_fresh_a_page_is() -> None:
    page = parse("---\nowner: [ana, bo]\nlast_updated: 2026-10-12T08:00:00Z\naudience: public\n---\nx\n")
    assert (page.owner, page.changed_at, page.audience) == ("ana, bo", date(2026, 10, 12), Audience())


def test_broken_front_matter_is_read_as_far_as_it_goes() -> None:
    page = parse("---\ntitle: Lists: the rules\nowner: ops\ndate: soon\n---\nx\n")
    assert (page.title, page.owner, page.changed_at) == ("Lists: the rules", "ops", None)


@pytest.mark.parametrize("value", ["leads", "{group: leads}", "[leads]"])
def test_an_audience_we_do_not_know_keeps_the_page_to_that_group(value: str) -> None:
    assert parse(f"---\naudience: {value}\n---\nx\n").audience == Audience(Level.GROUP, frozenset({"leads"}))


def test_front_matter_may_keep_a_page_to_a_channel() -> None:
    page = parse("---\naudience: {channel: C01}\n---\nx\n")
    assert page.audience == Audience(Level.CHANNEL, channels=frozenset({"C01"}))


@pytest.mark.parametrize(
    "line",
    [
        "status: draft",
        "status: Draft",
        "status: ARCHIVED",
        "draft: true",
        "draft: True",
        "Draft: yes",
        "published: No",
    ],
)
def test_a_draft_page_has_nothing_to_find(line: str) -> None:
    assert parse(f"---\ntitle: T\n{line}\n---\n# A\ntext\n").sections == ()


def test_an_unclosed_front_matter_is_text() -> None:
    assert parse("---\ntitle: T\n\n# A\n").sections[-1].heading == "A"


def test_shortcodes_and_comments_go_and_the_text_in_them_stays() -> None:
    text = (
        '# A\n{{% details summary="Read more" %}}\nInside {{token}}.\n{{% /details %}}\n{{< youtube abc >}}\n'
        '<!-- note\nto self -->\n[x]({{< ref "page.md" >}})\n\n```\n{{< kept >}} <!-- kept -->\n```\n'
    )
    (section,) = parse(text).sections
    assert section.text.startswith("Read more\nInside {{token}}.")
    assert "youtube" not in section.text
    assert "note" not in section.text
    assert "[x](page.md)" in section.text
    assert "{{< kept >}} <!-- kept -->" in section.text


def test_anchors_are_those_of_the_published_page() -> None:
    text = "## Lead & `MQL`: the *rules*\n## Twice\n## Twice\n## Own {#mine}\n## [Linked](/x) _it_\n"
    anchors = [section.anchor for section in parse(text).sections]
    assert anchors == ["lead--mql-the-rules", "twice", "twice-1", "mine", "linked-it"]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbf# A\r\nb\r\n", "b"),
        ("# A\nfür".encode("cp1252"), "für"),
        ("# A\nfür".encode("utf-16"), "für"),
    ],
)
def test_usual_encodings_are_read(data: bytes, text: str) -> None:
    (section,) = parse_markdown(data, "a.md").sections
    assert (section.heading, section.text) == ("A", text)


@pytest.mark.parametrize(("data", "reason"), [(b"a\x00b", "zero bytes"), (b"\x01\x02\xff", "save it as UTF-8")])
def test_what_is_no_text_says_so(data: bytes, reason: str) -> None:
    with pytest.raises(DocumentUnreadable, match=reason):
        parse_markdown(data, "a.md")


@pytest.mark.parametrize("text", ["<!--" * 100_000, "{{<" * 100_000, "> " * 50_000, "# " + "[" * 200_000])
def test_pages_made_to_be_slow_are_not(text: str) -> None:
    assert len(parse(text).sections) == 1  # the time limit of the test run is the assertion
