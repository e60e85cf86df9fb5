"""The request type for what fits no other: no team should have to squeeze its need into the wrong form."""

from __future__ import annotations

from collections.abc import Sequence

from escalation.domain import Draft, FieldType, Form, FormField, Rules
from escalation.readiness import part_of, readiness

GENERAL_ID = "something_else"

GENERAL = Form(
    id=GENERAL_ID,
    name="Something else",
    description="Anything that fits none of the other types.",
    fields=(
        FormField(
            key="title",
            label="Title",
            type=FieldType.TEXT,
            required=True,
            help="One line a colleague would recognise.",
            rules=Rules(min_length=5, max_length=120),
        ),
        FormField(
            key="notes",
            label="What do you need, and why?",
            type=FieldType.LONG_TEXT,
            required=True,
            help="What should change, for whom, and what you tried.",
            rules=Rules(min_length=10, max_length=3000),
        ),
        FormField(
            key="why",
            label="Why it matters",
            type=FieldType.LONG_TEXT,
            help="What should change because of this, and for whom?",
            rules=Rules(max_length=800),
        ),
        FormField(key="audience", label="Who it is for", type=FieldType.TEXT, rules=Rules(max_length=300)),
        FormField(
            key="success_metric",
            label="How you will know it worked",
            type=FieldType.TEXT,
            help="A number and a date, if you can.",
            rules=Rules(max_length=300),
        ),
        FormField(key="link", label="Link", type=FieldType.URL, help="Page, campaign, list or report it is about."),
        FormField(
            key="needed_by",
            label="Needed by",
            type=FieldType.DATE,
            help="Leave it empty if there is no deadline.",
            rules=Rules(not_in_past=True),
        ),
    ),
)
"""Used unless the forms file has a type with this id."""


def with_general(forms: Sequence[Form]) -> tuple[Form, ...]:
    """The forms, with the general one last."""
    if any(form.id == GENERAL_ID for form in forms):
        return tuple(forms)
    return (*forms, GENERAL)


def specific(forms: Sequence[Form]) -> tuple[Form, ...]:
    """The forms a request type may be guessed from."""
    return tuple(form for form in forms if form.id != GENERAL_ID)


def open_parts(draft: Draft) -> tuple[FormField, ...]:
    """What a request without a type leaves open: the general form's questions that its words do not answer."""
    missing = readiness(draft, None).missing
    asked = ((field, part_of(field)) for field in GENERAL.fields)
    return tuple(field for field, part in asked if part and part.value in missing)
