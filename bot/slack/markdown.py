"""Markdown, as people write it in FAQs and documents, as lines Slack can show. The one module of markdown-it.

Nothing in a document can become a live mention or broadcast: only styles and web links survive, text is escaped at
the leaf (bot.slack.mrkdwn). Tables stay aligned when a phone can show them, otherwise every row becomes a bullet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import ClassVar

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.slack.mrkdwn import Kind, Line, Span, plain, render, web_link

TABLE_WIDTH = 44  # characters of code text a phone shows without wrapping, measured in columns of the table
_BULLETS = ("• ", "◦ ", "▪ ")
_KNOWN_TAGS = (
    r"a|abbr|b|blockquote|br|center|cite|code|col|colgroup|dd|del|details|div|dl|dt|em|figcaption|figure|font|h[1-6]|hr"
    r"|i|iframe|img|ins|kbd|li|mark|ol|p|picture|pre|q|s|small|source|span|strike|strong|sub|summary|sup|table|tbody"
    r"|td|tfoot|th|thead|tr|u|ul|var|video|wbr|style|script|(?:link|meta)(?=\s+[\w-]+=)"
)
# Only real tags go: "<campaign name>" in somebody's instructions is text, and stays.
_TAG = re.compile(r"<!--.*?(?:-->|\Z)|</?(?:" + _KNOWN_TAGS + r")\b[^<>]*>", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_BARE_URL = re.compile(r"https?://[^\s<>|\"'`]+[^\s<>|\"'`.,;:!?)\]*_~]", re.IGNORECASE)


def parse(markdown: str) -> tuple[Line, ...]:
    """The text as lines of styled spans. Never raises; unknown constructs come out as their text."""
    return _Reader().read(_parser().parse(markdown.replace("\r\n", "\n")))


def to_mrkdwn(markdown: str) -> str:
    """Markdown as Slack mrkdwn (of any length: bot.slack.mrkdwn.chunks splits)."""
    return render(parse(markdown))


def to_plain(markdown: str) -> str:
    """Markdown as text for terminals, notifications and screen readers; not escaped."""
    return plain(parse(markdown))


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


class _Reader:
    """Walks the tokens once and collects lines."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._lists: list[int | None] = []  # the next number of each open list; None: bullets
        self._marker = ""  # the bullet or number the next line starts with
        self._quotes = 0
        self._gap = False
        self._kind = Kind.TEXT
        self._table: list[list[tuple[Span, ...]]] | None = None

    def read(self, tokens: Sequence[Token]) -> tuple[Line, ...]:
        for token in tokens:
            step = self._STEPS.get(token.type)
            if step is not None:
                step(self, token)
        return tuple(self._lines)

    def _open_list(self, token: Token) -> None:
        start = int(token.attrs.get("start", 1)) if token.type == "ordered_list_open" else None
        self._lists.append(start)

    def _close_list(self, _: Token) -> None:
        self._lists.pop()
        self._gap = not self._lists

    def _open_item(self, _: Token) -> None:
        number = self._lists[-1]
        if number is None:
            self._marker = _BULLETS[min(len(self._lists), len(_BULLETS)) - 1]
        else:
            self._marker = f"{number}. "
            self._lists[-1] = number + 1

    def _open_quote(self, _: Token) -> None:
        self._quotes += 1

    def _close_quote(self, _: Token) -> None:
        self._quotes -= 1
        self._gap = True

    def _open_heading(self, _: Token) -> None:
        self._kind = Kind.HEADING
        self._gap = True

    def _close_block(self, _: Token) -> None:
        self._kind = Kind.TEXT
        self._gap = not self._lists  # lists stay close together, loose ones too: a phone shows few lines

    def _inline(self, token: Token) -> None:
        rows = _inline_rows(token.children or [])
        if self._table is not None:
            self._table[-1].append(tuple(span for row in rows for span in row))
            return
        for row in rows:
            spans = tuple(replace(s, bold=True) for s in row) if self._kind is Kind.HEADING else row
            self._add(spans, self._kind)

    def _html(self, token: Token) -> None:
        for text in _without_tags(token.content).splitlines():
            if text.strip():
                self._add((Span(text.strip()),), Kind.TEXT)
        self._gap = True

    def _code(self, token: Token) -> None:
        self._gap = True
        for text in token.content.rstrip("\n").split("\n"):
            self._add((Span(text.expandtabs(4)),), Kind.CODE)
        self._gap = True

    def _rule(self, _: Token) -> None:
        self._gap = True

    def _open_table(self, _: Token) -> None:
        self._table = []

    def _open_row(self, _: Token) -> None:
        if self._table is not None:
            self._table.append([])

    def _close_table(self, _: Token) -> None:
        rows, self._table = self._table or [], None
        self._gap = True
        for spans, kind in _aligned(rows) or _as_bullets(rows):
            self._add(spans, kind)
        self._gap = True

    def _add(self, spans: tuple[Span, ...], kind: Kind) -> None:
        if kind is not Kind.CODE and not "".join(s.text for s in spans).strip():
            return
        gap, self._gap = self._gap and bool(self._lines), False
        self._lines.append(Line(spans, "" if kind is Kind.CODE else self._prefix(), kind, gap))

    def _prefix(self) -> str:
        marker, self._marker = self._marker, ""
        depth = len(self._lists)
        indent = "    " * max(depth - 1, 0) + ("" if marker or not depth else "   ")
        return ("> " if self._quotes else "") + indent + marker

    _STEPS: ClassVar[dict[str, Callable[[_Reader, Token], None]]] = {
        "bullet_list_open": _open_list,
        "ordered_list_open": _open_list,
        "bullet_list_close": _close_list,
        "ordered_list_close": _close_list,
        "list_item_open": _open_item,
        "blockquote_open": _open_quote,
        "blockquote_close": _close_quote,
        "heading_open": _open_heading,
        "heading_close": _close_block,
        "paragraph_close": _close_block,
        "inline": _inline,
        "html_block": _html,
        "fence": _code,
        "code_block": _code,
        "hr": _rule,
        "table_open": _open_table,
        "tr_open": _open_row,
        "table_close": _close_table,
    }


