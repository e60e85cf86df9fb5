"""Slack's own markup: the leaf escaper, links, people, times, and lines of styled text as mrkdwn or plain text.

Slack's mrkdwn has no escape character: `&`, `<` and `>` are the only live ones once every text object says
`verbatim` (bot.slack.message does). So whatever people or documents wrote passes `escape` here, once, at the leaf.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum, auto

SECTION_LIMIT = 3_000  # characters in one mrkdwn text object (Slack: "section 3,000")
_LINK_LIMIT = 1_000  # longer addresses are dropped: with label and escapes a link must fit a context element (2,000)

_BROADCAST_WORD = re.compile(r"@(?=(?:here|channel|everyone)\b)", re.IGNORECASE)
_BROADCAST_TOKEN = re.compile(r"<(?=[!@#])")
_MEMBER_ID = re.compile(r"[UW][A-Z0-9]{2,20}")
_CHANNEL_ID = re.compile(r"[CDG][A-Z0-9]{2,20}")
_GROUP_ID = re.compile(r"S[A-Z0-9]{2,20}")
_WEB_LINK = re.compile(r"(?:https?://|mailto:)[^\s<>|\"`]+", re.IGNORECASE)
_JOINER = "\u2060"  # invisible, and not a letter: "@⁠here" reads the same and wakes nobody
_LINE_OVERHEAD = 10  # a line break, an empty line before, and at worst a fence of its own
_GAP = "\u200b"  # invisible: Slack only sees *bold* where a word begins and ends


def _quiet(text: str) -> str:
    return _BROADCAST_WORD.sub("@" + _JOINER, text.replace("\x00", ""))


def escape(text: str) -> str:
    """Text of people or documents, safe inside mrkdwn and `text`: no live mention, link, date or broadcast."""
    return _quiet(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def inert(text: str) -> str:
    """The same for plain_text objects, where Slack wants no escapes: broadcasts are broken, nothing else changes."""
    return _BROADCAST_TOKEN.sub("<" + _JOINER, _quiet(text))


def web_link(url: str | None) -> str | None:
    """The address if a person may be sent there (http, https, mailto), percent-encoded where Slack needs it."""
    if not url:
        return None
    cleaned = url.strip().replace("|", "%7C").replace(" ", "%20").replace("<", "%3C").replace(">", "%3E")
    cleaned = _BROADCAST_WORD.sub("%40", cleaned)
    return cleaned if len(cleaned.replace("&", "&amp;")) <= _LINK_LIMIT and _WEB_LINK.fullmatch(cleaned) else None


def link(label: str, url: str | None) -> str:
    """A link with a plain label; just the label where the address is missing or of another kind."""
    address = web_link(url)
    words = escape(" ".join(label.split())) or "link"
    return f"<{address.replace('&', '&amp;')}|{words}>" if address else words


def is_member_id(text: str) -> bool:
    """Whether a text is the id of a person in Slack."""
    return _MEMBER_ID.fullmatch(text) is not None


def person(who: str) -> str:
    """A live mention for a Slack member id, the escaped name for anything else."""
    return f"<@{who}>" if is_member_id(who) else escape(who)


def group(who: str) -> str:
    """A live mention for a Slack user group's id, the escaped name for anything else."""
    return f"<!subteam^{who}>" if _GROUP_ID.fullmatch(who) else escape(who)


def channel(where: str) -> str:
    """A live channel link for a channel id, the escaped name for anything else."""
    return f"<#{where}>" if _CHANNEL_ID.fullmatch(where) else escape(where)


def moment(when: datetime) -> str:
    """A time shown in the reader's own zone; UTC where Slack cannot (naive times count as UTC)."""
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    fallback = f"{aware.astimezone(UTC):%d %b %Y %H:%M} UTC"
    return f"<!date^{int(aware.timestamp())}^{{date_short_pretty}} at {{time}}|{fallback}>"


@dataclass(frozen=True)
class Span:
    """A run of characters in one style. ``href`` is already a `web_link`."""

    text: str
    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False
    href: str | None = None


class Kind(Enum):
    """What a line is; adjacent CODE lines share one fence."""

    TEXT = auto()
    HEADING = auto()
    CODE = auto()


@dataclass(frozen=True)
class Line:
    """One line as a reader sees it. ``prefix`` is the bullet or quote mark, ``gap`` an empty line before it."""

    spans: tuple[Span, ...]
    prefix: str = ""
    kind: Kind = Kind.TEXT
    gap: bool = False

    @property
    def text(self) -> str:
        """The line without any markup."""
        return self.prefix + "".join(s.text for s in self.spans)


def render(lines: Iterable[Line]) -> str:
    """The lines as mrkdwn."""
    out: list[str] = []
    fenced = False
    for line in lines:
        is_code = line.kind is Kind.CODE
        opens = is_code and (line.gap or not fenced)
        if fenced and (opens or not is_code):
            out.append("```")
        if line.gap and out:
            out.append("")
        if opens:
            out.append("```")
        out.append(_render_line(line))
        fenced = is_code
    return "\n".join([*out, "```"] if fenced else out)


