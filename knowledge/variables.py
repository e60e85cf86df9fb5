r"""Variables in answers: ``{asker.region|your region}`` becomes the region of whoever asked when the answer is shown.

A variable is a known name in single braces, outside code. ``\{`` writes a brace that is only a brace; double braces
(``{{lead.First Name}}``) and ``${…}`` are other tools' tokens and stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from urllib.parse import quote

FIRST_NAME, REGION, CHANNEL, TODAY = "asker.first_name", "asker.region", "channel", "today"

NAMES = (FIRST_NAME, REGION, CHANNEL, TODAY, f"{TODAY}+5bd", f"{TODAY}+7d")
"""What a writer can use; days may be any number, and may be taken away too."""

MOST_DAYS = 366
LONGEST_VALUE = 60  # characters

_FALLBACKS = {FIRST_NAME: "there", REGION: "your region", CHANNEL: "this channel", TODAY: "today"}
_TOKEN = re.compile(r"(?<![{\\$])\{(?P<name>[A-Za-z][\w.+-]*)(?:\|(?P<fallback>[^{}|\n]*))?\}(?!\})")
_DAYS = re.compile(rf"{TODAY}(?P<days>[+-]\d{{1,3}})(?P<unit>bd|d)")
_CODE = re.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|`[^`\n]+`", re.DOTALL)
_ADDRESS = re.compile(r"https?://[^\s()<>]*\Z")
_LIVE = re.compile(r"[^\w .,'’&()+/#-]")
_EDGES = re.compile(r"(?<!\w)_+|_+(?!\w)")
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


@dataclass(frozen=True)
class Variable:
    """One use of a variable. ``days``: from today on, working days where ``business``; 0 for any other name."""

    name: str
    fallback: str
    days: int = 0
    business: bool = False


Known = Callable[[Variable], str | None]
"""The value of a variable as plain text; None or nothing where it is unknown."""


def nothing_known(_: Variable) -> None:
    """Of somebody of whom nothing is known."""


def has_variables(text: str) -> bool:
    """Whether a text says different things to different people."""
    return any(_variable(match) for match in _tokens(text))


def filled(text: str, known: Known) -> str:
    """The Markdown with every variable replaced: by its value, which can be no markup, else by its fallback."""
    parts: list[str] = []
    end = 0
    for match in _tokens(text):
        variable = _variable(match)
        if variable is None:
            continue
        before = text[end : match.start()]
        value = _tame(known(variable) or "")
        in_address = _ADDRESS.search("".join([*parts, before])) is not None
        shown = quote(value or variable.fallback, safe="") if in_address else _inert(value) or variable.fallback
        parts += [before, shown]
        end = match.end()
    return "".join([*parts, text[end:]])


def with_fallbacks(text: str) -> str:
    """The text as somebody sees it of whom nothing is known: what is searched, and what `ask` prints."""
    return filled(text, nothing_known)


def unknown_names(text: str) -> Iterator[tuple[int, str]]:
    """Names that are no variable's, with how many lines above them the text has."""
    for match in _tokens(text):
        if _variable(match) is None:
            yield text.count("\n", 0, match.start()), match["name"]


def nearest(name: str) -> str:
    """Advice for an unknown name."""
    dated = re.match(rf"{TODAY}[+-]\d{{1,3}}", name.casefold())
    close = [f"{dated[0]}bd"] if dated else get_close_matches(name.casefold(), NAMES, n=1, cutoff=0.5)
    meant = f"Did you mean `{{{close[0]}}}`?" if close else f"Known here: {', '.join(f'`{{{n}}}`' for n in NAMES)}."
    return f"{meant} For braces that are only braces write `\\{{{name}}}`."


def _tokens(text: str) -> Iterator[re.Match[str]]:
    """What looks like a variable, outside code."""
    code = [match.span() for match in _CODE.finditer(text)]
    for match in _TOKEN.finditer(text):
        if not any(start <= match.start() < end for start, end in code):
            yield match


def _variable(match: re.Match[str]) -> Variable | None:
    name, written = match["name"], (match["fallback"] or "").strip()
    if name in _FALLBACKS:
        return Variable(name, written or _FALLBACKS[name])
    dated = _DAYS.fullmatch(name)
    if dated is None or abs(int(dated["days"])) > MOST_DAYS:
        return None
    days, business = int(dated["days"]), dated["unit"] == "bd"
    return Variable(TODAY, written or _in_words(days, business), days, business)


def _in_words(days: int, business: bool) -> str:
    if not days:
        return _FALLBACKS[TODAY]
    count = f"{abs(days)} {'business ' if business else ''}day{'s' if abs(days) != 1 else ''}"
    return f"{count} {'from today' if days > 0 else 'ago'}"


def _tame(value: str) -> str:
    """One short line without anything that Slack or Markdown could take for markup, a mention or an address."""
    return _EDGES.sub("", _LIVE.sub("", " ".join(value.split())))[:LONGEST_VALUE].strip()


def _inert(value: str) -> str:
    """The value as Markdown that shows just this."""
    return _PUNCTUATION.sub(r"\\\1", value)
