"""Questions people asked, to be tried again on a changed index, with what they told us of the answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from bot.conversations import NONE_OF_THESE
from bot.curation.unmet import Unmet, place_of
from bot.domain import QUESTION_KINDS
from bot.learning import thumbs_on, was_right
from bot.personal import for_colleagues
from bot.tables import QuestionRow
from knowledge.domain import Audience, Hit, Question
from knowledge.probes import Probe


@dataclass(frozen=True)
class RealQuestion:
    """A question to try again; ``asked`` says where it came from."""

    probe: Probe
    asked: Unmet


def newest_questions(session: Session, most: int, *conditions: ColumnElement[bool]) -> Sequence[QuestionRow]:
    """The last questions the desk decided on, newest first, without what people had it forget."""
    kinds = [kind.value for kind in QUESTION_KINDS]
    wanted = select(QuestionRow).where(QuestionRow.kind.in_(kinds), QuestionRow.text != "", *conditions)
    return session.scalars(wanted.order_by(QuestionRow.id.desc()).limit(most)).all()


def asked_of(row: QuestionRow) -> Unmet:
    """Where a question came from, as far as its privacy goes."""
    return Unmet(row.id, for_colleagues(row.text), place_of(row.place), row.request_id)


def real_questions(session: Session, most: int) -> list[RealQuestion]:
    """The newest different ones, newest first."""
    rows = newest_questions(session, 3 * most)
    thumbs = thumbs_on(session, [row.id for row in rows])
    earlier = _earlier(rows)
    found: dict[tuple[str, ...], RealQuestion] = {}
    for row in rows:
        key = (*earlier[row.id], " ".join(row.text.casefold().split()))
        if key not in found and len(found) < most:
            question = Question(for_colleagues(row.text), earlier[row.id], row.addressed, Audience.internal())
            probe = Probe(question, _right_hit(row, thumbs.get(row.id, {})))
            found[key] = RealQuestion(probe, asked_of(row))
    return list(found.values())


def _earlier(rows: Iterable[QuestionRow]) -> dict[int, tuple[str, ...]]:
    """What was asked before in the same thread, as far as it is among the rows."""
    threads: dict[int, list[str]] = defaultdict(list)
    before: dict[int, tuple[str, ...]] = {}
    for row in sorted(rows, key=lambda each: each.id):
        before[row.id] = tuple(threads[row.conversation_id])
        threads[row.conversation_id].append(row.text)
    return before


def _right_hit(row: QuestionRow, thumbs: Mapping[str, bool]) -> Callable[[Hit], bool] | None:
    """Tells the hit that somebody said was right; None when nobody did."""
    hits = row.verdict.get("hits") or ()
    place = row.chosen if row.chosen is not None else 0
    right = place != NONE_OF_THESE if row.chosen is not None else was_right(row, thumbs)
    if not right or place >= len(hits):
        return None
    chosen = hits[place]

    def is_right(hit: Hit) -> bool:
        return (hit.id, hit.heading) == (chosen["id"], chosen["heading"])

    return is_right
