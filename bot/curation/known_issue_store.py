"""Spikes and known issues in the database. Works inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.curation.missing_tables import KnownIssueRow, SpikeRow
from bot.domain import Place
from bot.personal import for_colleagues
from bot.tables import QuestionRow

_PLACE: TypeAdapter[Place] = TypeAdapter(Place)


class SpikeState(StrEnum):
    """What the ops team made of a spike."""

    ASKED = "asked"
    DECLARED = "declared"
    DISMISSED = "dismissed"


class IssueState(StrEnum):
    """Whether a known issue answers questions."""

    ACTIVE = "active"
    OVER = "over"


@dataclass(frozen=True)
class Spike:
    """Questions, by number, of which there were far more than usual."""

    id: int
    state: SpikeState
    questions: tuple[int, ...]
    found_at: datetime
    decided_by: str | None


@dataclass(frozen=True)
class KnownIssue:
    """One answer for everyone who asks like ``questions``, until it is over. ``place``: where ops speak of it."""

    id: int
    spike_id: int
    request_id: int
    state: IssueState
    title: str
    answer: str
    questions: tuple[int, ...]
    place: Place
    since: datetime
    until: datetime
    declared_by: str


@dataclass(frozen=True)
class SaidThen:
    """A question of a spike: what was asked, by whom, where. The text is empty when it was forgotten."""

    id: int
    text: str
    person: str
    place: Place
    at: datetime
    request_id: int | None


class KnownIssueStore:
    """Spikes and what they were declared to be."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def spike(self, number: int, *, lock: bool = False) -> Spike | None:
        """One spike."""
        row = self._session.get(SpikeRow, number, with_for_update=lock, populate_existing=lock)
        return _spike(row) if row else None

    def spikes_since(self, moment: datetime) -> tuple[Spike, ...]:
        """Those found since then, newest first."""
        rows = self._session.scalars(select(SpikeRow).where(SpikeRow.found_at >= moment).order_by(SpikeRow.id.desc()))
        return tuple(_spike(row) for row in rows)

    def found(self, questions: Collection[int], now: datetime) -> Spike:
        """Keep a new spike."""
        row = SpikeRow(state=SpikeState.ASKED.value, questions=sorted(questions), found_at=now)
        self._session.add(row)
        self._session.flush()
        return _spike(row)

    def grown(self, number: int, questions: Collection[int]) -> None:
        """More questions like those of a spike."""
        row = self._session.get_one(SpikeRow, number, with_for_update=True, populate_existing=True)
        row.questions = sorted({*row.questions, *questions})

    def decide(self, number: int, state: SpikeState, by: str) -> None:
        """What the ops team made of it."""
        row = self._session.get_one(SpikeRow, number)
        row.state, row.decided_by = state.value, by

    def declare(self, issue: KnownIssue) -> KnownIssue:
        """Keep a new issue; its id is given here."""
        row = KnownIssueRow(
            spike_id=issue.spike_id,
            request_id=issue.request_id,
            state=issue.state.value,
            title=issue.title,
            answer=issue.answer,
            questions=list(issue.questions),
            place=_PLACE.dump_python(issue.place, mode="json"),
            since=issue.since,
            until=issue.until,
            declared_by=issue.declared_by,
        )
        self._session.add(row)
        self._session.flush()
        return _issue(row)

    def issue(self, number: int, *, lock: bool = False) -> KnownIssue | None:
        """One issue, ended or not."""
        row = self._session.get(KnownIssueRow, number, with_for_update=lock, populate_existing=lock)
        return _issue(row) if row else None

    def active(self) -> tuple[KnownIssue, ...]:
        """The issues that are not over, oldest first. Whether their time is up is for the caller to see."""
        wanted = (
            select(KnownIssueRow).where(KnownIssueRow.state == IssueState.ACTIVE.value).order_by(KnownIssueRow.id)
        )
        return tuple(_issue(row) for row in self._session.scalars(wanted))

    def goes_on(self, number: int, until: datetime) -> None:
        """It takes longer."""
        self._session.get_one(KnownIssueRow, number).until = until

    def ended(self, number: int, now: datetime) -> None:
        """It answers nobody any more."""
        row = self._session.get_one(KnownIssueRow, number)
        row.state, row.ended_at = IssueState.OVER.value, now

    def said(self, questions: Sequence[int]) -> tuple[SaidThen, ...]:
        """The questions as they are now, oldest first; forgotten ones without words or person."""
        wanted = select(QuestionRow).where(QuestionRow.id.in_(questions)).order_by(QuestionRow.id)
        columns = (
            QuestionRow.id,
            QuestionRow.text,
            QuestionRow.person,
            QuestionRow.place,
            QuestionRow.created_at,
            QuestionRow.request_id,
        )
        rows = self._session.execute(wanted.with_only_columns(*columns))
        return tuple(
            SaidThen(number, for_colleagues(text), person, _PLACE.validate_python(place), at, request)
            for number, text, person, place, at, request in rows
        )


def _spike(row: SpikeRow) -> Spike:
    return Spike(row.id, SpikeState(row.state), tuple(row.questions), row.found_at, row.decided_by)


def _issue(row: KnownIssueRow) -> KnownIssue:
    return KnownIssue(
        id=row.id,
        spike_id=row.spike_id,
        request_id=row.request_id,
        state=IssueState(row.state),
        title=row.title,
        answer=row.answer,
        questions=tuple(row.questions),
        place=_PLACE.validate_python(row.place),
        since=row.since,
        until=row.until,
        declared_by=row.declared_by,
    )
