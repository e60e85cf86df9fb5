"""Writes the elements of an HTML page as Markdown blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from bs4.element import NavigableString, PreformattedString, Tag

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
INLINE = re.compile(
    "a|abbr|acronym|b|bdi|bdo|big|br|cite|code|data|del|dfn|em|font|i|img|ins|kbd|label|mark|q|s|samp|small|span|"
    "strike|strong|sub|sup|time|tt|u|var|wbr"
)
BLOCKS = [*HEADINGS, "p", "div", "ul", "ol", "table", "pre", "section", "article", "blockquote"]
MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "code": "`", "kbd": "`", "samp": "`", "tt": "`"}
BREAK = "\x00"  # stands for <br> until white space is folded; no page has a zero byte


@dataclass(frozen=True)
class HeadingBlock:
    """A heading on its way through the page."""

    text: str
    level: int
    anchor: str
    line: int


Block: TypeAlias = str | HeadingBlock


def blocks_of(node: Tag) -> Iterator[Block]:
    """The headings and Markdown blocks below an element, in page order."""
    buffer: list[str] = []
    for child in node.children:
        if not isinstance(child, Tag):
            buffer.append(_text(child))
        elif INLINE.fullmatch(child.name) and child.find(BLOCKS) is None:
            buffer.append(_inline(child))
        else:
            yield from _flush(buffer)
            yield from _block(child)
    yield from _flush(buffer)


def _flush(buffer: list[str]) -> Iterator[str]:
    paragraph = _folded("".join(buffer))
    buffer.clear()
    if paragraph:
        yield paragraph


def _folded(text: str) -> str:
    return "\n".join(" ".join(line.split()) for line in text.split(BREAK)).strip()


def _text(node: object) -> str:
    if isinstance(node, NavigableString) and not isinstance(node, PreformattedString):  # no comments, no doctype
        return str(node)
    return ""


def _block(tag: Tag) -> Iterator[Block]:
    if tag.name in HEADINGS:
        yield _heading(tag)
    elif tag.name in ("ul", "ol"):
        yield from filter(None, [_list(tag)])
    elif tag.name == "table" and tag.find(list(HEADINGS)) is None:
        yield from filter(None, [_table(tag)])
    elif tag.name == "pre":
        yield from filter(None, [_code(tag)])
    elif tag.name == "blockquote":
        yield from (_quoted(block) for block in blocks_of(tag))
    else:
        yield from blocks_of(tag)


def _heading(tag: Tag) -> HeadingBlock:
    text = " ".join(tag.get_text().replace("¶", " ").split())  # ¶ is the permalink of documentation tools
    return HeadingBlock(text, int(tag.name[1]), _anchor(tag), tag.sourceline or 1)


def _anchor(tag: Tag) -> str:
    marks = [tag, *tag.find_all("a"), *([tag.parent] if tag.parent is not None else [])]
    found = (mark.get("id") or (mark.get("name") if mark.name == "a" else None) for mark in marks)
    return next((str(anchor) for anchor in found if anchor), "")


def _inline(node: Tag) -> str:
    if node.name == "br":
        return BREAK
    if node.name == "img":
        return str(node.get("alt") or "")
    text = "".join(_inline(child) if isinstance(child, Tag) else _text(child) for child in node.children)
    if not text.strip():
        return text
    if node.name == "a":
        return _link(text, str(node.get("href") or ""))
    return _marked(text, MARKS.get(node.name, ""))


def _marked(text: str, mark: str) -> str:
    """Marks touch the words: white space stays outside them, or Markdown shows the marks themselves."""
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    return f"{text[:start]}{mark}{text[start:end]}{mark}{text[end:]}"


def _link(text: str, href: str) -> str:
    if not href or re.match(r"\s*(javascript|data|vbscript):", href, re.IGNORECASE):
        return text
    target = re.sub(r"\s", "%20", href.strip()).replace("(", "%28").replace(")", "%29")
    return f"[{' '.join(text.split())}]({target})"


def _plain(block: Block) -> str:
    return block if isinstance(block, str) else f"**{block.text}**"


def _list(tag: Tag) -> str:
    lines: list[str] = []
    number = 0
    for child in tag.children:
        if not isinstance(child, Tag):
            continue
        number += 1
        mark = f"{number}. " if tag.name == "ol" else "- "
        body = _list(child) if child.name in ("ul", "ol") else "\n".join(_plain(b) for b in blocks_of(child))
        if body:
            indented = body.replace("\n", "\n" + " " * len(mark))
            lines.append(" " * len(mark) + indented if child.name in ("ul", "ol") else mark + indented)
    return "\n".join(lines)


def _table(tag: Tag) -> str:
    own = [row for row in tag.find_all("tr") if row.find_parent("table") is tag]
    rows = [[_cell(cell) for cell in row.find_all(["td", "th"], recursive=False)] for row in own]
    rows = [row for row in rows if any(row)]
    if not rows:
        return ""
    width = max(len(row) for row in rows)
    lines = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


def _cell(tag: Tag) -> str:
    return " ".join(_plain(block) for block in blocks_of(tag)).replace("\n", " ").replace("|", "\\|")


def _code(tag: Tag) -> str:
    text = tag.get_text().strip("\n")
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    return f"{fence}\n{text}\n{fence}" if text.strip() else ""


def _quoted(block: Block) -> Block:
    return "> " + block.replace("\n", "\n> ") if isinstance(block, str) else block
