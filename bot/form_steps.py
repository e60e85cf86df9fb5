"""A request form while it is filled in: its fields in steps that fit a phone. Pure.

Fields keep their order, so what belongs together stays together; what the tracker asks for besides comes first.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot import form_texts
from bot.incoming import FormContext
from escalation.domain import Answer, Answers, FieldProblem, Form, FormField, TrackerField

MAX_INPUTS = 12
"""Inputs of one step: about four screens of a phone."""

TRACKER = "tracker."
"""Begins the keys of answers to the tracker's own fields."""

PRIVATE = "desk.private"
"""The key under which "keep this private" is kept with the answers."""


@dataclass(frozen=True)
class Unfinished:
    """A form somebody typed into and did not send."""

    draft_id: int
    form_name: str
    age: timedelta


@dataclass(frozen=True)
class Sheet:
    """A form as it is shown to a person: its type, what is filled in, and tracker fields asked for besides.

    ``answers`` hold those to the tracker's fields too, under ``TRACKER`` and their ids. ``read`` are the keys of
    answers read from the person's words; ``unfinished`` is another form they may go back to.
    """

    form: Form
    answers: Answers
    context: FormContext
    extra: tuple[TrackerField, ...] = ()
    read: tuple[str, ...] = ()
    unfinished: Unfinished | None = None
    outlook: str = ""  # what is ahead of the request, and from when it is realistic

    @property
    def fields(self) -> tuple[FormField, ...]:
        """Everything that is asked for, in order."""
        return (*map(tracker_field, self.extra), *self.form.fields)

    @property
    def steps(self) -> tuple[tuple[FormField, ...], ...]:
        """The fields by step."""
        return steps(self.fields)

    @property
    def step(self) -> int:
        """The open step, from 0."""
        return min(max(self.context.step, 0), len(self.steps) - 1)

    @property
    def here(self) -> tuple[FormField, ...]:
        """The fields of the open step."""
        return self.steps[self.step]

    @property
    def is_last(self) -> bool:
        """Whether the open step is the last one."""
        return self.step == len(self.steps) - 1

    @property
    def private(self) -> bool:
        """Whether the person wants their words kept out of channels."""
        return PRIVATE in self.answers

    @property
    def adding(self) -> bool:
        """Whether the request exists and this adds to it."""
        return self.context.request_id is not None

    def at(self, step: int) -> Sheet:
        """The same form, open at another step."""
        return replace(self, context=replace(self.context, step=step, form_id=self.form.id))

    def own_answers(self) -> dict[str, Answer]:
        """The answers to the form itself; what was typed for another request type stays in the draft."""
        return {field.key: self.answers[field.key] for field in self.form.fields if field.key in self.answers}

    def tracker_answers(self) -> dict[str, Answer]:
        """The answers to the tracker's fields, by its own ids."""
        return {k.removeprefix(TRACKER): v for k, v in self.answers.items() if k.startswith(TRACKER)}


@dataclass(frozen=True)
class Filled:
    """What an open view holds: the fields it shows, and the answers to those that have one."""

    form_id: str = ""
    shown: frozenset[str] = frozenset()
    answers: Mapping[str, Answer] = field(default_factory=dict)

    def onto(self, kept: Answers) -> dict[str, Answer]:
        """What was kept, with what is shown now in its place: an emptied input is an emptied answer."""
        return {**{key: answer for key, answer in kept.items() if key not in self.shown}, **self.answers}


def steps(fields: Sequence[FormField]) -> tuple[tuple[FormField, ...], ...]:
    """The fields in steps of about the same length; at least one step, be it empty."""
    count = max(1, math.ceil(len(fields) / MAX_INPUTS))
    size = math.ceil(len(fields) / count)
    return tuple(tuple(fields[at * size : (at + 1) * size]) for at in range(count))


def step_of(problems: Sequence[FieldProblem], parts: Sequence[Sequence[FormField]]) -> int:
    """The first step with a problem."""
    wrong = {problem.key for problem in problems}
    return next((number for number, part in enumerate(parts) if any(f.key in wrong for f in part)), 0)


def tracker_field(tracker: TrackerField) -> FormField:
    """A tracker field as a mandatory form field."""
    key = f"{TRACKER}{tracker.id}"
    return FormField(key, tracker.name, tracker.type, True, form_texts.TRACKER_ASKS, options=tracker.options)
