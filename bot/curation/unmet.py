"""Which questions had no good answer: none of what was offered, handed to people, a thumb down, a ticket after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Row, func, or_, select
from sqlalchemy.orm import Session

from bot.conversations import NONE_OF_THESE
from bot.domain import Place, ReplyKind
from bot.personal import for_colleagues
from bot.tables import FeedbackRow, QuestionRow
from escalation.request_store import RequestStore

_PLACE: TypeAdapter[Place] = TypeAdapter(Place)

_SHOWN = (ReplyKind.ANSWER.value, ReplyKind.SUGGEST.value)
_HANDED_OVER = (ReplyKind.TICKET.value, ReplyKind.OFFER.value)
_COUNTED = (*_SHOWN, *_HANDED_OVER)

_AT_ONCE = 500

IsPrivate = Callable[[Place], bool]
"""Whether what was said at a place is not for every colleague to read."""


@dataclass(frozen=True)
class Unmet:
    """A question without a good answer, as far as looking for gaps needs it."""

    id: int
    text: str
    place: Place
    request_id: int | None


UNMET = (QuestionRow.id, QuestionRow.text, QuestionRow.place, QuestionRow.request_id)
"""The columns that ``unmet_in`` reads."""


def unmet_questions(session: Session, since: datetime, most: int) -> tuple[Unmet, ...]:
    """The newest ones since then, oldest first. Forgotten ones are not among them."""
    wanted = (
        select(*UNMET)
        .where(QuestionRow.created_at >= since, QuestionRow.addressed, QuestionRow.text != "", _had_no_answer())
        .order_by(QuestionRow.id.desc())
        .limit(most)
    )
    return unmet_in(reversed(session.execute(wanted).all()))


def questions_of(session: Session, numbers: Sequence[int]) -> tuple[Unmet, ...]:
    """The questions with these numbers, oldest first."""
    return unmet_in(session.execute(select(*UNMET).where(QuestionRow.id.in_(numbers)).order_by(QuestionRow.id)))


def unmet_in(rows: Iterable[Row[Any]]) -> tuple[Unmet, ...]:
    """The questions of rows that hold UNMET, as colleagues may read them."""
    return tuple(Unmet(row.id, for_colleagues(row.text), place_of(row.place), row.request_id) for row in rows)


def texts_since(session: Session, since: datetime) -> frozenset[str]:
    """Everything that was asked since then and is not forgotten."""
    wanted = select(QuestionRow.text).where(QuestionRow.created_at >= since, QuestionRow.text != "").distinct()
    return frozenset(session.scalars(wanted))


def shown_instead(session: Session, questions: Iterable[int]) -> dict[int, str]:
    """The title of the first thing the desk showed for each question; those it showed nothing for are left out."""
    numbers, found = sorted(questions), {}
    title = QuestionRow.verdict["hits"][0]["title"].as_string()
    for start in range(0, len(numbers), _AT_ONCE):
        wanted = QuestionRow.id.in_(numbers[start : start + _AT_ONCE]), QuestionRow.kind.in_(_SHOWN)
        rows = session.execute(select(QuestionRow.id, title).where(*wanted))
        found.update({number: shown for number, shown in rows if shown})
    return found


def place_of(stored: Mapping[str, Any]) -> Place:
    """A question's place, as its row has it."""
    return _PLACE.validate_python(stored)


def asked_in_private(questions: Iterable[Unmet], at: IsPrivate) -> frozenset[int]:
    """Those asked where not every colleague can read. Slack is asked once per channel, outside of any transaction."""
    questions = tuple(questions)
    by_channel = {(one.place.surface, one.place.channel): one.place for one in questions}
    private = {where: at(place) for where, place in by_channel.items()}
    return frozenset(one.id for one in questions if private[one.place.surface, one.place.channel])


def with_private_request(session: Session, questions: Iterable[Unmet]) -> frozenset[int]:
    """Those whose request is for the ops team's eyes only."""
    requests = RequestStore(session)
    found = ((one.id, requests.get(one.request_id)) for one in questions if one.request_id is not None)
    return frozenset(number for number, request in found if request and request.draft.origin.private)


def _had_no_answer() -> ColumnElement[bool]:
    thumbs_down = (
        select(func.count())
        .where(FeedbackRow.question_id == QuestionRow.id, FeedbackRow.helpful.is_(False))
        .scalar_subquery()
    )
    return QuestionRow.kind.in_(_COUNTED) & or_(
        QuestionRow.kind.in_(_HANDED_OVER),
        QuestionRow.chosen == NONE_OF_THESE,
        QuestionRow.request_id.is_not(None),
        thumbs_down > 0,
    )
