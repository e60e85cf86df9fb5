"""Looks for gaps now and then: which questions without a good answer ask for the same. A loop of the desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy.orm import Session

from bot.bookmarks import bookmark, remember
from bot.clock import Clock
from bot.curation.gap_store import GapStore, Group
from bot.curation.question_vectors import QuestionVectors
from bot.curation.undefined import Radar
from bot.curation.unmet import (
    IsPrivate,
    Unmet,
    asked_in_private,
    shown_instead,
    texts_since,
    unmet_questions,
    with_private_request,
)
from bot.database import Database
from bot.logs import get_logger
from knowledge.child_process import ChildStopped
from knowledge.errors import KnowledgeError
from knowledge.protocols import Matrix
from knowledge.question_clusters import Labels, clusters_of, top_terms

log = get_logger(__name__)

LOOK_EVERY = timedelta(minutes=15)
SOON = timedelta(minutes=1)
FEW = 500
"""Fewer questions than this are looked at every minute: it costs milliseconds, and whoever curates need not wait."""

PERIOD = timedelta(days=90)
"""Older questions were asked about other content, and by people who found out meanwhile."""

MOST = 5_000
LOOKED = "gaps:looked"
"""The bookmark that says when anybody looked last: of several processes one does."""


class GapFinder:
    """One look every LOOK_EVERY, or SOON while questions are few; vectors are made a few at a time before it."""

    def __init__(
        self,
        vectors: QuestionVectors,
        labels: Labels,
        radar: Radar,
        private: IsPrivate,
        database: Database,
        clock: Clock,
    ) -> None:
        self._vectors = vectors
        self._labels = labels
        self._radar = radar
        self._private = private
        self._database = database
        self._clock = clock
        self._next_look: datetime | None = None
        self._found: tuple[Unmet, ...] | None = None
        self._every = SOON

    def run_once(self) -> bool:
        """Do a piece of the look, if it is time to. Returns whether there is more to do."""
        now = self._clock()
        if self._next_look is not None and now < self._next_look:
            return False
        try:
            more = self._look(now)
        except (ChildStopped, KnowledgeError) as exc:
            log.warning("gaps_not_looked_for", error=type(exc).__name__, why=str(exc))
            more = False
        if not more:
            self._next_look = now + self._every
        return more

    def _look(self, now: datetime) -> bool:
        with self._database.read() as session:
            looked = bookmark(session, LOOKED)
            questions = unmet_questions(session, now - PERIOD, MOST)
        self._every = SOON if len(questions) < FEW else LOOK_EVERY
        if looked and datetime.fromisoformat(looked) > now - self._every:
            return False
        if self._vectors.prepare([one.text for one in questions]):
            return True
        if questions != self._found:
            self._group(questions, now)
        self._radar.look(now)
        with self._database.read() as session:
            texts = texts_since(session, now - PERIOD)
        self._vectors.forget_all_but(texts)
        with self._database.write() as session:
            remember(session, LOOKED, now.isoformat())
        return False

    def _group(self, questions: tuple[Unmet, ...], now: datetime) -> None:
        vectors = self._vectors.of([one.text for one in questions])
        private = asked_in_private(questions, self._private)
        with self._database.read() as session:
            private |= with_private_request(session, questions)
            shown = GapStore(session).shown()
            shown |= shown_instead(session, {one.id for one in questions} - shown.keys())
        groups = grouped(questions, vectors, private, self._labels)
        with self._database.write() as session:
            GapStore(session).hold()  # whoever is forgotten is so before this, or after it
            GapStore(session).keep(_still_there(session, groups, now), private, shown, now)
        self._found = questions
        log.info("gaps_looked_for", questions=len(questions), groups=sum(len(one.questions) > 1 for one in groups))


def grouped(
    questions: Sequence[Unmet], vectors: Matrix, private: frozenset[int], labels: Labels
) -> tuple[Group, ...]:
    """Every question in a group, its own where nothing is like it; larger groups first."""
    clusters = clusters_of(vectors, labels)
    members = [(cluster.members, cluster.near) for cluster in clusters]
    together = {place for places, _ in members for place in places}
    members += [((place,), (1.0,)) for place in np.arange(len(questions)).tolist() if place not in together]
    readable = [[one for one in places if questions[one].id not in private] for places, _ in members]
    terms = top_terms([[questions[one].text for one in places] for places in readable])
    return tuple(
        Group(
            questions=tuple(questions[one].id for one in places),
            near=near,
            medoid=questions[open_ones[0]].id if open_ones else None,
            terms=told,
        )
        for (places, near), open_ones, told in zip(members, readable, terms, strict=True)
    )


def _still_there(session: Session, groups: Sequence[Group], now: datetime) -> tuple[Group, ...]:
    """The groups, unless somebody was forgotten while they were made: then without the words that told them apart."""
    left = {one.id for one in unmet_questions(session, now - PERIOD, 2 * MOST)}
    return tuple(group for group in groups if left.issuperset(group.questions))
