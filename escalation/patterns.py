"""Patterns of a forms file: which ones are safe to run on what people type. No I/O.

Python's matcher backtracks: ``(a+)+$`` takes minutes on 40 letters. A pattern is accepted only when it is easy to see
that matching takes quadratic time at most, and the text is capped. What decides:

- a repeated group that can match in several lengths must start, or end, with a character that occurs nowhere else
  in it (``(-[a-z0-9]+)*``), so that there is one way only to cut a text into repetitions; alternatives inside it
  must start with different characters;
- few parts of variable length in a row may compete for the same characters (``.*[0-9].*`` is the most).
"""

from __future__ import annotations

import re
import re._constants as op  # type: ignore[import-not-found]
import re._parser as regex_parser  # type: ignore[import-not-found]
from collections.abc import Iterable
from functools import lru_cache
from math import prod
from typing import Any

MAX_TEXT = 2000
"""Longest text, in characters, that a pattern is run on."""

MAX_WAYS = (MAX_TEXT + 1) ** 2
"""How many ways the parts in a row that match the same characters may be cut: two open-ended ones, or 21 optional."""

_NO_FLAGS = "flags such as (?i) cannot be checked. Write both cases, as in [A-Za-z]."
Chars = frozenset[int]
Competing = list[tuple[Chars, int]]  # what each part matches, and in how many lengths
OTHER = 128  # stands for every character beyond ASCII
EVERYTHING: Chars = frozenset(range(129))
_CATEGORIES = {op.CATEGORY_DIGIT: r"\d", op.CATEGORY_SPACE: r"\s", op.CATEGORY_WORD: r"\w"}
_NEGATED = {op.CATEGORY_NOT_DIGIT: r"\d", op.CATEGORY_NOT_SPACE: r"\s", op.CATEGORY_NOT_WORD: r"\w"}
_REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT)


def pattern_problem(pattern: str) -> str | None:
    """Why a pattern is refused, with what to do; None when it is safe."""
    try:
        flags = re.compile(pattern).flags
        tree = regex_parser.parse(pattern)
    except (re.error, OverflowError, RecursionError) as exc:
        return f"pattern does not compile ({exc}). Mend it; every special character to be meant literally needs a \\."
    if flags & re.IGNORECASE:
        return f"pattern cannot be used: {_NO_FLAGS}"
    try:
        _check(tree, [])
    except _Slow as exc:
        return f"pattern could take very long on some texts: {exc}"
    return None


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text has the pattern's form. The text is at most MAX_TEXT long; longer ones never match."""
    return len(text) <= MAX_TEXT and _compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.DOTALL)


class _Slow(Exception):
    """Internal: the pattern may backtrack too much."""


def _check(items: Iterable[Any], before: Competing) -> Competing:
    """Walk a sequence: check what repeats; returns the parts of variable length that compete at its end."""
    competing = before
    for item in _flat(items):
        kind, argument = item
        first, can_be_empty = _first([item])
        if competing and not can_be_empty and not (first & frozenset().union(*(c for c, _ in competing))):
            competing = []
        if kind in _REPEATS:
            low, high, body = argument
            inside = _check(body, [])
            if high > 1 and _varies(body):
                _check_repeated(list(_flat(body)))
            own = [(_chars(body), min(high, MAX_TEXT) - low + 1)] if high > low else []
            competing = [*competing, *(inside if high <= 1 else []), *own]
        elif kind is op.BRANCH:
            competing = max((_check(branch, competing) for branch in argument[1]), key=_ways)
        if _ways(competing) > MAX_WAYS:
            raise _Slow("several parts of open length in a row match the same characters. Merge them into one.")
    return competing


def _ways(competing: Competing) -> int:
    return prod(choices for _, choices in competing)


def _check_repeated(body: list[Any]) -> None:
    """Refuse a repeated group that a text can be cut into in more than one way."""
    starts = _is_single(body[0]) and not (_chars(body[:1]) & _chars(body[1:]))
    ends = _is_single(body[-1]) and not (_chars(body[-1:]) & _chars(body[:-1]))
    if len(body) == 1 and body[0][0] is op.BRANCH:
        starts = all(_is_fixed(list(_flat(branch))) for branch in body[0][1][1])
    if not (starts or ends):
        raise _Slow(
            "a repetition inside a repetition. Repeat only one of them, or start the repeated group with a character "
            "that occurs nowhere else in it, as in (-[a-z0-9]+)*."
        )
    for item in body:
        if item[0] is op.BRANCH:
            _check_alternatives(item[1][1])


