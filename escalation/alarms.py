"""Answers that the ops team must see at a glance, as the forms file words them. No I/O."""

from __future__ import annotations

from escalation.domain import Answers, Form


def alarms(form: Form | None, answers: Answers) -> tuple[str, ...]:
    """What ops read of the answers that alarm, in the form's order; empty when none does."""
    found: list[str] = []
    for field in form.fields if form else ():
        answer = answers.get(field.key, "")
        given = (answer,) if isinstance(answer, str) else answer
        found += [words for option, words in field.alarms if option in given]
    return tuple(found)
