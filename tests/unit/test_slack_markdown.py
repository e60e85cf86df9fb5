"""Markdown → Slack: what people see, and that nothing in a document can ping a channel or forge a link."""

from __future__ import annotations

import os
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.demo.slack_limits import broadcasts
from bot.slack.markdown import parse, to_mrkdwn, to_plain
from bot.slack.message import section
from bot.slack.mrkdwn import chunks, escape, fold, inert, link, person, plain, web_link
from bot.slack.parse import plain_text

_OUR_TOKENS = re.compile(r"<(?:https?://|mailto:)[^<>|]+\|[^<>]*>")


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("Some **bold**, _italic_, ~~gone~~ and `code`.", "Some *bold*, _italic_, ~gone~ and `code`."),
        ("# Title\n\nText", "*Title*\n\nText"),
        ("- one\n- two\n  - three", "• one\n• two\n    ◦ three"),
        ("3. one\n4. two", "3. one\n4. two"),
        ("> said so", "> said so"),
        ("one  \ntwo\nthree", "one\ntwo three"),
        ("[the *page*](https://e.com/a?b=1&c=2)", "<https://e.com/a?b=1&amp;c=2|the page>"),
        ("See https://e.com/x.", "See <https://e.com/x|https://e.com/x>."),
        ("![chart](https://e.com/c.png)", "<https://e.com/c.png|chart>"),
        ("a<br>b <b>c</b> <!-- hidden -->", "a\nb c "),
        ("write <campaign name> there", "write &lt;campaign name&gt; there"),
        ("```\nx < 1\n```", "```\nx &lt; 1\n```"),
        ("half**bold**half", "half\u200b*bold*\u200bhalf"),
    ],
)
def test_markdown_becomes_what_slack_shows(markdown: str, shown: str) -> None:
    assert to_mrkdwn(markdown) == shown


def test_narrow_table_is_aligned_and_wide_one_becomes_bullets() -> None:
    assert to_mrkdwn("|A|B|\n|-|-|\n|1|two|") == "```\nA  B\n-  ---\n1  two\n```"
    wide = f"|Status|Meaning|\n|-|-|\n|Open|{'word ' * 12}|"
    assert to_mrkdwn(wide).startswith("• *Open* · Meaning: word word")


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", "file:///etc/passwd", "../page.md", "slack://x", "data:a,b"]
)
def test_only_web_and_mail_links_survive(target: str) -> None:
    assert "<" not in to_mrkdwn(f"[here]({target})")
    assert web_link(target) is None
    assert link("here", target) == "here"


@pytest.mark.parametrize(
    "loud", ["<!channel>", "<!here|here>", "<!everyone>", "@here", "@channel", "&#64;here", "@**here**"]
)
def test_a_document_cannot_ping_the_channel(loud: str) -> None:
    shown = to_mrkdwn(f"Ask {loud} now. `{loud}` [{loud}](https://e.com/{loud})")
    assert broadcasts([section(shown)]) == []
    assert not re.search(r"@(here|channel|everyone)\b", shown)


def test_a_document_cannot_mention_people_or_forge_dates() -> None:
    shown = to_mrkdwn("<@U0BOSS> <#C0GENERAL> <!date^1^{date}|x> <!subteam^S1> <https://evil.example|bank>")
    assert not re.search(r"<[@#!]", shown)
    assert _OUR_TOKENS.sub("", shown).count("<") == 0


def test_fence_inside_code_cannot_break_out() -> None:
    assert to_mrkdwn("~~~\na ``` b\n~~~").count("```") == 2


def test_plain_text_keeps_addresses_and_is_not_escaped() -> None:
    assert to_plain("**A & B**: [page](https://e.com), <a@e.com>") == "A & B: page (https://e.com), a@e.com"


def test_helpers_escape_once_and_only_ids_are_live() -> None:
    assert escape("a & <b>") == "a &amp; &lt;b&gt;"
    assert inert("<!channel> & co") == "<\u2060!channel> & co"
    assert (person("U0UMA123"), person("Uma <@U1>")) == ("<@U0UMA123>", "Uma &lt;@U1&gt;")


def test_fold_ends_where_a_reader_can_stop() -> None:
    lines = parse("First paragraph.\n\n## Next\n\nReasons:\n\n- one\n- " + "two " * 200)
    assert plain(fold(lines, 60)) == "First paragraph.\n\nNext\n\nReasons:\n\n• one"
    assert plain(fold(lines, 30)) == "First paragraph."


def test_one_long_paragraph_is_cut_at_a_sentence() -> None:
    folded = plain(fold(parse("This sentence stands. " * 100), 600))
    assert len(folded) <= 600
    assert folded.endswith("stands. …")


def test_short_text_is_not_folded() -> None:
    lines = parse("Short.")
    assert fold(lines, 600) == lines


EXAMPLES = int(os.environ.get("EXAMPLES", "1500"))
"""Generated texts; the figure in docs/RELIABILITY.md is of 5,000."""

_PIECES = st.sampled_from(
    [
        "<!channel>",
        "<!here>",
        "<!everyone>",
        "@here",
        "@channel",
        "<@U012AB>",
        "<#C01>",
        "<!date^1^{date}|x>",
        "&lt;!here&gt;",
    ]
    + [
        "&#60;!here&#62;",
        "&#64;here",
        "\\<!here>",
        "<",
        ">",
        "!",
        "@",
        "here",
        "channel",
        "|",
        "&",
        "*",
        "**",
        "_",
        "~~",
    ]
    + [
        "`",
        "```",
        "\n",
        "\n\n",
        "\n> ",
        "\n- ",
        "\n1. ",
        "\n    ",
        "# ",
        "[x](",
        ")",
        "](",
        "[",
        "]",
        "https://e.com/",
    ]
    + [
        "javascript:",
        "<b>",
        "</b>",
        "<br>",
        "<!--",
        "-->",
        "<a href='x'>",
        "|a|b|\n|-|-|\n|",
        "\\",
        "\x00",
        " ",
        "mailto:",
    ]
)
_MARKDOWN = st.lists(st.one_of(_PIECES, _PIECES, st.text(max_size=8)), max_size=25).map("".join)


@settings(max_examples=EXAMPLES, deadline=None)
@given(_MARKDOWN)
def test_no_text_whatever_makes_a_live_mention(markdown: str) -> None:
    for text in chunks(parse(markdown)):
        assert len(text) <= 3_000
        assert broadcasts([section(text)]) == []
        assert not re.search(r"@(here|channel|everyone)\b", text, re.IGNORECASE)
        left = _OUR_TOKENS.sub("", text)
        assert "<" not in left
        assert ">" not in re.sub(r"^> ", "", left, flags=re.MULTILINE)


@settings(max_examples=25, deadline=None)  # each is as long as an answer: they take a tenth of a second
@given(st.text(alphabet="ab &<\n`*[](", min_size=3_000, max_size=12_000))
def test_long_texts_are_split_into_sections_and_nothing_is_lost(text: str) -> None:
    lines = parse(text)
    pieces = chunks(lines)
    assert all(0 < len(piece) <= 3_000 for piece in pieces)
    letters = sum(line.text.count("a") for line in lines)
    assert "".join(pieces).replace("&amp;", "").count("a") == letters


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("in <#C0123|ask-mops>?", "in #ask-mops?"), ("in <#C0123|>?", "in #C0123?"), ("in <#C0123>?", "in #C0123?")],
)
def test_a_channel_is_called_by_its_name_where_slack_tells_it(typed: str, shown: str) -> None:
    assert plain_text(typed) == shown