def _check_alternatives(branches: Iterable[Any]) -> None:
    seen: Chars = frozenset()
    for branch in branches:
        first, can_be_empty = _first(branch)
        if can_be_empty or first & seen:
            raise _Slow(
                "alternatives inside a repetition that start alike. Write them so that the first letters differ."
            )
        seen |= first


def _flat(items: Iterable[Any]) -> Iterable[Any]:
    """A sequence with plain groups opened up; what we do not analyse is refused."""
    for item in items:
        kind, argument = item
        if kind is op.SUBPATTERN:
            if argument[1]:
                raise _Slow(_NO_FLAGS)
            yield from _flat(argument[3])
        elif kind in (
            op.GROUPREF,
            op.GROUPREF_EXISTS,
            op.ASSERT,
            op.ASSERT_NOT,
            op.ATOMIC_GROUP,
            op.POSSESSIVE_REPEAT,
        ):
            raise _Slow("back-references and look-arounds cannot be checked. Write it without them.")
        elif kind is not op.AT:
            yield item


def _first(items: Iterable[Any]) -> tuple[Chars, bool]:
    """The characters a match can start with, and whether it can be empty."""
    found: Chars = frozenset()
    for kind, argument in _flat(items):
        if kind is op.BRANCH:
            firsts = [_first(branch) for branch in argument[1]]
            first, empty = frozenset().union(*(f for f, _ in firsts)), any(e for _, e in firsts)
        elif kind in _REPEATS:
            first, empty = _first(argument[2])
            empty = empty or argument[0] == 0
        else:
            first, empty = _chars([(kind, argument)]), False
        found |= first
        if not empty:
            return found, False
    return found, True


def _chars(items: Iterable[Any]) -> Chars:
    """Every character that can occur in a match."""
    found: Chars = frozenset()
    for kind, argument in _flat(items):
        if kind is op.LITERAL:
            found |= {min(argument, OTHER)}
        elif kind is op.NOT_LITERAL:
            found |= (EVERYTHING - {argument}) | {OTHER}
        elif kind is op.IN:
            found |= _members(argument)
        elif kind is op.BRANCH:
            found = found.union(*(_chars(branch) for branch in argument[1]))
        elif kind in _REPEATS:
            found |= _chars(argument[2])
        else:  # "."
            return EVERYTHING
    return found


def _members(members: Iterable[Any]) -> Chars:
    found: set[int] = set()
    negated = False
    for kind, argument in members:
        if kind is op.NEGATE:
            negated = True
        elif kind is op.LITERAL:
            found.add(min(argument, OTHER))
        elif kind is op.RANGE:
            found.update(range(argument[0], min(argument[1], OTHER) + 1))
        elif argument in _CATEGORIES:
            found.update(_class(_CATEGORIES[argument]))
        else:
            found.update(EVERYTHING - _class(_NEGATED.get(argument, ".")) | {OTHER})
    return (EVERYTHING - found) | {OTHER} if negated else frozenset(found)


def _class(escape: str) -> Chars:
    return frozenset(c for c in range(OTHER) if re.match(escape, chr(c), re.DOTALL)) | {OTHER}


def _varies(items: Iterable[Any]) -> bool:
    return not _is_fixed(list(_flat(items)))


def _is_fixed(items: list[Any]) -> bool:
    """Whether there is one way only to match: no alternatives, every repetition of a fixed count."""
    return all(
        kind is not op.BRANCH
        and (kind not in _REPEATS or (argument[0] == argument[1] and _is_fixed(list(_flat(argument[2])))))
        for kind, argument in items
    )


def _is_single(item: Any) -> bool:  # noqa: ANN401 - the parser's own untyped nodes
    """Whether an item is exactly one character."""
    return item[0] in (op.LITERAL, op.IN, op.NOT_LITERAL, op.ANY)
