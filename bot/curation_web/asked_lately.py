"""The last questions people asked, with what they were told then: to be asked again now.

Words said in private (direct messages, slash commands, private channels and requests) are shown to nobody; such
questions are only counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.curation.real_questions import asked_of, newest_questions
from bot.curation.unmet import IsPrivate, asked_in_private, with_private_request
from bot.help_desk import Judges
from bot.tables import QuestionRow
from knowledge.domain import Audience, Band, Question, Verdict


@dataclass(frozen=True)
class Told:
    """What people got: the band, and the first hit's id and title where something was given."""

    band: Band
    confidence: float
    given: str
    title: str


@dataclass(frozen=True)
class AskedAgain:
    """A question, what it got then and what it gets now."""

    text: str
    at: datetime
    then: Told
    now: Told

    @property
    def differs(self) -> bool:
        """Whether people would see something else."""
        return (self.then.band, self.then.given) != (self.now.band, self.now.given)


@dataclass(frozen=True)
class Lately:
    """Questions newest first; ``private`` is how many more there were whose words stay private."""

    asked: tuple[tuple[str, datetime, Told], ...]
    private: int


def asked_lately(session: Session, most: int, is_private: IsPrivate) -> Lately:
    """The newest questions that the desk decided on, each text once."""
    rows = newest_questions(session, most, QuestionRow.addressed.is_(True))
    asked = [asked_of(row) for row in rows]
    private = asked_in_private(asked, is_private) | with_private_request(session, asked)
    found: dict[str, tuple[str, datetime, Told]] = {}
    for row in rows:
        if row.id in private:
            continue
        hits: list[dict[str, Any]] = row.verdict.get("hits") or [{}]
        first = hits[0]
        told = _told(Band(row.band), row.confidence, first.get("id", ""), first.get("title", ""))
        found.setdefault(" ".join(row.text.casefold().split()), (row.text, row.created_at, told))
    return Lately(tuple(found.values()), len(private))


def asked_again(lately: Lately, knowledge: Judges) -> tuple[AskedAgain, ...]:
    """Every question asked again, as a colleague would; what differs comes first. Raises KnowledgeError."""
    again = [AskedAgain(text, at, then, _now(knowledge, text)) for text, at, then in lately.asked]
    return tuple(sorted(again, key=lambda each: not each.differs))


def _now(knowledge: Judges, text: str) -> Told:
    verdict: Verdict = knowledge.verdict(Question(text, audience=Audience.internal()))
    first = verdict.hits[0] if verdict.hits else None
    return _told(verdict.band, verdict.confidence, first.id if first else "", first.title if first else "")


def _told(band: Band, confidence: float, given: str, title: str) -> Told:
    shown = band in (Band.ANSWER, Band.SUGGEST)
    return Told(band, confidence, given if shown else "", title if shown else "")
