"""A Slack message as a value, and the few blocks ours are made of. Sizes: Slack's own limits, see each constant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from bot.domain import Kept
from bot.slack import mrkdwn

Block = dict[str, Any]

TEXT_LIMIT = 3_900  # top-level `text`: "about 4,000 in practice"
HEADER_LIMIT = 150
BUTTON_LIMIT = 75
CONTEXT_LIMIT = 2_000  # one element of a context block
BLOCKS_LIMIT = 50  # per message


@dataclass(frozen=True)
class Message:
    """What is posted: ``text`` is the whole message for notifications and screen readers, already escaped.

    ``kept`` is what in it not everyone may read; whoever makes an effect of the message passes it on.
    """

    text: str
    blocks: tuple[Block, ...]
    kept: tuple[Kept, ...] = ()


class Markup(Protocol):
    """How a fragment of a sentence is shown: the same sentence is built once for blocks and once for ``text``."""

    def words(self, text: str) -> str:
        """Words of a person, a document or Jira."""

    def bold(self, text: str) -> str:
        """The same, standing out."""

    def strong(self, fragment: str) -> str:
        """A finished fragment, standing out."""

    def link(self, label: str, url: str | None) -> str:
        """A label that leads somewhere."""

    def moment(self, when: datetime) -> str:
        """A time, in the reader's zone where that is possible."""


class _Rich:
    """Fragments for blocks."""

    def words(self, text: str) -> str:
        return mrkdwn.escape(text)

    def bold(self, text: str) -> str:
        return self.strong(mrkdwn.escape(text.strip()))

    def strong(self, fragment: str) -> str:
        return f"*{fragment}*" if fragment else ""

    def link(self, label: str, url: str | None) -> str:
        return mrkdwn.link(label, url)

    def moment(self, when: datetime) -> str:
        return mrkdwn.moment(when)


class _Plain:
    """Fragments for ``text``: no markup at all, but escaped, because Slack reads it as mrkdwn too."""

    def words(self, text: str) -> str:
        return mrkdwn.escape(text)

    def bold(self, text: str) -> str:
        return mrkdwn.escape(text)

    def strong(self, fragment: str) -> str:
        return fragment

    def link(self, label: str, url: str | None) -> str:
        address = mrkdwn.web_link(url)
        return mrkdwn.escape(f"{label} ({address})" if address and address != label else label)

    def moment(self, when: datetime) -> str:
        aware = when if when.tzinfo else when.replace(tzinfo=UTC)
        return f"{aware.astimezone(UTC):%d %b %Y %H:%M} UTC"


RICH: Markup = _Rich()
PLAIN: Markup = _Plain()


def say(sentence: str | Callable[[Markup], str], *blocks: Block) -> Message:
    """A message of one sentence (or of what ``sentence`` makes of a Markup), then ``blocks``.

    A plain ``sentence`` is our own copy; its marks are taken off for ``text``.
    """
    if isinstance(sentence, str):
        rich, plain = sentence, sentence.replace("*", "")
    else:
        rich, plain = sentence(RICH), sentence(PLAIN)
    return Message(
        text=clip(plain.replace("`", ""), TEXT_LIMIT), blocks=(section(clip(rich, mrkdwn.SECTION_LIMIT)), *blocks)
    )


def section(text: str) -> Block:
    """A paragraph of mrkdwn. Every leaf in it has been escaped by its maker."""
    return {"type": "section", "text": _mrkdwn(text)}


def context(*texts: str) -> Block:
    """Small print, one element per text."""
    return {"type": "context", "elements": [_mrkdwn(text) for text in texts]}


def header(text: str) -> Block:
    """A heading (plain text)."""
    return {"type": "header", "text": plain_text(text, HEADER_LIMIT)}


def divider() -> Block:
    """A thin line."""
    return {"type": "divider"}


def button(label: str, action_id: str, value: str = "", *, primary: bool = False) -> Block:
    """A button; ``value`` comes back in the payload."""
    element: Block = {"type": "button", "action_id": action_id, "text": plain_text(label, BUTTON_LIMIT)}
    if value:
        element["value"] = value
    if primary:
        element["style"] = "primary"
    return element


def actions(*elements: Block) -> Block:
    """A row of buttons."""
    return {"type": "actions", "elements": list(elements)}


def plain_text(text: str, limit: int) -> Block:
    """A plain_text object of at most ``limit`` characters, never empty (Slack refuses empty ones)."""
    return {"type": "plain_text", "text": clip(mrkdwn.inert(one_line(text)), limit) or "…"}


def one_line(text: str) -> str:
    """The text without line breaks and runs of spaces."""
    return " ".join(text.split())


def clip(text: str, limit: int) -> str:
    """The text, cut at a word and ended with "…" when it is longer than ``limit`` characters.

    Never cuts inside ``&amp;``, a ``<link>`` or an address: what is left of one at the end goes as a whole.
    """
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    for opening, closing in (("<", ">"), ("&", ";")):
        at = head.rfind(opening)
        if at >= 0 and closing not in head[at:] and len(head) - at < _LONGEST_TOKEN[opening]:
            head = head[:at]
    space = head.rfind(" ")
    whole = space > limit * 2 // 3 or (space > 0 and "://" in head[space:])
    return (head[:space] if whole else head).rstrip() + "…"


_LONGEST_TOKEN = {"<": 4_096, "&": 6}
_LONGEST_ID = 9  # digits


def hit_value(question_id: int, rank: int) -> str:
    """The value of a button that means one hit of a question; ``rank`` counts from 0."""
    return f"{question_id}:{rank}"


def row_id(text: str) -> int:
    """The id of a row in a button's value; -1 for what is not ours: no database takes larger numbers either."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID else -1


def joined(fragments: Sequence[str]) -> str:
    """Small facts side by side; empty ones are left out."""
    return " · ".join(fragment for fragment in fragments if fragment)


def _mrkdwn(text: str) -> Block:
    # verbatim: Slack must not turn typed names, channels or addresses into live ones
    return {"type": "mrkdwn", "text": text, "verbatim": True}
