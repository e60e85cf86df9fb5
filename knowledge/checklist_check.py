"""Turns a checklist as typed into a Checklist, or says everything that is wrong with it.

What passes ends, whatever people click: every step can be reached, every choice leads on, nothing goes in circles,
and all of it fits into a message on a phone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from knowledge.domain import Checklist, Choice, Outcome, SourceLink, Step
from knowledge.faq_draft import (
    DraftChecklist,
    DraftChoice,
    DraftOutcome,
    DraftSource,
    DraftStep,
    ProblemList,
    Text,
    did_you_mean,
)

MAX_STEPS = 30
MAX_DEPTH = 8
"""Questions in a row: more is no checklist but an interrogation, and each leaves a line in the message."""

MIN_CHOICES, MAX_CHOICES = 2, 4
MAX_LABEL = 40  # Slack takes 75 on a button; a phone shows about that many
MAX_ASK = 250
MAX_HELP = 600
MAX_INTRO = 400
MAX_NOTE = 120
MAX_OUTCOME = 1_200
MAX_TICKET = 60
MAX_SOURCES = 3
MAX_STEP_ID = 40

_ID = re.compile(r"\w[\w-]*")


class ReadsTexts(Protocol):
    """Checks the texts of one entry and reports what is wrong with them."""

    @property
    def label(self) -> str:
        """The entry, for messages."""

    @property
    def problems(self) -> ProblemList:
        """Where problems go."""

    def line_of_text(self, text: Text | None, what: str, limit: int) -> str:
        """A text on one line."""

    def block(self, text: Text | None, what: str, limit: int) -> str:
        """A text of several lines."""

    def variables(self, text: Text | None, what: str) -> None:
        """Reports variables that are not known."""

    def source(self, draft: DraftSource) -> SourceLink:
        """A link."""


def checklist_of(draft: DraftChecklist | None, check: ReadsTexts) -> Checklist | None:
    """The checklist. It is only good for use when nothing was reported."""
    if draft is None:
        return None
    if not draft.steps:
        check.problems.add(draft.line, f"the checklist of {check.label} has no steps. Add two below `steps:`.")
    if len(draft.steps) > MAX_STEPS:
        check.problems.add(
            draft.line,
            f"the checklist of {check.label} has {len(draft.steps)} steps; {MAX_STEPS} fit. Make two entries of it.",
        )
    check.variables(draft.intro, "the checklist's intro")
    steps = tuple(_step(step, number, check) for number, step in enumerate(draft.steps, start=1))
    _check_ids(draft, check)
    _Tree.of(draft, check).examine()
    return Checklist(steps, check.block(draft.intro, "the checklist's intro", MAX_INTRO))


def _step(draft: DraftStep, number: int, check: ReadsTexts) -> Step:
    name = _name(draft, number)
    if draft.id is None:
        check.problems.add(draft.line, f"{name} of {check.label} has no id. Add `id:` with a short word.")
    elif draft.id.value and not _ID.fullmatch(draft.id.value):
        check.problems.add(
            draft.id.line, f"the id of {name} of {check.label} has other characters than letters, digits, - and _."
        )
    if draft.ask is None:
        check.problems.add(draft.line, f"{name} of {check.label} asks nothing. Add `ask:` with a question.")
    if not MIN_CHOICES <= len(draft.choices) <= MAX_CHOICES:
        check.problems.add(
            draft.line,
            f"the choices of {name} of {check.label} are {len(draft.choices)}; each question takes {MIN_CHOICES} to "
            f"{MAX_CHOICES}. {'Add one.' if len(draft.choices) < MIN_CHOICES else 'Ask it in two steps.'}",
        )
    for text, what in ((draft.ask, "the question"), (draft.help, "the help")):
        check.variables(text, f"{what} in {name}")
    _check_labels(draft, name, check)
    return Step(
        check.line_of_text(draft.id, f"the id of {name}", MAX_STEP_ID),
        check.line_of_text(draft.ask, f"the question in {name}", MAX_ASK),
        tuple(_choice(choice, name, check) for choice in draft.choices),
        check.block(draft.help, f"the help in {name}", MAX_HELP),
    )


def _choice(draft: DraftChoice, step: str, check: ReadsTexts) -> Choice:
    if draft.label is None:
        check.problems.add(draft.line, f"a choice in {step} of {check.label} has no label. Add `label:`.")
    name = f'"{draft.label.value}"' if draft.label else "a choice"
    if draft.next is None and draft.outcome is None:
        check.problems.add(
            draft.line,
            f"{name} in {step} of {check.label} leads nowhere. Add `next:` with a step's id, or an `outcome:`.",
        )
    if draft.next is not None and draft.outcome is not None:
        check.problems.add(
            draft.line, f"{name} in {step} of {check.label} leads to a step and to an outcome. Keep one of them."
        )
    return Choice(
        check.line_of_text(draft.label, f"a label in {step}", MAX_LABEL),
        check.line_of_text(draft.next, f"a `next` in {step}", MAX_STEP_ID) or None,
        _outcome(draft.outcome, f"the outcome of {name} in {step}", check),
        check.line_of_text(draft.note, f"the note of {name} in {step}", MAX_NOTE),
    )


def _outcome(draft: DraftOutcome | None, what: str, check: ReadsTexts) -> Outcome | None:
    if draft is None:
        return None
    if draft.text is None and draft.ticket is None:
        check.problems.add(
            draft.line, f"{what} of {check.label} is empty. Add `text:`, or `ticket:` with a request type or `any`."
        )
    if len(draft.sources) > MAX_SOURCES:
        check.problems.add(
            draft.line, f"{what} of {check.label} has {len(draft.sources)} sources; {MAX_SOURCES} fit. Keep the best."
        )
    check.variables(draft.text, what)
    return Outcome(
        check.block(draft.text, what, MAX_OUTCOME),
        tuple(check.source(source) for source in draft.sources),
        check.line_of_text(draft.ticket, f"the ticket in {what}", MAX_TICKET) or None,
    )


def _check_ids(draft: DraftChecklist, check: ReadsTexts) -> None:
    first: dict[str, int] = {}
    for step in draft.steps:
        if step.id is None or not step.id.value:
            continue
        earlier = first.setdefault(step.id.value, step.id.line)
        if earlier != step.id.line:
            check.problems.add(
                step.id.line,
                f"the step id {step.id.value} of {check.label} is taken by the step on line {earlier}. "
                "Give it another one.",
            )


def _check_labels(draft: DraftStep, name: str, check: ReadsTexts) -> None:
    seen: set[str] = set()
    for label in (choice.label for choice in draft.choices):
        if label is None or not label.value:
            continue
        word = " ".join(label.value.split()).casefold()
        if word in seen:
            check.problems.add(
                label.line, f'{name} of {check.label} has the choice "{label.value}" twice. Name one differently.'
            )
        seen.add(word)


@dataclass(frozen=True)
class _Tree:
    """How the steps hang together; ``ways`` are the steps each leads to, with the text that says so."""

    steps: Mapping[str, DraftStep]
    ways: Mapping[str, tuple[tuple[str, Text], ...]]
    first: str | None
    check: ReadsTexts

    @classmethod
    def of(cls, draft: DraftChecklist, check: ReadsTexts) -> _Tree:
        steps: dict[str, DraftStep] = {}
        for step in draft.steps:
            if step.id is not None and step.id.value:
                steps.setdefault(step.id.value, step)
        ways = {name: tuple((to.value, to) for to in _nexts(step)) for name, step in steps.items()}
        started = draft.steps[0].id if draft.steps else None
        return cls(steps, ways, started.value if started and started.value else None, check)

    def examine(self) -> None:
        """Report what leads nowhere, what nothing leads to, circles, and ways that are too long."""
        for name, ways in self.ways.items():
            for wanted, text in ways:
                if wanted not in self.steps:
                    self.check.problems.add(
                        text.line,
                        f"step {name} of {self.check.label} leads to the step `{wanted}`, which is not there. "
                        f"{did_you_mean(wanted, tuple(self.steps))}",
                    )
        if self.first is None:
            return
        led_to = {to for name, ways in self.ways.items() for to, _ in ways if to != name}
        for name, step in self.steps.items():
            if name != self.first and name not in led_to:
                self.check.problems.add(
                    step.line,
                    f"no choice leads to step {name} of {self.check.label}. Lead to it from another, or remove it.",
                )
        if not self._report_circles():
            self._check_depth()

    def _report_circles(self) -> bool:
        """Each way that closes a circle is reported at its own line."""
        done: set[str] = set()
        found = [closing for name in self.steps for closing in self._circles(name, (), done)]
        for path, text in found:
            self.check.problems.add(
                text.line,
                f"the steps of {self.check.label} go in a circle: {' → '.join(path)}. "
                "Lead one of them to an outcome instead.",
            )
        return bool(found)

    def _circles(self, name: str, path: tuple[str, ...], done: set[str]) -> Iterator[tuple[tuple[str, ...], Text]]:
        if name in done or len(path) > MAX_STEPS:
            return
        path = (*path, name)
        for wanted, text in self.ways.get(name, ()):
            if wanted in path:
                yield (*path[path.index(wanted) :], wanted), text
            elif wanted in self.steps:
                yield from self._circles(wanted, path, done)
        done.add(name)

    def _check_depth(self) -> None:
        longest: dict[str, int] = {}
        for name in self._leaves_first():
            longest[name] = 1 + max((longest.get(to, 0) for to, _ in self.ways.get(name, ())), default=0)
        deep = longest.get(self.first or "", 0)
        if self.first and deep > MAX_DEPTH:
            self.check.problems.add(
                self.steps[self.first].line,
                f"the checklist of {self.check.label} asks up to {deep} questions in a row; {MAX_DEPTH} fit. "
                "Put the likeliest causes first and leave the rest to a ticket.",
            )

    def _leaves_first(self) -> list[str]:
        """Every step after all that it leads to; there are no circles."""
        order: list[str] = []
        seen: set[str] = set()
        for start in self.steps:
            waiting = [(start, False)]
            while waiting:
                name, is_left = waiting.pop()
                if is_left:
                    order.append(name)
                elif name not in seen and name in self.steps:
                    seen.add(name)
                    waiting.append((name, True))
                    waiting += [(to, False) for to, _ in self.ways.get(name, ())]
        return order


def _nexts(step: DraftStep) -> Iterator[Text]:
    return (choice.next for choice in step.choices if choice.next is not None and choice.next.value)


def _name(draft: DraftStep, number: int) -> str:
    return f"step {draft.id.value}" if draft.id and draft.id.value else f"step {number}"
