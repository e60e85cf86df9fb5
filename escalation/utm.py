"""Campaign parameters (utm_…) of a link: what is there, what is wrong, and the corrected link. No I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from urllib.parse import quote, unquote_plus

from escalation.domain import Condition, UtmPart
from escalation.patterns import MAX_TEXT, matches

PREFIX = "utm_"
_SAFE = "+-._~:/"  # what a value may hold unescaped in the links we write


@dataclass(frozen=True)
class UtmLink:
    """A link, or a bare query string, taken apart. ``pairs`` are all its parameters, decoded, in order."""

    base: str
    pairs: tuple[tuple[str, str], ...]
    fragment: str = ""

    def parts(self) -> dict[str, str]:
        """The utm_ parameters by lower-case name; the first one wins."""
        found: dict[str, str] = {}
        for name, value in self.pairs:
            if name.lower().startswith(PREFIX):
                found.setdefault(name.lower(), value)
        return found

    def text(self) -> str:
        """The link (or query string) again, ready to copy."""
        query = "&".join(f"{quote(name, safe=_SAFE)}={quote(value, safe=_SAFE)}" for name, value in self.pairs)
        joint = "?" if self.base and query else ""
        return f"{self.base}{joint}{query}{self.fragment}"


@dataclass(frozen=True)
class UtmVerdict:
    """What is wrong with a link, one short sentence each; ``corrected`` is None where a person must decide."""

    problems: tuple[str, ...]
    corrected: str | None


def read_utm(text: str) -> UtmLink:
    """Take a pasted link, or the part behind its question mark, apart."""
    text = text.strip().strip("<>").replace("&amp;", "&")
    text, hash_mark, fragment = text.partition("#")
    base, question_mark, query = text.partition("?")
    if not question_mark:
        base, query = ("", base) if "=" in base and "://" not in base else (base, "")
    pairs = tuple(_pair(item) for item in query.split("&") if item)
    return UtmLink(base, pairs, hash_mark + fragment)


def check_utm(text: str, parts: Sequence[UtmPart]) -> UtmVerdict:
    """Judge a link by the parts a form asks for. Problems come in the parts' order; none means it is right."""
    if len(text) > MAX_TEXT:
        return UtmVerdict((f"That link is longer than {MAX_TEXT} characters.",), None)
    link = read_utm(text)
    problems = [*_spelling_problems(link, parts), *_part_problems(link.parts(), parts)]
    if not problems:
        return UtmVerdict((), None)
    better = _corrected(link, parts)
    fits = better != link and not _part_problems(better.parts(), parts) and not _spelling_problems(better, parts)
    return UtmVerdict(tuple(dict.fromkeys(problems)), better.text() if fits else None)


def _pair(item: str) -> tuple[str, str]:
    name, _, value = item.partition("=")
    plus_kept = value.replace("+", "%2B") if unquote_plus(name).lower() == "utm_term" else value
    return unquote_plus(name), unquote_plus(plus_kept)  # utm_term joins its words with "+"


def _spelling_problems(link: UtmLink, parts: Sequence[UtmPart]) -> list[str]:
    """Names: unknown, in capitals, twice."""
    known = [part.name for part in parts]
    problems: list[str] = []
    seen: dict[str, str] = {}
    for name, value in link.pairs:
        lower = name.strip().lower()
        if not lower.startswith(PREFIX):
            continue
        if lower not in known:
            problems.append(f"We don't use {lower}.")
        elif name != lower:
            problems.append(f"Write {lower} in lower case.")
        if lower in seen:
            also = "" if seen[lower] == value else f" ({seen[lower]} and {value}): keep the right one"
            problems.append(f"{lower} is there twice{also}.")
        seen.setdefault(lower, value)
    return problems


def _part_problems(found: Mapping[str, str], parts: Sequence[UtmPart]) -> list[str]:
    absent = [part.name for part in parts if part.required and not found.get(part.name, "").strip()]
    problems = [f"That link has no {', '.join(absent)}."] if absent else []
    return problems + [problem for part in parts if (problem := _part_problem(part, found))]


def _part_problem(part: UtmPart, found: Mapping[str, str]) -> str | None:
    value = found.get(part.name, "")
    forbidden = part.forbidden_if
    if not value.strip():
        return None
    if forbidden is not None and _applies(forbidden, found):
        values = " or ".join(forbidden.values)
        link = "is only for" if forbidden.negated else "does not go with"
        return f"{part.name} {link} {forbidden.field}={values}."
    meant = _alias(part, value)
    if meant and meant != value:
        return f"For {part.name}={value} we write {meant}."
    if part.one_of and value not in part.one_of:
        return f"{part.name}={value} is not one of: {', '.join(part.one_of)}."
    if part.pattern and not matches(part.pattern, value):
        return f"{part.name}={value} {_why_not(value)}."
    return None


def _why_not(value: str) -> str:
    if value != value.lower():
        return "has capitals"
    if re.search(r"\s", value):
        return "has spaces"
    if "_" in value:
        return "has underscores; use hyphens"
    return "doesn't have the agreed form"


def _corrected(link: UtmLink, parts: Sequence[UtmPart]) -> UtmLink:
    """The same link with everything mended that needs no guess: case, spaces, near misses, doubles, strays."""
    by_name = {part.name: part for part in parts}
    values = {name: _tidy(value, by_name.get(name)) for name, value in link.parts().items()}
    pairs: list[tuple[str, str]] = []
    done: dict[str, str] = {}
    for name, value in link.pairs:
        lower = name.strip().lower()
        if not lower.startswith(PREFIX):
            pairs.append((name, value))
        elif lower in by_name and lower not in done and not _stray(by_name[lower], values):
            pairs.append((lower, values[lower]))
            done[lower] = value
        elif lower in done and _tidy(done[lower], by_name[lower]) != _tidy(value, by_name[lower]):
            return link  # two different values: a person must choose
    return UtmLink(link.base, tuple(pairs), link.fragment)


def _stray(part: UtmPart, values: Mapping[str, str]) -> bool:
    if not values.get(part.name):
        return not part.required
    return part.forbidden_if is not None and _applies(part.forbidden_if, values)


def _applies(condition: Condition, found: Mapping[str, str]) -> bool:
    return (found.get(condition.field, "") in condition.values) is not condition.negated


def _tidy(value: str, part: UtmPart | None) -> str:
    """Lower case, hyphens for spaces and underscores; the nearest of the allowed values."""
    if part is None:
        return value
    tidy = _hyphened(value)
    if meant := _alias(part, value):
        return meant
    if part.one_of and tidy not in part.one_of:
        return next(iter(get_close_matches(tidy, part.one_of, 1, 0.8)), tidy)
    return tidy


def _alias(part: UtmPart, value: str) -> str | None:
    """The value that this one stands for, however it is written."""
    return next((meant for alias, meant in part.aliases if _hyphened(alias) == _hyphened(value)), None)


def _hyphened(value: str) -> str:
    return re.sub(r"[\s_]+", "-", value.strip().lower())
