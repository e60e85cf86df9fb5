"""Several questions in one message, that have nothing to do with each other: only one of them gets an answer."""

from __future__ import annotations

import re

_LONGEST = 400
"""Longer messages tell a story; what they ask is found in it (knowledge.asked)."""

_FEWEST_WORDS = 4
_LEAD = re.compile(r"(?:(?:hi|hey|hello|ok|okay|and|also|so|plus)\b[\s,!:-]*|\d[.)]\s*|[-*•]\s*)+", re.IGNORECASE)
_ASKS = re.compile(
    r"(?:where|what|which|how|when|who|whose|why)\b"
    r"|(?:can|may|should|do|does|is|are) (?!you\b|any|some|it\b|this\b|that\b)",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"\b(?:it|its|this|that|they|them|their|these|those|there|then|he|she|ones?|both|instead|else|same|otherwise)\b",
    re.IGNORECASE,
)
_TELLING = re.compile(r"[^\W\d_]{4,}")
_SMALL = (
    "where what which when whose does have with from your this that will about need should could would into long "
    "much many find make take know somebody someone"
)
_COMMON = frozenset(_SMALL.split())


def separate_questions(text: str) -> tuple[str, ...]:
    """The questions of a message that is nothing but questions, each on its own; none of fewer than two."""
    if len(text) > _LONGEST or text.count("?") < 2:  # noqa: PLR2004 - two are several
        return ()
    *parts, rest = [_LEAD.sub("", part.strip(), count=1) for part in text.split("?")]
    if len(re.findall(r"\w+", rest)) > 1 or not all(map(_stands_alone, parts)):  # "thanks" may follow
        return ()
    if any(_LEANS.search(part) for part in parts[1:]) or not _apart(parts):
        return ()
    return tuple(f"{part}?" for part in parts)


def _stands_alone(part: str) -> bool:
    return len(part.split()) >= _FEWEST_WORDS and _ASKS.match(part) is not None


def _apart(parts: list[str]) -> bool:
    """Whether no two name the same thing."""
    words = [set(_TELLING.findall(part.lower())) - _COMMON for part in parts]
    return sum(map(len, words)) == len(set().union(*words))
