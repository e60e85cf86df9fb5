"""What becomes of people who go through checklists: which way they take, what explains it, what ends in a ticket."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import checklist_texts
from bot.checklist_runs import RunState
from bot.tables import ChecklistRunRow, QuestionRow
from knowledge.domain import Checklist
from knowledge.entry_store import EntryStore


@dataclass(frozen=True)
class Branch:
    """One answer to one question: how many gave it, how many of them ended right there, and how many in a ticket.

    ``ask`` is "" for a question the checklist no longer has.
    """

    step: str
    ask: str
    label: str
    taken: int
    ended: int
    tickets: int


@dataclass(frozen=True)
class ChecklistReport:
    """One entry's checklist. Who ``left`` stopped on the way: started = explained + tickets + left."""

    entry_id: str
    title: str
    started: int
    explained: int
    tickets: int
    left: int
    branches: tuple[Branch, ...]


@dataclass(frozen=True)
class _Went:
    """One person's way."""

    entry_id: str
    trail: tuple[tuple[str, str], ...]
    explained: bool
    ticket: bool


def checklist_reports(session: Session, since: datetime | None = None) -> tuple[ChecklistReport, ...]:
    """Every checklist that somebody began (since then), most begun first. What was taken back does not count."""
    ways: dict[str, list[_Went]] = {}
    for went in _ways(session, since):
        ways.setdefault(went.entry_id, []).append(went)
    reports = [_report(session, entry_id, found) for entry_id, found in ways.items()]
    return tuple(sorted(reports, key=lambda report: (-report.started, report.entry_id)))


def report_lines(report: ChecklistReport) -> tuple[str, ...]:
    """The report in plain words, a line for the whole and one for each branch; not escaped."""
    lines = [checklist_texts.report(report.title, report.started, report.explained, report.tickets, report.left)]
    for branch in report.branches:
        asked = branch.ask or branch.step
        lines.append(checklist_texts.branch(asked, branch.label, branch.taken, report.started, branch.tickets))
    return tuple(lines)


def _ways(session: Session, since: datetime | None) -> Iterable[_Went]:
    wanted = (
        select(ChecklistRunRow, QuestionRow.request_id)
        .join(QuestionRow, QuestionRow.id == ChecklistRunRow.question_id)
        .order_by(ChecklistRunRow.id)
    )
    if since is not None:
        wanted = wanted.where(ChecklistRunRow.started_at >= since)
    for row, request_id in session.execute(wanted):
        trail = tuple((step, label) for step, label, *_ in row.trail)
        ticket = row.state == RunState.TICKET or request_id is not None
        yield _Went(row.entry_id, trail, row.state == RunState.EXPLAINED and not ticket, ticket)


def _report(session: Session, entry_id: str, ways: list[_Went]) -> ChecklistReport:
    entry = EntryStore(session).get(entry_id)
    taken = Counter(branch for went in ways for branch in went.trail)
    ended = Counter(went.trail[-1] for went in ways if went.trail)
    tickets = Counter(branch for went in ways if went.ticket for branch in went.trail)
    asks, order = _known(entry.checklist if entry else None)
    branches = [
        Branch(step, asks.get(step, ""), label, taken[step, label], ended[step, label], tickets[step, label])
        for step, label in sorted({*taken, *order}, key=lambda branch: (order.get(branch, len(order)), branch))
    ]
    explained, with_ticket = sum(went.explained for went in ways), sum(went.ticket for went in ways)
    left = len(ways) - explained - with_ticket
    title = entry.question if entry else entry_id
    return ChecklistReport(entry_id, title, len(ways), explained, with_ticket, left, tuple(branches))


def _known(checklist: Checklist | None) -> tuple[dict[str, str], dict[tuple[str, str], int]]:
    """The questions by step, and the place of each branch, as the checklist is now."""
    steps = checklist.steps if checklist else ()
    order = [(step.id, choice.label) for step in steps for choice in step.choices]
    return {step.id: step.ask for step in steps}, {branch: place for place, branch in enumerate(order)}
