"""The glossary, for whoever curates it: the file's terms and those written by people, which win."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot import missing_texts as words
from bot.clock import Clock
from bot.curation.audit import AuditLog
from bot.curation.refusals import CurationRefused, Refusal
from bot.ops_people import OpsPeople
from knowledge.glossary import Glossary, Term
from knowledge.glossary_store import GlossaryStore, KeptTerm, joined, taken_by, term_key

_LONGEST_TERM = 60
_LONGEST_MEANING = 300


@dataclass(frozen=True)
class GlossaryTerm:
    """A term as it counts now. ``curated``: written by a person (``by``, at ``at``), not read from the file."""

    term: Term
    curated: bool
    version: int = 0
    by: str | None = None
    at: datetime | None = None


class GlossaryDesk:
    """Works in the caller's session. ``file`` gives the glossary of the file. Every desk follows within seconds."""

    def __init__(self, file: Callable[[], Glossary], people: OpsPeople, clock: Clock) -> None:
        self._file = file
        self._people = people
        self._clock = clock

    def listed(self, session: Session) -> tuple[GlossaryTerm, ...]:
        """By term. What was taken out is not among them."""
        kept = {each.key: each for each in GlossaryStore(session).all()}
        found = [
            GlossaryTerm(each.term, True, each.version, each.author, each.at) for each in kept.values() if each.term
        ]
        found += [GlossaryTerm(term, False) for term in self._file().terms if term_key(term.term) not in kept]
        return tuple(sorted(found, key=lambda each: term_key(each.term.term)))

    def define(self, session: Session, term: Term, by: str, reason: str = "") -> int:
        """Write a term, new or in place of what it meant; returns its version. Raises CurationRefused."""
        self._require_curator(by)
        term = _tidy(term)
        store = GlossaryStore(session)
        taken = taken_by(joined(self._file(), store.all()), term)
        problems = tuple(_problems(term)) + ((words.form_taken(*taken),) if taken else ())
        if problems:
            raise CurationRefused(Refusal.BROKEN, problems)
        version = store.save(term_key(term.term), term, by, self._clock(), reason)
        AuditLog(session).note(self._clock(), by, "defined", f"glossary:{term.term}", version=version, reason=reason)
        return version

    def remove(self, session: Session, term: str, by: str, reason: str = "") -> None:
        """Take a term out, the file's too."""
        self._require_curator(by)
        if not any(term_key(each.term.term) == term_key(term) for each in self.listed(session)):
            raise CurationRefused(Refusal.GONE)
        version = GlossaryStore(session).save(term_key(term), None, by, self._clock(), reason)
        AuditLog(session).note(self._clock(), by, "taken out", f"glossary:{term}", version=version, reason=reason)

    def history(self, session: Session, term: str) -> tuple[KeptTerm, ...]:
        """Every version that people wrote, oldest first."""
        return GlossaryStore(session).history(term_key(term))

    def _require_curator(self, by: str) -> None:
        if not self._people.may_publish(by):
            raise CurationRefused(Refusal.NOT_A_CURATOR)


def _tidy(term: Term) -> Term:
    aliases = tuple(dict.fromkeys(alias for each in term.aliases if (alias := _line(each))))
    return Term(_line(term.term), _line(term.expansion), aliases, term.definition.strip(), term.exact)


def _line(text: str) -> str:
    return " ".join(text.split())


def _problems(term: Term) -> list[str]:
    found = []
    for name, text, longest in (
        (words.TERM, term.term, _LONGEST_TERM),
        (words.MEANING, term.expansion, _LONGEST_MEANING),
    ):
        if not any(letter.isascii() and letter.isalnum() for letter in text):
            found.append(words.lacks_letters(name))
        elif len(text) > longest:
            found.append(words.too_long(name, longest))
    if not found and term_key(term.term) == term_key(term.expansion):
        found.append(words.SAME_AS_TERM)
    return found
