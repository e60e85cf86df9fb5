"""Finding entries by words, quickly and without a model: for lists, pickers and "did you mean"."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from knowledge.domain import Entry, EntryStatus

_WORD = re.compile(r"\w+")
_PREFIX = 3
"""From so many letters on, the beginning of a word counts like the word."""
_IN_QUESTION, _IN_ANSWER = 3.0, 1.0


def found(entries: Sequence[Entry], words: str) -> list[Entry]:
    """The entries that have any of the words, best first: rare words count more, the question more than the answer.

    An entry whose id is asked for comes first; archived ones come last.
    """
    asked = list(dict.fromkeys(_WORD.findall(words.casefold())))
    texts = [(_tokens(entry.question, *entry.variants, *entry.tags), _tokens(entry.answer)) for entry in entries]
    known = Counter(token for head, body in texts for token in head | body)
    rarity = {word: math.log(1 + len(entries) / (1 + _many(known, word))) for word in asked}
    scored = [
        (_score(asked, rarity, head, body), -place, entry)
        for place, (entry, (head, body)) in enumerate(zip(entries, texts, strict=True))
    ]
    wanted = words.strip().casefold()
    exact = [entry for entry in entries if entry.id.casefold() == wanted]
    ranked = [entry for score, _, entry in sorted(scored, key=lambda one: one[:2], reverse=True) if score > 0]
    best = list(dict.fromkeys([*exact, *ranked]))
    return sorted(best, key=lambda entry: entry.status is EntryStatus.ARCHIVED)


def near_ids(entries: Iterable[Entry], typed: str, most: int = 3) -> list[Entry]:
    """The entries whose ids look like what was typed."""
    by_id = {entry.id.casefold(): entry for entry in entries}
    return [by_id[one] for one in get_close_matches(typed.casefold(), list(by_id), n=most, cutoff=0.6)]


def _tokens(*texts: str) -> frozenset[str]:
    return frozenset(token for text in texts for token in _WORD.findall(text.casefold()))


def _many(known: Counter[str], word: str) -> int:
    return max((count for token, count in known.items() if _is(word, token)), default=0)


def _is(word: str, token: str) -> bool:
    return token == word or (len(word) >= _PREFIX and token.startswith(word))


def _score(asked: Sequence[str], rarity: dict[str, float], head: frozenset[str], body: frozenset[str]) -> float:
    total = 0.0
    for word in asked:
        if any(_is(word, token) for token in head):
            total += _IN_QUESTION * rarity[word]
        elif any(_is(word, token) for token in body):
            total += _IN_ANSWER * rarity[word]
    return total
