"""What was asked before a test begins, as the desk keeps it; and the parts that look for gaps, without Slack."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session
from support_database import desk_database

from bot.conversations import Conversations
from bot.curation.curation import Curation
from bot.curation.gap_finder import LOOK_EVERY, GapFinder
from bot.curation.gaps import Gaps
from bot.curation.question_vectors import QuestionVectors
from bot.curation.undefined import Radar
from bot.database import Database
from bot.demo.slack_larkfield import ASK_MOPS, JONAS, MAYA, NOOR, PRIYA
from bot.domain import Asked, Place, Reply, ReplyKind, Surface
from bot.missing import GapList, Undefined
from bot.ops_people import OpsPeople
from bot.testing import verdict
from knowledge.domain import Band, Verdict
from knowledge.glossary import Glossary
from knowledge.glossary_store import JoinedGlossary
from knowledge.protocols import Matrix
from knowledge.testing import HashingEncoder

TEAM = "T0LARK"
PEOPLE = (MAYA, JONAS, NOOR, PRIYA)

_NOUNS = [
    "budget",
    "webinar",
    "banner",
    "invoice",
    "logo",
    "survey",
    "podcast",
    "badge",
    "coupon",
    "agenda",
    "domain",
]

_VERBS = ["approve", "print", "translate", "archive", "resize", "schedule"]


@dataclass
class Looking:
    """The parts over a database of their own; time passes when a test says so."""

    database: Database
    finder: GapFinder
    gaps: Gaps
    radar: Radar
    now: list[datetime]

    def listed(self) -> GapList:
        """What curators see, as last looked at."""
        with self.database.read() as session:
            return self.gaps.listed(session)

    def look(self) -> GapList:
        """The next look for gaps, and what it found."""
        self.now[0] += LOOK_EVERY + timedelta(seconds=1)
        while self.finder.run_once():
            pass
        return self.listed()

    def undefined(self) -> tuple[Undefined, ...]:
        """The abbreviations nobody defined."""
        with self.database.read() as session:
            return self.radar.listed(session)

    def asked(self, text: str, person: str = MAYA, days: float = 1, **more: object) -> int:
        """See ``asked``."""
        return asked(self.database, lambda: self.now[0], text, person, days=days, **more)  # type: ignore[arg-type]


def looking(folder: Path, now: datetime, glossary: Glossary | None = None) -> Looking:
    """Priya is the curator; only what is said in channels may be shown."""
    database, moments = desk_database(folder), [now]
    people = OpsPeople(frozenset({PRIYA}), "")

    def clock() -> datetime:
        return moments[0]

    def private(place: Place) -> bool:
        return place.surface is not Surface.CHANNEL

    joined = JoinedGlossary(lambda: glossary or Glossary(), database)
    radar = Radar(joined, people, private, database, clock)
    vectors = QuestionVectors(HashingEncoder(), database)
    finder = GapFinder(vectors, _nobody, radar, private, database, clock)
    return Looking(database, finder, Gaps(Curation(people, clock), people, clock), radar, moments)


def asked(
    database: Database,
    clock: Callable[[], datetime],
    text: str,
    person: str = MAYA,
    *,
    days: float = 1,
    reply: ReplyKind = ReplyKind.OFFER,
    found: Verdict | None = None,
    surface: Surface = Surface.CHANNEL,
) -> int:
    """Somebody asked this so many days ago; returns the question's id."""
    told = Reply(reply, found or verdict(Band.ESCALATE))
    with database.write() as session:
        return _record(session, text, person, clock() - timedelta(days=days), told, surface)


def usual_weeks(database: Database, clock: Callable[[], datetime]) -> None:
    """Three weeks of questions on all sorts of things, at different hours."""
    texts = [f"who can {verb} the {noun}?" for verb in _VERBS for noun in _NOUNS]
    told = Reply(ReplyKind.ANSWER, verdict(Band.ANSWER))
    with database.write() as session:
        for number, text in enumerate(texts):
            at = clock() - timedelta(days=21 - number / 4 - 0.5)
            _record(session, text, PEOPLE[number % len(PEOPLE)], at, told)


def _record(
    session: Session, text: str, person: str, at: datetime, reply: Reply, surface: Surface = Surface.CHANNEL
) -> int:
    ts = f"{at.timestamp():.6f}"
    place = Place(TEAM, ASK_MOPS if surface is Surface.CHANNEL else person, surface, ts, ts)
    return Conversations(session).record(Asked(text, person, place, addressed=True), reply, at)


def _nobody(_vectors: Matrix, _smallest: int) -> list[int]:
    raise AssertionError("these tests ask too few questions for densities")