def plain(lines: Iterable[Line]) -> str:
    """The lines without markup, unescaped; a link's address follows its label where they differ."""
    out: list[str] = []
    for line in lines:
        text = line.prefix + "".join(_with_address(s) for s in line.spans)
        out.append(("\n" if line.gap and out else "") + text)
    return "\n".join(out)


def fold(lines: Sequence[Line], limit: int) -> tuple[Line, ...]:
    """The first lines, at most ``limit`` visible characters, ending where a reader can stop.

    Returns all lines when they fit. Headings and lines that only announce what follows ("Common reasons:") are not
    left hanging at the end, and a line is cut inside only when nothing else would be left.
    """
    if sum(len(line.text) + 1 for line in lines) <= limit:
        return tuple(lines)
    kept: list[Line] = []
    used = 0
    for line in lines:
        if used + len(line.text) + 1 > limit:
            break
        kept.append(line)
        used += len(line.text) + 1
    while kept and (kept[-1].kind is Kind.HEADING or kept[-1].text.rstrip().endswith(":")):
        kept.pop()
    used = sum(len(line.text) + 1 for line in kept)
    if used < limit // 3:  # one long paragraph: half a paragraph beats half a sentence of context
        following = lines[len(kept)] if len(kept) < len(lines) else None
        if following is not None and following.kind is Kind.TEXT:
            kept.append(_cut(following, limit - used - len(following.prefix) - 3))
        elif not kept:
            kept = [_cut(lines[0], limit - 3)]
    return tuple(kept)


def chunks(lines: Iterable[Line], limit: int = SECTION_LIMIT) -> list[str]:
    """The lines as mrkdwn texts of at most ``limit`` characters each, none of them empty."""
    out: list[list[Line]] = [[]]
    used = 0
    for line in _bounded(lines, limit // 2):
        size = len(_render_line(line)) + _LINE_OVERHEAD
        if used + size > limit:
            out.append([])
            used = 0
        out[-1].append(line)
        used += size
    return [text for text in map(render, out) if text.strip()]


def _render_line(line: Line) -> str:
    if line.kind is Kind.CODE:
        return escape("".join(s.text for s in line.spans)).replace("```", f"``{_GAP}`") or " "
    out = line.prefix
    for span in line.spans:
        piece = _render_span(span)
        before, after = out[len(line.prefix) :][-1:], piece[:1]
        styled = span.bold or span.italic or span.strike or span.code
        if before and ((styled and before.isalnum()) or (before in "*_~`" and after.isalnum())):
            out += _GAP
        out += piece
    return out


def _render_span(span: Span) -> str:
    core = span.text.strip()
    if not core:
        return span.text
    head, tail = span.text[: span.text.index(core)], span.text[span.text.index(core) + len(core) :]
    words = escape(core)
    body = "`" + words.replace("`", "'") + "`" if span.code else words
    if span.href:
        body = link(core, span.href)
    for mark, wanted in (("~", span.strike), ("_", span.italic), ("*", span.bold)):
        body = f"{mark}{body}{mark}" if wanted else body
    return head + body + tail


def _with_address(span: Span) -> str:
    if span.href is None or span.text.strip() in (span.href, span.href.removeprefix("mailto:")):
        return span.text
    return f"{span.text} ({span.href})"


_SENTENCE_END = re.compile(r"[.!?…](?=\s)")


def _cut(line: Line, room: int) -> Line:
    text = "".join(s.text for s in line.spans)
    head = text[: max(room, 1)]
    ends = [m.end() for m in _SENTENCE_END.finditer(head)]
    at = ends[-1] if ends and ends[-1] > room // 3 else head.rfind(" ")
    spans = _take(line.spans, at if at > 0 else len(head))
    return replace(line, spans=(*spans, Span(" …")))


def _take(spans: Sequence[Span], count: int) -> tuple[Span, ...]:
    out: list[Span] = []
    for span in spans:
        if count <= 0:
            break
        out.append(replace(span, text=span.text[:count]))
        count -= len(span.text)
    return tuple(out)


def _drop(spans: Sequence[Span], count: int) -> tuple[Span, ...]:
    out: list[Span] = []
    for span in spans:
        if count < len(span.text):
            out.append(replace(span, text=span.text[max(count, 0) :]))
        count -= len(span.text)
    return tuple(out)


def _bounded(lines: Iterable[Line], limit: int) -> Iterable[Line]:
    """Lines whose mrkdwn is at most ``limit`` characters: longer ones are halved at a space until they fit."""
    for line in lines:
        yield from _halved(line, limit, lambda part: len(_render_line(part)))


def _halved(line: Line, limit: int, size: Callable[[Line], int]) -> Iterable[Line]:
    text = "".join(s.text for s in line.spans)
    if size(line) <= limit or len(text) < 2:  # noqa: PLR2004
        yield line
        return
    middle = len(text) // 2
    at = text.rfind(" ", 1, middle) + 1 or middle
    yield from _halved(replace(line, spans=_take(line.spans, at)), limit, size)
    rest = replace(line, spans=_drop(line.spans, at), gap=False)
    yield from _halved(rest, limit, size)
