"""Walking through a checklist: where somebody stands after the choices they made. Pure; nothing here can fail.

A checklist is a tree of questions that was checked when it was written (``checklist_check``). One that was not, made
by hand, still ends: a walk never visits a step twice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import NamedTuple

from knowledge.domain import Checklist, Choice, Outcome, Step

MARK_LENGTH = 10


class Taken(NamedTuple):
    """A choice somebody made at a step, by its words: they outlive a change of the checklist."""

    step: str
    label: str


@dataclass(frozen=True)
class Walk:
    """A way through a checklist, as far as somebody has come."""

    checklist: Checklist
    made: tuple[tuple[Step, Choice], ...] = ()

    @classmethod
    def along(cls, checklist: Checklist, trail: Iterable[Taken]) -> Walk | None:
        """The walk that made these choices; None when the checklist has no such way."""
        walk = cls(checklist)
        for taken in trail:
            step = walk.step
            place = (
                next((n for n, choice in enumerate(step.choices) if choice.label == taken.label), -1) if step else -1
            )
            if step is None or step.id != taken.step or place < 0:
                return None
            walk = walk.choose(place)
        return walk

    @property
    def step(self) -> Step | None:
        """The question that is open; None at the end."""
        if not self.made:
            return self.checklist.steps[0] if self.checklist.steps else None
        wanted = self.made[-1][1].next
        seen = {step.id for step, _ in self.made}
        return next((s for s in self.checklist.steps if s.id == wanted and s.id not in seen), None)

    @property
    def outcome(self) -> Outcome | None:
        """Where it ended; None while a question is open."""
        if self.step is not None or not self.made:
            return None
        return self.made[-1][1].outcome or Outcome()

    @property
    def trail(self) -> tuple[Taken, ...]:
        """The choices, to be kept."""
        return tuple(Taken(step.id, choice.label) for step, choice in self.made)

    def choose(self, place: int) -> Walk:
        """After the choice at ``place`` (from 0); the same walk where there is none."""
        step = self.step
        if step is None or not 0 <= place < len(step.choices):
            return self
        return Walk(self.checklist, (*self.made, (step, step.choices[place])))

    def back(self) -> Walk:
        """Before the last choice."""
        return Walk(self.checklist, self.made[:-1])


def known(step: Step, choice: Choice) -> str:
    """What a choice says, in a few words: its note, else the question with the answer."""
    return choice.note or f"{step.ask} {choice.label}"


def texts_of(checklist: Checklist) -> Iterator[str]:
    """Every text that may hold variables."""
    yield checklist.intro
    for step in checklist.steps:
        yield from (step.ask, step.help)
        yield from (choice.outcome.text for choice in step.choices if choice.outcome)


def mark_of(checklist: Checklist) -> str:
    """A short name of exactly this content: buttons carry it, so that those of another version are told apart."""
    body = json.dumps(asdict(checklist), sort_keys=True)
    return hashlib.sha256(body.encode()).hexdigest()[:MARK_LENGTH]
