"""How far people have come through checklists: a row per question and entry, so that a restart forgets nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import checklist_texts
from bot.once import locked
from bot.tables import ChecklistRunRow
from knowledge.checklists import Taken, Walk, known
from knowledge.domain import ANY_TICKET
from knowledge.variables import with_fallbacks

TOLD_LIMIT = 200


class RunState(StrEnum):
    """How a walk through a checklist ended, if it did."""

    OPEN = "open"
    EXPLAINED = "explained"
    TICKET = "ticket"


@dataclass(frozen=True)
class Run:
    """Somebody's way through a checklist. ``turn`` counts its changes: a button of an earlier turn is an old one."""

    id: int
    mark: str
    trail: tuple[Taken, ...]
    turn: int
    state: RunState


@dataclass(frozen=True)
class Checked:
    """What somebody ruled out before they turned to people; ``form_id`` is the request type the checklist names."""

    facts: tuple[str, ...] = ()
    form_id: str | None = None


NOTHING_CHECKED = Checked()


class ChecklistRuns:
    """Works in the caller's transaction. Holds the choices, and nothing a person typed."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of(self, question_id: int, entry_id: str) -> Run | None:
        """The run of a question, locked until the transaction ends; None before its first choice."""
        row = self._row(question_id, entry_id)
        return _run(row) if row else None

    def begin(self, question_id: int, entry_id: str, mark: str, now: datetime) -> Run:
        """A run that has made no choice, or the one that somebody else has begun in this moment.

        What was made along another checklist of the same question starts again.
        """
        fresh = {
            "mark": mark,
            "trail": [],
            "turn": 0,
            "state": RunState.OPEN.value,
            "told": "",
            "ticket": None,
            "updated_at": now,
        }
        key = {"question_id": question_id, "entry_id": entry_id}
        row = locked(self._session, ChecklistRunRow, key, {**fresh, "started_at": now})
        for name, value in fresh.items() if row.mark != mark else ():
            setattr(row, name, value)
        self._session.flush()
        return _run(row)

    def stand(self, run: Run, walk: Walk, now: datetime) -> Run:
        """The walk has come this far now. Back at its start, a run counts from there again."""
        row = self._session.get_one(ChecklistRunRow, run.id)
        outcome = walk.outcome
        row.trail = [[step.id, choice.label, with_fallbacks(known(step, choice))] for step, choice in walk.made]
        row.turn = run.turn + 1 if walk.made else 0
        row.told = _short(with_fallbacks(outcome.text)) if outcome and outcome.ticket is None else ""
        row.ticket = outcome.ticket if outcome else None
        row.state, row.updated_at = RunState.OPEN.value, now
        return _run(row)

    def end(self, run: Run, state: RunState, now: datetime) -> Run:
        """It ended like this."""
        row = self._session.get_one(ChecklistRunRow, run.id)
        row.turn, row.state, row.updated_at = run.turn + 1, state.value, now
        return _run(row)

    def checked(self, question_id: int) -> Checked:
        """What was found out on the way, in words for the ops team; the newest run counts."""
        newest = select(ChecklistRunRow).where(ChecklistRunRow.question_id == question_id)
        row = self._session.scalar(newest.order_by(ChecklistRunRow.updated_at.desc(), ChecklistRunRow.id.desc()))
        if row is None or not row.trail:
            return NOTHING_CHECKED
        facts = [fact for _, _, fact in row.trail]
        facts += [checklist_texts.was_told(row.told)] if row.told else []
        return Checked(tuple(facts), row.ticket if row.ticket != ANY_TICKET else None)

    def _row(self, question_id: int, entry_id: str) -> ChecklistRunRow | None:
        self._session.flush()
        wanted = select(ChecklistRunRow).where(
            ChecklistRunRow.question_id == question_id, ChecklistRunRow.entry_id == entry_id
        )
        return self._session.scalar(wanted.with_for_update())


def _run(row: ChecklistRunRow) -> Run:
    return Run(row.id, row.mark, _taken(row.trail), row.turn, RunState(row.state))


def _taken(trail: Sequence[Sequence[str]]) -> tuple[Taken, ...]:
    return tuple(Taken(step, label) for step, label, *_ in trail)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= TOLD_LIMIT else line[: TOLD_LIMIT - 1].rsplit(" ", 1)[0] + "…"
