"""What people did with answers becomes lessons for the desk's confidence: thumbs, choices, tickets that followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.database import Database
from bot.domain import ReplyKind
from bot.logs import get_logger
from bot.regular import Regular
from bot.tables import FeedbackRow, QuestionRow
from knowledge.domain import HitKind
from knowledge.lessons import LEAST_LABELS, Lessons, Outcome, save_lessons
from knowledge.signals import SIGNALS

log = get_logger(__name__)

LOOK_EVERY = timedelta(hours=6)
MOST_QUESTIONS = 2_000
"""The newest ones that anybody judged teach; what was asked before them was asked about other content."""

_AT_ONCE = 100  # a verdict holds the texts of its hits: not all of them in memory together

_SHOWN = (ReplyKind.ANSWER.value, ReplyKind.SUGGEST.value)


class Teachable(Protocol):
    """Knowledge, as far as learning from outcomes goes."""

    def learned(self, outcomes: Sequence[Outcome]) -> Lessons:
        """What outcomes teach about the confidences. Changes nothing. Raises KnowledgeError."""


class Learning(Regular):
    """One look at a time, every LOOK_EVERY; a loop of the desk's runtime. Every desk follows what it saves."""

    def __init__(self, knowledge: Teachable, folder: Path, database: Database, clock: Clock) -> None:
        super().__init__(LOOK_EVERY, clock)
        self._knowledge = knowledge
        self._folder = folder
        self._database = database
        self._saved: Lessons | None = None

    def look(self, _now: datetime) -> None:
        """See Regular."""
        with self._database.read() as session:
            outcomes = tuple(outcomes_in(session))
        if len(outcomes) < LEAST_LABELS:
            return
        lessons = self._knowledge.learned(outcomes)
        if lessons != self._saved:
            save_lessons(self._folder, lessons)
            self._saved = lessons
            log.info("lessons_learned", entry_labels=lessons.entry.labels, passage_labels=lessons.passage.labels)


def outcomes_in(session: Session) -> Iterator[Outcome]:
    """What came of the newest questions, of those that anybody judged."""
    thumb = select(FeedbackRow.id).where(FeedbackRow.question_id == QuestionRow.id).exists()
    judged = or_(QuestionRow.chosen.is_not(None), QuestionRow.request_id.is_not(None), thumb)
    shown = select(QuestionRow.id).where(QuestionRow.kind.in_(_SHOWN), judged).order_by(QuestionRow.id.desc())
    numbers = session.scalars(shown.limit(MOST_QUESTIONS)).all()
    thumbs = thumbs_on(session, numbers)
    rows = (row for part in _parts(numbers) for row in _questions(session, part))
    for row in rows:
        right = was_right(row, thumbs.get(row.id, {}))
        hits = row.verdict.get("hits") or ()
        if right is not None and hits:
            yield Outcome(HitKind(hits[0]["kind"]), _signals(row.verdict.get("explanation") or {}), right)


def was_right(row: QuestionRow, thumbs: Mapping[str, bool]) -> bool | None:
    """Whether the first hit was right; None when nobody said so."""
    return judged(row.kind, row.person, row.chosen, row.request_id, thumbs)


def judged(
    kind: str, asker: str, chosen: int | None, request_id: int | None, thumbs: Mapping[str, bool]
) -> bool | None:
    """Whether the first hit was right, by what people did; None when nobody said so.

    What the asker chose says most, then the asker's own thumb, then the others' thumbs where they agree. A ticket
    after an answer says that it was none.
    """
    if chosen is not None:
        return chosen == 0
    if asker in thumbs:
        return thumbs[asker]
    if kind == ReplyKind.ANSWER and request_id is not None:
        return False
    said = set(thumbs.values())
    return said.pop() if len(said) == 1 else None


def _parts(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    yield from (numbers[start : start + _AT_ONCE] for start in range(0, len(numbers), _AT_ONCE))


def _questions(session: Session, numbers: Sequence[int]) -> Iterator[QuestionRow]:
    """Newest first; forgotten again once they were looked at."""
    yield from session.scalars(
        select(QuestionRow).where(QuestionRow.id.in_(numbers)).order_by(QuestionRow.id.desc())
    ).all()
    session.expunge_all()


def thumbs_on(session: Session, questions: Sequence[int]) -> dict[int, dict[str, bool]]:
    """Who found which question's answer helpful."""
    found: dict[int, dict[str, bool]] = {}
    wanted = set(questions)
    for row in session.scalars(select(FeedbackRow).where(FeedbackRow.question_id >= min(wanted, default=0))):
        if row.question_id in wanted:
            found.setdefault(row.question_id, {})[row.person] = row.helpful
    return found


def _signals(explanation: Mapping[str, Any]) -> dict[str, float]:
    found = {}
    for name in SIGNALS:
        try:
            found[name] = float(explanation[name])
        except (KeyError, TypeError, ValueError):
            continue  # kept by a version that did not know it
    return found
