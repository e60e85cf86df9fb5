"""The team's abbreviations and what they stand for: either form finds texts that hold the other."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from knowledge.lexical_index import MEANING, asked_terms, stems_of, terms_of

MEANING_TERMS = 0.75
"""What a meaning counts in a question, next to 1 for each of its words."""

FEW_WORDS = 3
"""A longer text all in capitals says nothing about which of its words are abbreviations."""

_WORD = re.compile(r"[A-Za-z0-9]+")
_PLURAL = "s"


@dataclass(frozen=True)
class Term:
    """One abbreviation or name. ``exact``: counts only as written, because the same letters are a common word."""

    term: str
    expansion: str
    aliases: tuple[str, ...] = ()
    definition: str = ""
    exact: bool = False

    @property
    def meaning(self) -> str:
        """The term of the lexical index that stands for this meaning, however it is said."""
        return MEANING + "-".join(_WORD.findall(self.term.lower()))


@dataclass(frozen=True)
class _Form:
    """One way to say a term: its stems; ``written`` are an abbreviation's words, which are not bent (dry, DRI)."""

    stems: tuple[str, ...]
    written: tuple[str, ...]
    term: Term

    def fits(self, words: list[str], stems: list[str], at: int, shouted: bool) -> bool:
        end = at + len(self.stems)
        if tuple(stems[at:end]) != self.stems:
            return False
        said = tuple(words[at:end])
        if self.term.exact and self.written:
            return not shouted and said == self.written
        return not self.written or [word.lower() for word in said] == [word.lower() for word in self.written]


@dataclass(frozen=True)
class Glossary:
    """Terms in file order. Immutable, safe for several threads."""

    terms: tuple[Term, ...] = ()

    @cached_property
    def mark(self) -> str:
        """Identity of what searching uses; empty without terms. Definitions do not count."""
        if not self.terms:
            return ""
        used = [[term.term, term.expansion, *term.aliases, str(term.exact)] for term in self.terms]
        return hashlib.sha256(json.dumps(used).encode("utf-8")).hexdigest()[:12]

    def said(self, text: str) -> tuple[Term, ...]:
        """The terms that a text uses in any form, in its order, as often as they occur; longer forms come first."""
        if not self.terms:
            return ()
        words = _WORD.findall(text)
        return tuple(self._found(words, stems_of(words), shouted=len(words) > FEW_WORDS and text.isupper()))

    def meanings(self, text: str) -> tuple[str, ...]:
        """The meanings a text holds, to be indexed and searched next to its words."""
        return tuple(term.meaning for term in self.said(text))

    def index_terms(self, text: str) -> tuple[str, ...]:
        """What the lexical index keeps of a text: its words and its meanings."""
        return terms_of(text) + self.meanings(text)

    def query_terms(self, text: str) -> tuple[tuple[str, float], ...]:
        """What a question is searched for: its words, and with less weight its meanings."""
        return asked_terms(text) + tuple((meaning, MEANING_TERMS) for meaning in dict.fromkeys(self.meanings(text)))

    def to_json(self) -> str:
        """All terms as JSON."""
        return json.dumps([asdict(term) for term in self.terms], ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Glossary:
        """Read ``to_json``'s output. Raises ValueError, KeyError or TypeError when it is something else."""
        return cls(tuple(_term(record) for record in json.loads(text)))

    @cached_property
    def _forms(self) -> dict[str, list[_Form]]:
        """Every form by its first stem, longest first."""
        found: dict[str, list[_Form]] = {}
        for term in self.terms:
            for form in _forms(term):
                found.setdefault(form.stems[0], []).append(form)
        for forms in found.values():
            forms.sort(key=lambda form: -len(form.stems))
        return found

    def _found(self, words: list[str], stems: list[str], shouted: bool) -> Iterator[Term]:
        at = 0
        while at < len(words):
            forms = self._forms.get(stems[at], ())
            form = next((form for form in forms if form.fits(words, stems, at, shouted)), None)
            if form is None:
                at += 1
            else:
                yield form.term
                at += len(form.stems)


NO_GLOSSARY = Glossary()


def forms_of(term: Term) -> Iterable[str]:
    """Every way to say a term, as written in the glossary."""
    return (term.term, term.expansion, *term.aliases)


def _forms(term: Term) -> Iterator[_Form]:
    """The stems of each form. Stemming leaves the plural of "MQL" or "SLA" alone, so that it is a form of its own."""
    for text in forms_of(term):
        words = _WORD.findall(text)
        if not words:
            continue
        is_short = text == term.term
        for last in dict.fromkeys((words[-1], words[-1] + _PLURAL) if is_short else (words[-1],)):
            spelt = [*words[:-1], last]
            yield _Form(tuple(stems_of(spelt)), tuple(spelt) if is_short else (), term)


def _term(record: dict[str, Any]) -> Term:
    return Term(
        term=str(record["term"]),
        expansion=str(record["expansion"]),
        aliases=tuple(str(alias) for alias in record["aliases"]),
        definition=str(record["definition"]),
        exact=bool(record["exact"]),
    )
