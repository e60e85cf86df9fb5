"""Gaps in the database: which questions belong to which, and what was decided about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from bot.bookmarks import hold
from bot.curation.missing_tables import GapQuestionRow, GapRow
from bot.missing import GapState

_TURN = "gaps:turn"


@dataclass(frozen=True)
class Group:
    """Questions found to belong together, nearest to the middle first. ``near``: cosines to it.

    ``medoid``: the first of them whose words may be shown; None when there is none.
    """

    questions: tuple[int, ...]
    near: tuple[float, ...]
    medoid: int | None
    terms: tuple[str, ...]


class GapStore:
    """Works in the caller's transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def shown(self) -> dict[int, str]:
        """What the desk showed instead, by question, as far as it was looked up before."""
        rows = self._session.execute(select(GapQuestionRow.question_id, GapQuestionRow.shown))
        return {number: shown for number, shown in rows}

    def hold(self) -> None:
        """Whoever changes what belongs together waits until the transaction ends."""
        hold(self._session, _TURN)

    def keep(self, groups: Sequence[Group], private: frozenset[int], shown: Mapping[int, str], now: datetime) -> None:
        """Replace what belongs together. A group goes on as the gap most of its questions were in, as decided."""
        self.hold()
        belonged = self._belonged()
        gaps = {row.id: row for row in self._session.scalars(select(GapRow).order_by(GapRow.id).with_for_update())}
        taken: set[int] = set()
        rows = [self._row(group, belonged, gaps, taken, now) for group in groups]
        self._session.execute(delete(GapQuestionRow))
        self._session.flush()  # gives new gaps their ids
        members = [
            {
                "question_id": question,
                "gap_id": row.id,
                "near": near,
                "private": question in private,
                "shown": shown.get(question, "")[:300],
            }
            for group, row in zip(groups, rows, strict=True)
            for question, near in zip(group.questions, group.near, strict=True)
        ]
        if members:
            self._session.execute(insert(GapQuestionRow), members)
        self._session.execute(delete(GapRow).where(GapRow.id.in_(gaps.keys() - taken)))

    def decide(self, gap_id: int, state: GapState, by: str, now: datetime) -> GapRow | None:
        """Remember what became of a gap; None when it is gone."""
        row = self._session.get(GapRow, gap_id, with_for_update=True)
        if row is not None:
            row.state, row.decided_by, row.decided_at = state.value, by, now
        return row

    def _belonged(self) -> dict[int, int]:
        rows = self._session.execute(select(GapQuestionRow.question_id, GapQuestionRow.gap_id))
        return {question: gap for question, gap in rows}

    def _row(
        self, group: Group, belonged: dict[int, int], gaps: dict[int, GapRow], taken: set[int], now: datetime
    ) -> GapRow:
        """The gap a group goes on as, with its new middle; a new one where none is left."""
        counts = Counter(belonged[one] for one in group.questions if one in belonged)
        free = [(-count, gap) for gap, count in counts.items() if gap in gaps and gap not in taken]
        if free:
            row = gaps[min(free)[1]]
            taken.add(row.id)
        else:
            row = GapRow(state=GapState.OPEN.value, terms=[], reason="", updated_at=now)
            self._session.add(row)
        if (row.medoid, row.terms) != (group.medoid, list(group.terms)):
            row.medoid, row.terms, row.updated_at = group.medoid, list(group.terms), now
        return row
