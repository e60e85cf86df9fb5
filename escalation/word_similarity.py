"""Similarity by shared words: light, deterministic, no model. No I/O."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from math import sqrt

_WORD = re.compile(r"[^\W_]+")
_SUFFIXES = ("ings", "ing", "ies", "ed", "es", "s")
_MIN_STEM = 3
_STOP_WORDS = """
a about an and are as at be been but by can could do does for from get had has have hello hey hi how i if in is it its
just me my need of on or our please should so some that the their them there they this to us want was we what when
where which who why will with would you your
"""
_STOP = frozenset(_STOP_WORDS.split())


class WordSimilarity:
    """Cosine of word counts, stop words aside, endings cut off. Implements the Similarity protocol."""

    def scores(self, text: str, others: Sequence[str]) -> list[float]:
        """As the protocol says; texts without words have nothing in common with anything."""
        mine = _counts(text)
        return [_cosine(mine, _counts(other)) for other in others]


def words(text: str) -> list[str]:
    """The words of a text that carry meaning, lower case, without their endings, in order."""
    return [_stem(word) for word in _WORD.findall(text.lower()) if word not in _STOP]


def _counts(text: str) -> Counter[str]:
    return Counter(words(text))


def _stem(word: str) -> str:
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _MIN_STEM:
            return word[: -len(suffix)]
    return word


def _cosine(one: Counter[str], other: Counter[str]) -> float:
    if not one or not other:
        return 0.0
    shared = sum(count * other[word] for word, count in one.items())
    lengths = sum(c * c for c in one.values()) * sum(c * c for c in other.values())
    return min(1.0, shared / sqrt(lengths))
