"""What is left of a question once its words are erased: enough to count it, nothing that leads to a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations import FORGOTTEN
from bot.domain import Place, Surface
from bot.tables import FeedbackRow, QuestionRow, SolvedRow
from knowledge.signals import SIGNALS

_PLACE: TypeAdapter[Place] = TypeAdapter(Place)

_TEXTS = {"text": "", "quote": "", "matched": "", "template": "", "checklist": None}


def erase_questions(session: Session, rows: Iterable[QuestionRow]) -> tuple[int, ...]:
    """Empty these questions, and what people said of their answers. Returns their numbers."""
    erased = tuple(rows)
    numbers = tuple(row.id for row in erased)
    askers = {row.id: row.person for row in erased}
    for feedback in session.scalars(select(FeedbackRow).where(FeedbackRow.question_id.in_(numbers))):
        feedback.words = ""
        if not feedback.person.startswith(FORGOTTEN):
            feedback.person = pseudonym(feedback.id, own=feedback.person == askers[feedback.question_id])
    for row in erased:
        row.text, row.person = "", FORGOTTEN
        row.place, row.verdict = erased_place(row.place), erased_verdict(row.verdict)
    session.flush()
    return numbers


def erase_thumbs(session: Session, person: str) -> int:
    """What a person said of others' questions and tickets: the thumb stays, whose it was does not."""
    thumbs = session.scalars(select(FeedbackRow).where(FeedbackRow.person == person)).all()
    solved = session.scalars(select(SolvedRow).where(SolvedRow.person == person)).all()
    for thumb in thumbs:
        thumb.words, thumb.person = "", pseudonym(thumb.id)
    for answer in solved:
        answer.person = pseudonym(answer.id)
    session.flush()
    return len(thumbs) + len(solved)


def pseudonym(number: int, *, own: bool = False) -> str:
    """Instead of a person's id, where two people must stay two. ``own``: the asker's own word stays theirs."""
    return FORGOTTEN if own else f"{FORGOTTEN}:{number}"


def erased_place(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Only which open channel it was; a message's address or a direct message leads to its writer."""
    place = _PLACE.validate_python(stored)
    channel = place.channel if place.surface is Surface.CHANNEL else ""
    body: dict[str, Any] = _PLACE.dump_python(Place(place.team, channel, place.surface), mode="json")
    return body


def erased_verdict(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Without texts; the numbers stay, the desk learns from them."""
    hits = [{**hit, **_TEXTS} for hit in stored.get("hits") or ()]
    told = stored.get("explanation") or {}
    return {**stored, "hits": hits, "explanation": {name: told[name] for name in SIGNALS if name in told}}
