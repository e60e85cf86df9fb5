"""Asks labelled questions and notes, for each, where the right answer stood and what the desk did."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from knowledge.domain import Audience, Band, Cause, Hit, Question, Verdict
from knowledge.evaluation.labelled_sets import LabelledQuestion

Progress = Callable[[int, int], None]
"""Called after each question with (asked, in all)."""

NOT_FOR_THE_DESK = (Cause.SMALL_TALK, Cause.NOT_A_QUESTION, Cause.OFF_TOPIC)
"""Causes by which the gate keeps the desk silent; every other overheard text has passed it."""

NEVER_SHOWN = (Cause.SMALL_TALK, Cause.OFF_TOPIC, Cause.NOTHING_INDEXED)
"""Causes that keep an answer back whatever the confidence."""


class Answering(Protocol):
    """What is measured; KnowledgeBase is one."""

    def verdict(self, question: Question) -> Verdict:
        """The decision on a question."""


@dataclass(frozen=True)
class Asked:
    """One labelled question, the verdict on it, and how long that took on the clock."""

    question: LabelledQuestion
    verdict: Verdict
    ms: float


@dataclass(frozen=True)
class Outcome:
    """What came of one question, in numbers that can be kept and compared; no text of it.

    ``rank`` and ``page_rank`` are the place (from 1) of the first right hit and of the first hit on a right page,
    None when there is none. ``quoted``: the first hit's quote holds the expected words (None: nothing expected).
    ``hit_kind`` is the first hit's. ``allowed``: the band follows from confidence, nothing else keeps an answer back.
    """

    id: str
    style: str
    kind: str
    answerable: bool
    on_page: bool
    confidence: float
    band: Band
    hit_kind: str
    rank: int | None
    page_rank: int | None
    quoted: bool | None
    allowed: bool
    ms: float

    @property
    def is_right(self) -> bool:
        """Whether the first hit answers the question."""
        return self.rank == 1


@dataclass(frozen=True)
class Remark:
    """What came of one text overheard in a channel: whether the gate let it pass, and the band."""

    id: str
    kind: str
    passed: bool
    band: Band


def ask_all(
    base: Answering,
    questions: Sequence[LabelledQuestion],
    *,
    addressed: bool = True,
    progress: Progress | None = None,
    seconds: Callable[[], float] = time.perf_counter,
) -> Iterator[Asked]:
    """Ask one after the other, as a colleague would: to the desk, or (not addressed) in an opted-in channel."""
    for number, question in enumerate(questions, 1):
        asked = Question(question.text, question.earlier, addressed, Audience.internal())
        started = seconds()
        verdict = base.verdict(asked)
        elapsed = (seconds() - started) * 1000
        if progress is not None:
            progress(number, len(questions))
        yield Asked(question, verdict, round(elapsed, 3))


def outcome_of(asked: Asked) -> Outcome:
    """The numbers of one question asked to the desk."""
    question, verdict = asked.question, asked.verdict
    first = verdict.hits[0] if verdict.hits else None
    return Outcome(
        id=question.id,
        style=question.style,
        kind=question.kind,
        answerable=question.is_answerable,
        on_page=any(gold.path is not None for gold in question.gold),
        confidence=round(verdict.confidence, 6),
        band=verdict.band,
        hit_kind=first.kind.value if first else "",
        rank=_first(verdict.hits, lambda hit: any(gold.is_hit(hit) for gold in question.gold)),
        page_rank=_first(verdict.hits, lambda hit: any(gold.is_page(hit) for gold in question.gold)),
        quoted=_quoted(question, first),
        allowed=first is not None and verdict.cause not in NEVER_SHOWN,
        ms=asked.ms,
    )


def remark_of(asked: Asked) -> Remark:
    """What came of one overheard text."""
    verdict = asked.verdict
    return Remark(asked.question.id, asked.question.kind, verdict.cause not in NOT_FOR_THE_DESK, verdict.band)


def _first(hits: Sequence[Hit], is_it: Callable[[Hit], bool]) -> int | None:
    return next((place for place, hit in enumerate(hits, 1) if is_it(hit)), None)


def _quoted(question: LabelledQuestion, first: Hit | None) -> bool | None:
    """Any of the expected texts is enough: several right sections word it in their own ways."""
    if not question.must_contain:
        return None
    return first is not None and any(_plain(text) in _plain(first.quote) for text in question.must_contain)


def _plain(text: str) -> str:
    """Letters and digits only: a quote may be set differently from its source."""
    return _OTHER.sub(" ", text.casefold()).strip()


_OTHER = re.compile(r"[\W_]+")
