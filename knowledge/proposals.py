"""Changes to entries that are worked on: kept apart from what is searched until somebody publishes them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from knowledge.bodies import entry_body, entry_from
from knowledge.domain import Entry
from knowledge.moments import aware
from knowledge.tables import ProposalRow


class ProposalState(StrEnum):
    """Where a proposal stands; the last two are its ends."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    DROPPED = "dropped"


ERASED = "forgotten"
"""In the place of a question that somebody wanted forgotten."""

OPEN = (ProposalState.DRAFT, ProposalState.IN_REVIEW)


class OriginKind(StrEnum):
    """What made somebody propose it."""

    EDITOR = "editor"
    MESSAGE = "message"  # saved from a thread
    TICKET = "ticket"
    GAP = "gap"
    ANSWER = "answer"  # a wrong answer put right
    IMPORT = "import"
    DRIFT = "drift"  # a cited page changed


@dataclass(frozen=True)
class Origin:
    """Where a proposal comes from. ``link`` leads there; ``questions`` are the numbers of questions it would answer.

    ``needs_ok_of``: whose private words it holds; it can't be published before they agreed (``ok_given``).
    """

    kind: OriginKind = OriginKind.EDITOR
    link: str = ""
    questions: tuple[int, ...] = ()
    needs_ok_of: str = ""
    ok_given: bool = False

    @property
    def waits_for_ok(self) -> bool:
        """Whether somebody still has to agree."""
        return bool(self.needs_ok_of) and not self.ok_given


@dataclass(frozen=True)
class Proposal:
    """One proposed change. ``entry`` is the entry as it would be, ``base_version`` what it was made from (None: new).

    ``findings`` is what the checks said about this very ``entry`` (see the checks for its shape), None before.
    """

    id: int
    entry: Entry
    base_version: int | None
    state: ProposalState
    author: str
    reason: str
    origin: Origin
    created_at: datetime
    updated_at: datetime
    findings: dict[str, Any] | None = None
    decided_by: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether it can still be changed and decided."""
        return self.state in OPEN

    @property
    def is_new(self) -> bool:
        """Whether it would add an entry."""
        return self.base_version is None


class ProposalStore:
    """Works in the caller's transaction. Lists come oldest first."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(
        self, entry: Entry, base_version: int | None, author: str, reason: str, origin: Origin, now: datetime
    ) -> Proposal:
        """Keep a new draft."""
        now = now.astimezone(UTC)
        row = ProposalRow(
            entry_id=entry.id,
            base_version=base_version,
            body=entry_body(entry),
            state=ProposalState.DRAFT.value,
            author=author,
            reason=reason,
            origin=_origin_body(origin),
            findings=None,
            created_at=now,
            updated_at=now,
        )
        self._session.add(row)
        self._session.flush()
        return _proposal(row)

    def get(self, number: int, *, lock: bool = False) -> Proposal | None:
        """A proposal by its number; ``lock`` keeps others from deciding it until the transaction ends."""
        row = self._session.get(ProposalRow, number, with_for_update=lock, populate_existing=lock)
        return None if row is None else _proposal(row)

    def save(self, proposal: Proposal, now: datetime) -> Proposal:
        """Keep a proposal as it is now. Findings about another entry text than before are forgotten."""
        row = self._session.get_one(ProposalRow, proposal.id)
        body = entry_body(proposal.entry)
        row.findings = proposal.findings if body == row.body else None
        row.entry_id, row.base_version, row.body = proposal.entry.id, proposal.base_version, body
        row.state, row.reason, row.decided_by = proposal.state.value, proposal.reason, proposal.decided_by
        row.origin, row.updated_at = _origin_body(proposal.origin), now.astimezone(UTC)
        self._session.flush()
        return _proposal(row)

    def open(self, states: Iterable[ProposalState] = OPEN) -> tuple[Proposal, ...]:
        """The proposals in these states."""
        wanted = select(ProposalRow).where(ProposalRow.state.in_([state.value for state in states]))
        return tuple(_proposal(row) for row in self._session.scalars(wanted.order_by(ProposalRow.id)))

    def of_entry(self, entry_id: str) -> tuple[Proposal, ...]:
        """The open proposals about one entry."""
        return tuple(proposal for proposal in self.open() if proposal.entry.id == entry_id)


def erase_words(session: Session, person: str, texts: Iterable[str]) -> int:
    """Take a person's words out of all that was not published. Returns in how many proposals there were any.

    What waits for their agreement ends; a phrasing that is one of their ``texts`` goes; findings that quote one are
    looked for anew.
    """
    theirs = {_plain(text) for text in texts} - {""}
    count = 0
    for row in session.scalars(select(ProposalRow).order_by(ProposalRow.id).with_for_update()):
        private = row.origin.get("needs_ok_of") == person and row.state != ProposalState.PUBLISHED.value
        quoted = row.findings is not None and any(_plain(one) in theirs for one in _strings(row.findings))
        worded = row.state != ProposalState.PUBLISHED.value and any(
            _plain(one) in theirs for one in (row.body["question"], *row.body["variants"])
        )
        if private:
            row.state, row.origin = ProposalState.DROPPED.value, {**row.origin, "needs_ok_of": "", "link": ""}
        if private or worded:
            row.entry_id, row.body = f"{ERASED}-{row.id}", _without(row.body, theirs, all_of_it=private)
        if private or worded or quoted:
            row.findings = None
            count += 1
    session.flush()
    return count


def drop_findings(session: Session, before: datetime) -> int:
    """Take out what the checks once found on proposals nobody has touched since: it quotes what people asked."""
    untouched = ProposalRow.findings.is_not(None), ProposalRow.updated_at < before.astimezone(UTC)
    old = update(ProposalRow).where(*untouched).values(findings=None)
    return len(session.execute(old.returning(ProposalRow.id)).all())


def _without(body: Mapping[str, Any], theirs: Collection[str], *, all_of_it: bool) -> dict[str, Any]:
    kept = [one for one in (body["question"], *body["variants"]) if not all_of_it and _plain(one) not in theirs]
    question, *variants = kept or [ERASED]
    more = {"answer": "", "sources": []} if all_of_it else {}
    return {**body, "question": question, "variants": variants, **more}


def _strings(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for one in value.values():
                yield from _strings(one)
        case list():
            for one in value:
                yield from _strings(one)
        case _:
            pass


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _proposal(row: ProposalRow) -> Proposal:
    origin = row.origin
    return Proposal(
        id=row.id,
        entry=entry_from(row.entry_id, row.body),
        base_version=row.base_version,
        state=ProposalState(row.state),
        author=row.author,
        reason=row.reason,
        origin=replace(
            Origin(**{**origin, "questions": tuple(origin["questions"])}), kind=OriginKind(origin["kind"])
        ),
        created_at=aware(row.created_at),
        updated_at=aware(row.updated_at),
        findings=row.findings,
        decided_by=row.decided_by,
    )


def _origin_body(origin: Origin) -> dict[str, Any]:
    return {**asdict(origin), "kind": origin.kind.value, "questions": list(origin.questions)}
