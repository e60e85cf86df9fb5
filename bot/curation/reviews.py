"""Which entries somebody should look at again, and in what order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.domain import ReplyKind
from bot.failures import records
from bot.tables import QuestionRow
from knowledge.domain import Entry, HitKind
from knowledge.drift import Drift, Drifted
from knowledge.entry_store import EntryStore
from knowledge.failing import Record
from knowledge.reviewing import due_on

LATELY = timedelta(days=90)
"""Answers given in this time count as citations of an entry."""


@dataclass(frozen=True)
class DueEntry:
    """An entry to look at: because its day has come, a page it cites changed, or its answers fail.

    ``due`` is the day since when; ``citations`` how often it was given as an answer lately.
    """

    entry: Entry
    due: date
    citations: int = 0
    drifted: tuple[Drifted, ...] = ()
    record: Record = Record()

    def weight(self, today: date) -> float:
        """Its place in the queue: citations times age."""
        return (self.citations + 1) * ((today - self.due).days + 1)


class Reviews:
    """Reads in the caller's transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def due(self, today: date) -> tuple[DueEntry, ...]:
        """Every published entry that is due today, the most cited and oldest first."""
        store = EntryStore(self._session)
        changed = {entry_id: moment.date() for entry_id, moment in store.changed_at().items()}
        drifted = self._drifted()
        failing = {entry_id: record for entry_id, record in records(self._session).items() if record.offset < 0}
        cited = citations(self._session, datetime.combine(today, datetime.min.time(), UTC) - LATELY)
        found = []
        for entry in store.published():
            since = _since(
                due_on(entry, changed.get(entry.id)), drifted.get(entry.id, ()), entry.id in failing, today
            )
            if since is not None and since <= today:
                record = failing.get(entry.id, Record())
                found.append(DueEntry(entry, since, cited.get(entry.id, 0), drifted.get(entry.id, ()), record))
        return tuple(sorted(found, key=lambda each: (-each.weight(today), each.entry.id)))

    def _drifted(self) -> dict[str, tuple[Drifted, ...]]:
        found: dict[str, tuple[Drifted, ...]] = {}
        for each in Drift(self._session).drifted():
            found[each.entry_id] = (*found.get(each.entry_id, ()), each)
        return found


def citations(session: Session, since: datetime) -> dict[str, int]:
    """How often each entry was given as an answer since then."""
    first = {name: QuestionRow.verdict[("hits", 0, name)].as_string() for name in ("id", "kind")}
    wanted = (
        select(first["id"], func.count())
        .where(QuestionRow.kind == ReplyKind.ANSWER.value, first["kind"] == HitKind.ENTRY.value)
        .where(QuestionRow.created_at >= since)
        .group_by(first["id"])
    )
    return {entry_id: count for entry_id, count in session.execute(wanted)}


def _since(due: date | None, drifted: tuple[Drifted, ...], fails: bool, today: date) -> date | None:
    """The earliest of its reasons."""
    days = [due] if due is not None else []
    days += [each.since.date() for each in drifted]
    return min([*days, today] if fails else days, default=None)