def _inline_rows(tokens: Sequence[Token]) -> list[tuple[Span, ...]]:
    """Spans of one paragraph, one tuple per line (hard breaks end a line; soft ones are spaces)."""
    rows: list[list[Span]] = [[]]
    style = Span("")
    for token in tokens:
        if token.type == "hardbreak" or (token.type == "html_inline" and _BREAK.fullmatch(token.content)):
            rows.append([])
            continue
        style = _restyled(style, token)
        for span in _leaf(token, style):
            _append(rows[-1], span if rows[-1] else replace(span, text=span.text.lstrip()))
    return [tuple(row) for row in rows]


def _restyled(style: Span, token: Token) -> Span:
    match token.type:
        case _ if style.href and token.type != "link_close":
            return style  # Slack shows no styles inside a link's label
        case "strong_open" | "strong_close":
            return replace(style, bold=token.nesting == 1)
        case "em_open" | "em_close":
            return replace(style, italic=token.nesting == 1)
        case "s_open" | "s_close":
            return replace(style, strike=token.nesting == 1)
        case "link_open":
            return replace(style, href=web_link(str(token.attrs.get("href", ""))))
        case "link_close":
            return replace(style, href=None)
        case _:
            return style


def _leaf(token: Token, style: Span) -> list[Span]:
    match token.type:
        case "text" | "text_special":
            return _with_bare_links(token.content, style)
        case "code_inline":
            return [replace(style, text=token.content, code=style.href is None)]
        case "softbreak":
            return [replace(style, text=" ")]
        case "html_inline":
            return [replace(style, text=_without_tags(token.content))]
        case "image":
            href = style.href or web_link(str(token.attrs.get("src", "")))
            return [replace(style, text=token.content or "picture", href=href)]
        case _:
            return []


def _with_bare_links(text: str, style: Span) -> list[Span]:
    if style.href:
        return [replace(style, text=text)]
    out: list[Span] = []
    at = 0
    for found in _BARE_URL.finditer(text):
        out += [replace(style, text=text[at : found.start()]), replace(style, text=found[0], href=web_link(found[0]))]
        at = found.end()
    return [*out, replace(style, text=text[at:])]


def _append(row: list[Span], span: Span) -> None:
    """Adds a span, joined to the one before when they look the same (so that "@" + "here" is seen as one word)."""
    if not span.text:
        return
    if row and replace(row[-1], text="") == replace(span, text=""):
        span = replace(span, text=row.pop().text + span.text)
    row.append(span)


def _without_tags(html: str) -> str:
    return _TAG.sub("", _BREAK.sub("\n", html))


_Row = list[tuple[Span, ...]]


def _cell_text(cell: tuple[Span, ...]) -> str:
    return "".join(s.text for s in cell).strip()


def _aligned(rows: list[_Row]) -> list[tuple[tuple[Span, ...], Kind]]:
    """The table as aligned code lines; nothing when it is too wide for a phone or would hide a link."""
    texts = [[_cell_text(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=False)]
    has_links = any(span.href for row in rows for cell in row for span in cell)
    if has_links or sum(widths) + 2 * (len(widths) - 1) > TABLE_WIDTH:
        return []
    out = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=False)).rstrip() for row in texts]
    out.insert(1, "  ".join("-" * width for width in widths))
    return [((Span(text),), Kind.CODE) for text in out]


def _as_bullets(rows: list[_Row]) -> list[tuple[tuple[Span, ...], Kind]]:
    """Every row as a bullet: its first cell in bold, the others after the name of their column."""
    head, *body = rows or [[]]
    out: list[tuple[tuple[Span, ...], Kind]] = []
    for row in body:
        spans: list[Span] = [Span("• ")]
        for index, cell in enumerate(row):
            if not _cell_text(cell):
                continue
            name = _cell_text(head[index]) if index < len(head) else ""
            lead = "" if index == 0 else (" · " if len(spans) > 1 else "") + (f"{name}: " if name else "")
            for span in (Span(lead), *(replace(s, bold=True) if index == 0 and not s.code else s for s in cell)):
                _append(spans, span)
        out.append((tuple(spans), Kind.TEXT))
    return out or [((Span(" · ".join(map(_cell_text, head))),), Kind.TEXT)]
