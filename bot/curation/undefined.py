"""Abbreviations that people use in questions and nobody defined: neither the glossary nor anything the team wrote."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.bookmarks import hold
from bot.clock import Clock
from bot.curation.audit import AuditLog
from bot.curation.missing_tables import UndefinedTermRow
from bot.curation.refusals import CurationRefused, Refusal
from bot.curation.unmet import UNMET, IsPrivate, Unmet, asked_in_private, unmet_in, with_private_request
from bot.database import Database
from bot.missing import Undefined as Undefined
from bot.ops_people import OpsPeople
from bot.personal import for_colleagues
from bot.tables import QuestionRow
from knowledge.abbreviations import abbreviations_in, defined_in
from knowledge.corpus import current_revision, load_corpus
from knowledge.errors import GlossaryInvalid
from knowledge.glossary import NO_GLOSSARY, Glossary

PERIOD = timedelta(days=90)
MOST = 10_000
LEAST_ASKED, LEAST_ASKERS = 3, 2
"""Less may be a slip of the fingers."""

EXAMPLES = 3

_TURN = "undefined:turn"


@dataclass
class _Use:
    """Where one abbreviation is used."""

    questions: list[int] = field(default_factory=list)
    people: set[str] = field(default_factory=set)


class Radar:
    """Counts in the background (``look``); what it found is read from its table."""

    def __init__(
        self,
        glossary: Callable[[], Glossary],
        people: OpsPeople,
        private: IsPrivate,
        database: Database,
        clock: Clock,
    ) -> None:
        self._glossary = glossary
        self._people = people
        self._private = private
        self._database = database
        self._clock = clock
        self._defined: tuple[tuple[str, int], dict[str, bool]] = (("", -1), {})

    def listed(self, session: Session) -> tuple[Undefined, ...]:
        """Most asked first; without those that were defined since or said to be none."""
        glossary = self._known()
        rows = session.scalars(select(UndefinedTermRow).where(UndefinedTermRow.ignored_by.is_(None))).all()
        rows = sorted(rows, key=lambda row: (-row.askers, -row.asked, row.term))
        return tuple(
            Undefined(row.term, row.asked, row.askers, tuple(_texts(session, row.examples)))
            for row in rows
            if row.asked and not glossary.said(row.term)
        )

    def ignore(self, session: Session, term: str, by: str, reason: str = "") -> None:
        """It is no abbreviation, or needs no definition: not listed again."""
        if not self._people.may_publish(by):
            raise CurationRefused(Refusal.NOT_A_CURATOR)
        row = session.get(UndefinedTermRow, term, with_for_update=True)
        if row is None:
            raise CurationRefused(Refusal.GONE)
        row.ignored_by = by
        AuditLog(session).note(self._clock(), by, "no abbreviation", f"glossary:{term}", reason=reason)

    def look(self, now: datetime) -> None:
        """Count anew. What is only ever said in private is not listed: the word itself may be nobody else's."""
        with self._database.read() as session:
            questions, people = _asked(session, now - PERIOD)
            used = _often(_uses(questions, people))
            undefined = {term: use for term, use in used.items() if not self._is_defined(session, term, used)}
            candidates = _among(questions, undefined)
            private = with_private_request(session, candidates)
        private |= asked_in_private(candidates, self._private)
        with self._database.write() as session:
            _keep(session, undefined, private)

    def _known(self) -> Glossary:
        """The glossary; while its file is broken, which others tell the team, nothing counts as defined in it."""
        try:
            return self._glossary()
        except GlossaryInvalid:
            return NO_GLOSSARY

    def _is_defined(self, session: Session, term: str, terms: Iterable[str]) -> bool:
        if self._known().said(term):
            return True
        revision = current_revision(session)
        known = self._defined[1] if self._defined[0] == revision else {}
        if term not in known:
            asked = frozenset(terms)
            found = {each for text in _corpus(session) for each in defined_in(text, asked)}
            known = {each: each in found for each in asked}
            self._defined = revision, known
        return known[term]


def _asked(session: Session, since: datetime) -> tuple[tuple[Unmet, ...], dict[int, str]]:
    """Every question of the period, oldest first, and who asked each."""
    wanted = select(*UNMET, QuestionRow.person).where(QuestionRow.created_at >= since, QuestionRow.text != "")
    rows = session.execute(wanted.order_by(QuestionRow.id.desc()).limit(MOST)).all()
    return unmet_in(reversed(rows)), {row.id: row.person for row in rows}


def _uses(questions: Sequence[Unmet], people: dict[int, str]) -> dict[str, _Use]:
    found: dict[str, _Use] = {}
    for one, terms in zip(questions, abbreviations_in([one.text for one in questions]), strict=True):
        for term in terms:
            use = found.setdefault(term, _Use())
            use.questions.append(one.id)
            use.people.add(people[one.id])
    return found


def _often(uses: dict[str, _Use]) -> dict[str, _Use]:
    return {
        term: use
        for term, use in uses.items()
        if len(use.questions) >= LEAST_ASKED and len(use.people) >= LEAST_ASKERS
    }


def _among(questions: Sequence[Unmet], used: dict[str, _Use]) -> tuple[Unmet, ...]:
    wanted = {number for use in used.values() for number in use.questions}
    return tuple(one for one in questions if one.id in wanted)


def _keep(session: Session, undefined: dict[str, _Use], private: frozenset[int]) -> None:
    hold(session, _TURN)
    known = select(UndefinedTermRow).order_by(UndefinedTermRow.term).with_for_update()
    rows = {row.term: row for row in session.scalars(known)}
    for term, use in undefined.items():
        examples = [number for number in reversed(use.questions) if number not in private][:EXAMPLES]
        row = rows.get(term)
        if row is None:
            row = UndefinedTermRow(term=term)
            session.add(row)
        row.asked, row.askers, row.examples = len(use.questions), len(use.people), examples
        if not examples:
            row.asked = 0
    for term in rows.keys() - undefined.keys():
        rows[term].asked, rows[term].examples = 0, []


def _corpus(session: Session) -> Iterator[str]:
    corpus = load_corpus(session)
    for entry in corpus.entries:
        yield "\n".join((entry.question, *entry.variants, entry.answer))
    for document in corpus.documents:
        for section in document.sections:
            yield f"{section.heading}\n{section.text}"


def _texts(session: Session, numbers: Sequence[int]) -> list[str]:
    rows = session.execute(select(QuestionRow.id, QuestionRow.text).where(QuestionRow.id.in_(numbers)))
    found = {number: " ".join(for_colleagues(text).split()) for number, text in rows if text}
    return [found[number] for number in numbers if number in found]
