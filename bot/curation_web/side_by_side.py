"""Two versions of an entry next to each other: field by field, line by line, the words that differ marked. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from bot.curation.entry_form import texts_of
from bot.curation_web import entry_texts as words
from knowledge.domain import Entry

_WORD = re.compile(r"\s+|\w+|[^\w\s]")
_LONGEST = 4_000
"""Characters of a line up to which its words are compared; longer ones are marked whole."""

_ALIKE = 0.5
"""The share of words two lines have in common from which on the others are marked; below, they are just two lines."""


@dataclass(frozen=True)
class Part:
    """A piece of a line; ``changed`` is not in the other version."""

    text: str
    changed: bool = False


Line = tuple[Part, ...]


@dataclass(frozen=True)
class Pair:
    """A line of the earlier version and its counterpart; None where there is none. ``same``: nothing differs."""

    before: Line | None
    after: Line | None
    same: bool


@dataclass(frozen=True)
class Compared:
    """One field that differs. ``label`` is what people call it."""

    label: str
    pairs: tuple[Pair, ...]


def compare(before: Entry | None, after: Entry) -> tuple[Compared, ...]:
    """The fields that differ, in the order of the form. Without an earlier version everything is new."""
    old, new = _fields(before) if before is not None else {}, _fields(after)
    return tuple(
        Compared(label, tuple(_pairs(old.get(name, "").splitlines(), new[name].splitlines())))
        for name, label in words.LABELS.items()
        if new[name] != old.get(name, "")
    )


def _fields(entry: Entry) -> dict[str, str]:
    return {
        **texts_of(entry),
        "status": words.STATUS[entry.status],
        "reviewed_at": entry.reviewed_at.isoformat() if entry.reviewed_at else "",
        "review_by": entry.review_by.isoformat() if entry.review_by else "",
    }


def _pairs(before: Sequence[str], after: Sequence[str]) -> Iterator[Pair]:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, left, left_end, right, right_end in matcher.get_opcodes():
        if kind == "equal":
            yield from (Pair((Part(text),), (Part(text),), True) for text in before[left:left_end])
            continue
        for old, new in zip_longest(before[left:left_end], after[right:right_end]):
            yield _pair(old, new)


def _pair(old: str | None, new: str | None) -> Pair:
    whole = Pair(_marked(old), _marked(new), False)
    if old is None or new is None:
        return whole
    if max(len(old), len(new)) > _LONGEST:
        return whole
    left, right = _WORD.findall(old), _WORD.findall(new)
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    return whole if matcher.ratio() < _ALIKE else Pair(*_by_words(matcher, left, right), False)


def _marked(text: str | None) -> Line | None:
    return None if text is None else (Part(text, True),)


def _by_words(matcher: SequenceMatcher[str], old: Sequence[str], new: Sequence[str]) -> tuple[Line, Line]:
    left: list[Part] = []
    right: list[Part] = []
    for kind, a, a_end, b, b_end in matcher.get_opcodes():
        for parts, text in ((left, "".join(old[a:a_end])), (right, "".join(new[b:b_end]))):
            if text:
                parts.append(Part(text, kind != "equal"))
    return tuple(left), tuple(right)
