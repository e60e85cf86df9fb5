"""Questions people asked, to be tried again on a changed index, with what they told us of the answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations import NONE_OF_THESE
from bot.domain import ReplyKind, Surface
from bot.learning import thumbs_on, was_right
from bot.tables import QuestionRow
from knowledge.domain import Audience, Hit, Question
from knowledge.probes import Probe

_KINDS = (ReplyKind.ANSWER, ReplyKind.SUGGEST, ReplyKind.TICKET, ReplyKind.OFFER)
"""What was a question for the desk; remarks and small talk are not tried again."""


def probes_of(session: Session, most: int) -> list[tuple[Probe, bool]]:
    """The newest different questions, newest first, each with whether its words are private (no channel's)."""
    wanted = select(QuestionRow).where(QuestionRow.kind.in_([kind.value for kind in _KINDS]))
    rows = session.scalars(wanted.order_by(QuestionRow.id.desc()).limit(3 * most)).all()
    thumbs = thumbs_on(session, [row.id for row in rows])
    earlier = _earlier(rows)
    found: dict[tuple[str, ...], tuple[Probe, bool]] = {}
    for row in rows:
        key = (*earlier[row.id], " ".join(row.text.casefold().split()))
        if key not in found and len(found) < most:
            question = Question(row.text, earlier[row.id], row.addressed, Audience.internal())
            private = row.place.get("surface") != Surface.CHANNEL.value
            found[key] = Probe(question, _right_hit(row, thumbs.get(row.id, {}))), private
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
