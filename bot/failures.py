"""Which entries' answers keep failing: what people said about them since they were last written or reviewed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.database import Database
from bot.domain import ReplyKind
from bot.learning import judged, thumbs_on
from bot.logs import get_logger
from bot.regular import Regular
from bot.tables import FeedbackRow, QuestionRow
from knowledge.domain import HitKind
from knowledge.entry_store import EntryStore
from knowledge.failing import Failing, Record, save_failing, saved_failing

log = get_logger(__name__)

LOOK_EVERY = timedelta(minutes=1)
"""A review lifts the loss of confidence within a minute."""

MOST_ANSWERS = 2_000
"""The newest ones that anybody judged."""

_FIRST = ("hits", 0)


class Failures(Regular):
    """One look at a time, every LOOK_EVERY; a loop of the desk's runtime. Every desk follows what it saves."""

    def __init__(self, folder: Path, database: Database, clock: Clock) -> None:
        super().__init__(LOOK_EVERY, clock)
        self._folder = folder
        self._database = database

    def look(self, _now: datetime) -> None:
        """See Regular."""
        with self._database.read() as session:
            failing = Failing.of(records(session))
        if dict(failing.offsets) != dict(saved_failing(self._folder).offsets):
            save_failing(self._folder, failing)
            log.info("failing_entries", entries=len(failing.offsets))


def records(session: Session) -> dict[str, Record]:
    """What people said of each entry's answers, by entry id; entries nobody judged are left out."""
    since = EntryStore(session).changed_at()
    right: dict[str, int] = defaultdict(int)
    wrong: dict[str, int] = defaultdict(int)
    for entry_id, asked_at, was_right in _judgements(session):
        if entry_id in since and asked_at >= since[entry_id]:
            (right if was_right else wrong)[entry_id] += 1
    return {entry_id: Record(right[entry_id], wrong[entry_id]) for entry_id in {*right, *wrong}}


def _judgements(session: Session) -> Iterator[tuple[str, datetime, bool]]:
    """Entry, when its answer was given, and whether it was right, newest first."""
    first = {name: QuestionRow.verdict[(*_FIRST, name)].as_string() for name in ("id", "kind")}
    thumb = select(FeedbackRow.id).where(FeedbackRow.question_id == QuestionRow.id).exists()
    wanted = (
        select(QuestionRow.id, QuestionRow.person, QuestionRow.kind, QuestionRow.chosen, QuestionRow.request_id)
        .add_columns(QuestionRow.created_at, first["id"].label("entry_id"))
        .where(QuestionRow.kind == ReplyKind.ANSWER.value, first["kind"] == HitKind.ENTRY.value)
        .where(or_(QuestionRow.chosen.is_not(None), QuestionRow.request_id.is_not(None), thumb))
        .order_by(QuestionRow.id.desc())
        .limit(MOST_ANSWERS)
    )
    rows = session.execute(wanted).all()
    thumbs: Mapping[int, Mapping[str, bool]] = thumbs_on(session, [row.id for row in rows])
    for row in rows:
        right = judged(row.kind, row.person, row.chosen, row.request_id, thumbs.get(row.id, {}))
        if right is not None:
            yield row.entry_id, row.created_at, right
