"""Asks everything in a pair of sets and counts."""

from __future__ import annotations

from knowledge.domain import Question
from knowledge.evaluation.asking import Answering, Asked, Progress, ask_all, outcome_of, remark_of
from knowledge.evaluation.labelled_sets import LabelledSets
from knowledge.evaluation.scorecard import Measured


def measure(
    base: Answering, sets: LabelledSets, progress: Progress | None = None
) -> tuple[tuple[Asked, ...], Measured]:
    """Ask every question; when there is chatter, that and what has an answer once more, as overheard in a channel.

    What has no answer may be no business of the desk's: silence about it in a channel is no mistake.
    """
    base.verdict(Question("warm up"))  # the model's load time is nobody's answer time
    asked = tuple(ask_all(base, sets.questions, progress=progress))
    outcomes = tuple(outcome_of(item) for item in asked)
    if not sets.chatter:
        return asked, Measured(outcomes)
    answerable = [question for question in sets.questions if question.is_answerable]
    overheard = tuple(remark_of(item) for item in ask_all(base, answerable, addressed=False, progress=progress))
    chatter = tuple(remark_of(item) for item in ask_all(base, sets.chatter, addressed=False))
    return asked, Measured(outcomes, overheard, chatter)
