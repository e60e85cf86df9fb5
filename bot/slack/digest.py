"""The daily digest of the ops channel: what is unowned, waiting, overdue and needed most, on one screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from bot import triage_texts
from bot.slack import mrkdwn
from bot.slack.message import PLAIN, RICH, TEXT_LIMIT, Markup, Message, clip, section
from bot.slack.ops_lines import called
from escalation.domain import Request

LINES = 10
"""Lines per section before "and N more"."""


@dataclass(frozen=True)
class DigestItem:
    """A request and the one fact that brings it into its section, as a finished fragment."""

    request: Request
    fact: str


@dataclass(frozen=True)
class Digest:
    """What a morning's digest tells; sections in order of urgency, empty ones are left out."""

    day: date
    open_count: int
    overdue: Sequence[DigestItem] = ()
    unowned: Sequence[DigestItem] = ()
    waiting: Sequence[DigestItem] = ()
    joined: Sequence[DigestItem] = ()

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to do about anything."""
        return not (self.overdue or self.unowned or self.waiting)


def digest(news: Digest) -> Message | None:
    """The message; None when no request is open, for then there is nothing to say."""
    if news.open_count == 0:
        return None
    title = triage_texts.digest_title(triage_texts.short_day(news.day), news.open_count)
    sections = [
        (heading, items)
        for heading, items in (
            (triage_texts.OVERDUE, news.overdue),
            (triage_texts.UNOWNED, news.unowned),
            (triage_texts.WAITING, news.waiting),
            (triage_texts.JOINED, news.joined),
        )
        if items
    ]
    well = [lambda _: triage_texts.ALL_WELL] if news.is_quiet else []
    parts: list[Callable[[Markup], str]] = [*well, *(_section(heading, items) for heading, items in sections)]
    rich = [section(clip(part(RICH), mrkdwn.SECTION_LIMIT)) for part in parts]
    plain = "\n".join([title, *(part(PLAIN) for part in parts)])
    return Message(clip(plain, TEXT_LIMIT), (section(f"*{title}*"), *rich))


def _section(heading: str, items: Sequence[DigestItem]) -> Callable[[Markup], str]:
    def said(m: Markup) -> str:
        lines = [f"• {called(item.request, m)} · {item.fact}" for item in items[:LINES]]
        more = [triage_texts.and_more(len(items) - LINES)] if len(items) > LINES else []
        return "\n".join([m.strong(heading), *lines, *more])

    return said
