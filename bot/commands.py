"""The grammar of the slash commands. A subcommand is one only when the whole text fits; the rest is a question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Mops(StrEnum):
    """What `/mops` can be followed by."""

    HELP = "help"
    ONCALL = "oncall"
    FORGET_ME = "forget me"


@dataclass(frozen=True)
class Text:
    """Free text: a question, or the summary of a request."""

    text: str


@dataclass(frozen=True)
class DidYouMean:
    """A single word one edit away from a subcommand: ask before taking it for a question."""

    typed: str
    meant: str


@dataclass(frozen=True)
class TicketList:
    """`/ticket list`."""


@dataclass(frozen=True)
class TicketKey:
    """`/ticket MOPS-12`."""

    key: str


@dataclass(frozen=True)
class DutySwap:
    """`/mops oncall swap @jonas [days]`: somebody takes over, for these days or for the rest of the turn."""

    who: str
    days: tuple[date, date] | None = None


@dataclass(frozen=True)
class DutyOff:
    """`/mops oncall off [@jonas] days`: somebody is away; whoever says it when nobody is named."""

    days: tuple[date, date]
    who: str | None = None


@dataclass(frozen=True)
class DutyUnclear:
    """`/mops oncall swap`, `off` or `import`, followed by something that does not fit."""

    about: str


Duty = DutySwap | DutyOff | DutyUnclear

_MOST_WORDS = 6
"""More words than this after `/mops oncall swap` are a question about it."""

_DUTY = re.compile(r"oncall\s+(swap|off|import)\b\s*(.*)", re.IGNORECASE | re.DOTALL)
_DAYS = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\s*(?:\.\.|–|to)\s*(\d{4}-\d{2}-\d{2}))?$")
KEY = r"[A-Za-z][A-Za-z0-9_]{1,9}-[0-9]{1,9}"
"""What a ticket's key looks like."""


def parse_mops(text: str) -> Mops | Duty | DidYouMean | Text:
    """What follows `/mops`. Nothing at all asks for help."""
    words = " ".join(text.lower().split())
    if not words:
        return Mops.HELP
    if words in set(Mops):
        return Mops(words)
    duty = _DUTY.fullmatch(text.strip())
    if duty and "?" not in duty[2] and len(duty[2].split()) <= _MOST_WORDS:
        return _duty(duty[1].lower(), duty[2])
    return near(text, words, (Mops.HELP, Mops.ONCALL)) or Text(text.strip())


def _duty(verb: str, rest: str) -> Duty:
    dated = _DAYS.search(rest)
    who = rest[: dated.start() if dated else None].strip()
    days = _days(dated[1], dated[2] or dated[1]) if dated else None
    if dated and days is None:
        return DutyUnclear(verb)
    if verb == "swap" and who:
        return DutySwap(who, days)
    if verb == "off" and days:
        return DutyOff(days, who or None)
    return DutyUnclear(verb)


def _days(first: str, last: str) -> tuple[date, date] | None:
    try:
        days = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return None
    return days if days[0] <= days[1] else None


def parse_ticket(text: str) -> TicketList | TicketKey | DidYouMean | Text:
    """What follows `/ticket`. Nothing at all opens an empty form."""
    words = text.strip()
    if words.lower() == "list":
        return TicketList()
    if re.fullmatch(KEY, words):
        return TicketKey(words.upper())
    return near(text, words.lower(), ("list",)) or Text(words)


def near(text: str, word: str, subcommands: Sequence[str]) -> DidYouMean | None:
    """The subcommand that ``word`` is one edit away from."""
    if " " in word or len(word) < 3:  # noqa: PLR2004 - "li" is one edit from too much
        return None
    for subcommand in subcommands:
        if _one_edit(word, subcommand):
            return DidYouMean(text.strip(), subcommand)
    return None


def _one_edit(a: str, b: str) -> bool:
    """Whether one insertion, deletion, replacement or swap of neighbours turns one word into the other."""
    if abs(len(a) - len(b)) > 1:
        return False
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    rest_a, rest_b = a[start:], b[start:]
    if len(a) == len(b):
        swapped = len(rest_a) > 1 and rest_a[:2] == rest_b[1::-1] and rest_a[2:] == rest_b[2:]
        return rest_a[1:] == rest_b[1:] or swapped
    longer, shorter = (rest_a, rest_b) if len(a) > len(b) else (rest_b, rest_a)
    return longer[1:] == shorter
