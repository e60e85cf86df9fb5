"""The glossary as people write it, over the one in the file: what is written here wins, and takes terms out too."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from knowledge.glossary import Glossary, Term, forms_of
from knowledge.moments import aware
from knowledge.once import locked
from knowledge.protocols import Transactions
from knowledge.tables import GlossaryTermRow, GlossaryVersionRow


@dataclass(frozen=True)
class KeptTerm:
    """A term as written by a person; ``term`` is None where they took it out of the glossary."""

    key: str
    term: Term | None
    version: int
    author: str
    at: datetime
    reason: str = ""


def term_key(text: str) -> str:
    """What makes two spellings the same term: "mql", "MQL"; "A/B-test", "a/b test"."""
    return " ".join(text.casefold().replace("-", " ").split())


def taken_by(glossary: Glossary, term: Term) -> tuple[str, str] | None:
    """(form, the other term) when a form of ``term`` already stands for another one; None when all are free."""
    own = {term_key(form): form for form in forms_of(term) if form}
    for other in glossary.terms:
        if term_key(other.term) == term_key(term.term):
            continue
        for form in forms_of(other):
            if term_key(form) in own:
                return own[term_key(form)], other.term
    return None


class GlossaryStore:
    """Works in the caller's transaction; lists are sorted by key."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def all(self) -> tuple[KeptTerm, ...]:
        """Every term that people wrote or took out."""
        rows = self._session.scalars(select(GlossaryTermRow).order_by(GlossaryTermRow.term_key))
        return tuple(_kept(row.term_key, row.body, row.version, row.author, row.updated_at) for row in rows)

    def save(self, key: str, term: Term | None, author: str, now: datetime, reason: str = "") -> int:
        """Write a term, or take it out (None); returns its version. The same again changes nothing."""
        now, body = now.astimezone(UTC), None if term is None else asdict(term)
        first = {"version": 0, "body": body, "author": author, "updated_at": now}
        row = locked(self._session, GlossaryTermRow, {"term_key": key}, first)
        if row.version and json.dumps(row.body) == json.dumps(body):
            return row.version
        row.version += 1
        row.body, row.author, row.updated_at = body, author, now
        version = GlossaryVersionRow(
            term_key=key, version=row.version, body=body, author=author, reason=reason, created_at=now
        )
        self._session.add(version)
        self._session.flush()
        return row.version

    def history(self, key: str) -> tuple[KeptTerm, ...]:
        """Every version of a term, oldest first."""
        wanted = select(GlossaryVersionRow).where(GlossaryVersionRow.term_key == key)
        rows = self._session.scalars(wanted.order_by(GlossaryVersionRow.version))
        return tuple(_kept(key, row.body, row.version, row.author, row.created_at, row.reason) for row in rows)

    def mark(self) -> tuple[int, int]:
        """Changes with every change, and costs nothing to ask for."""
        count, changes = self._session.execute(
            select(func.count(), func.coalesce(func.sum(GlossaryTermRow.version), 0)).select_from(GlossaryTermRow)
        ).one()
        return int(count), int(changes)


class JoinedGlossary:
    """The file's glossary with what people wrote over it. Safe for several threads.

    A call costs a look at the file's date and one small query; nobody calls it while answering.
    """

    def __init__(self, file: Callable[[], Glossary], transactions: Transactions) -> None:
        self._file = file
        self._transactions = transactions
        self._lock = threading.Lock()
        self._seen: tuple[Glossary, tuple[int, int]] | None = None
        self._joined = Glossary()

    def __call__(self) -> Glossary:
        """The glossary as it is now. Raises GlossaryInvalid when the file is broken."""
        file = self._file()
        with self._lock, self._transactions.read() as session:
            seen = file, GlossaryStore(session).mark()
            if self._seen is None or self._seen[0] is not file or self._seen[1] != seen[1]:
                self._joined = joined(file, GlossaryStore(session).all())
                self._seen = seen
            return self._joined


def joined(file: Glossary, kept: tuple[KeptTerm, ...]) -> Glossary:
    """What people wrote first, so that its forms win; then what the file has besides."""
    written = {each.key for each in kept}
    own = tuple(each.term for each in kept if each.term is not None)
    return Glossary(own + tuple(term for term in file.terms if term_key(term.term) not in written))


def _kept(
    key: str, body: dict[str, Any] | None, version: int, author: str, at: datetime, reason: str = ""
) -> KeptTerm:
    term = Term(**{**body, "aliases": tuple(body["aliases"])}) if body else None
    return KeptTerm(key, term, version, author, aware(at), reason)
