"""Whether the request types that checklists hand over to are among the team's forms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot import checklist_texts
from escalation.domain import Form
from knowledge.domain import ANY_TICKET, Entry


def named_types(entry: Entry) -> Iterator[str]:
    """The request types an entry's checklist names."""
    for step in entry.checklist.steps if entry.checklist else ():
        for choice in step.choices:
            if choice.outcome and choice.outcome.ticket not in (None, ANY_TICKET):
                yield str(choice.outcome.ticket)


def notes_on_types(entries: Iterable[Entry], forms: Iterable[Form]) -> Iterator[str]:
    """A line for each entry and type that is no form's; such a ticket's type is guessed from the question instead."""
    known = [form.id for form in forms]
    for entry in entries:
        for name in sorted(set(named_types(entry)) - set(known)):
            yield checklist_texts.strange_type(entry.id, name, known)
