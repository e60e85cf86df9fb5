"""Misspelt words find the word that was meant, within one team's own vocabulary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

SHORTEST = 5
"""Shorter words have too many neighbours to guess from."""


class Spelling:
    """Known terms, found again with one letter missing, added, changed or two swapped.

    Deletion neighbourhoods: two words within one edit of each other share a word with one letter less
    (Garbe's SymSpell). Terms are stems, and a misspelt ending is not taken off: so ``words`` may name the words that
    terms come from, which are looked through too. Immutable, safe for several threads.
    """

    def __init__(self, terms: Iterable[str], words: Mapping[str, str] | None = None) -> None:
        self._known = frozenset(terms)
        self._words = words or {}

    def nearest(self, term: str) -> str | None:
        """The term itself when known, a known neighbour, or None. Numbers and short words are never guessed at."""
        if term in self._known:
            return term
        if len(term) < SHORTEST or not term.isalpha():
            return None
        for reduced in (term, *_with_one_less(term)):
            if reduced != term and reduced in self._known and len(reduced) >= SHORTEST - 1:
                return reduced
            for known in self._reduced.get(reduced, ()):
                if _close(term, known):
                    return self._words.get(known, known)
        return None

    @cached_property
    def _reduced(self) -> dict[str, list[str]]:
        """Everything that may be found, by each way to leave a letter out; terms before words.

        Made when the first unknown word is met (a tenth of a second for 10,000 words): most processes never do.
        """
        found: dict[str, list[str]] = {}
        for known in (*sorted(self._known), *sorted(self._words)):
            if len(known) >= SHORTEST and known.isalpha():
                for reduced in _with_one_less(known):
                    found.setdefault(reduced, []).append(known)
        return found


def _with_one_less(term: str) -> Iterator[str]:
    for index in range(len(term)):
        yield term[:index] + term[index + 1 :]


def _close(left: str, right: str) -> bool:
    """Whether one edit (insert, delete, change, swap of neighbours) turns one word into the other."""
    if len(left) > len(right):
        left, right = right, left
    start = 0
    while start < len(left) and left[start] == right[start]:
        start += 1
    if len(left) < len(right):
        return left[start:] == right[start + 1 :]
    rest = left[start + 1 :] == right[start + 1 :]
    swapped = left[start : start + 2] == right[start : start + 2][::-1] and left[start + 2 :] == right[start + 2 :]
    return rest or swapped
