"""From a question to a draft, from a draft to what the tracker is asked to create. Nothing is invented. No I/O."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from escalation.description import describe, one_line
from escalation.domain import DESK_LABEL, Answer, Closest, Draft, Form, NewTicket, Origin, Person, Request
from escalation.prefill import read_fields
from escalation.protocols import Similarity
from escalation.summary import MAX_SUMMARY, cut, summary_of
from escalation.tone import complains, says_broken
from escalation.validation import is_tbd
from escalation.word_similarity import words

MAX_NOTES = 3_000
"""Longest text put into a field nobody gave a limit: what a Slack input holds."""

TITLE, NOTES = "title", "notes"
"""The fields of a form that a person's own words go into."""

NEEDS_INFO_LABEL = "needs-info"

MIN_GUESS = 0.35
"""Least score of a guessed request type, from 0 to 1; below it the type stays open and the form asks."""

_BREAKAGE_WORTH = 0.4  # a breakage form is a candidate only where something is said to be broken
_KEYWORD_WORTH = (0.0, 0.35, 0.6, 0.7)  # by how many different keywords of a form the question holds


def draft_from_question(
    question: str,
    person: Person,
    origin: Origin,
    earlier: Sequence[str],
    closest: Sequence[Closest],
    forms: Sequence[Form],
    similarity: Similarity,
) -> Draft:
    """A draft holding what was asked and found. ``earlier`` is the thread so far, oldest first.

    The request type is a guess, None when unsure; a breakage type needs words that say something is broken.
    """
    return Draft(
        summary=summary_of(question) or summary_of(" ".join(earlier)) or f"Question from {one_line(person.name)}",
        requester=person,
        origin=origin,
        question=question.strip(),
        form_id=guess_form(" ".join([*earlier, question]), forms, similarity),
        thread=tuple(earlier),
        closest=tuple(closest),
    )


def guess_form(text: str, forms: Sequence[Form], similarity: Similarity) -> str | None:
    """The id of the request type the words point to; None when none reaches MIN_GUESS or two are level.

    Who complains wants nothing made: "why are my leads not in the CRM?" is no list to import.
    """
    broken, wrong = says_broken(text), complains(text)
    candidates = [form for form in forms if (broken if form.reports_breakage else not wrong)]
    if not candidates or not text.strip():
        return None
    likeness = similarity.scores(text, [f"{form.name}. {form.description}" for form in candidates])
    scored = sorted(
        ((_score(text, form, alike), form.id) for form, alike in zip(candidates, likeness, strict=True)), reverse=True
    )
    level = len(scored) > 1 and scored[0][0] == scored[1][0]
    return None if scored[0][0] < MIN_GUESS or level else scored[0][1]


def prefill(form: Form, words: str) -> dict[str, Answer]:
    """The answers a person's own words give: the title, and all of it under "anything else"; shown, never final."""
    title, notes = form.field(TITLE), form.field(NOTES)
    filled: dict[str, Answer] = {}
    summary = summary_of(words)
    if title and summary:
        filled[TITLE] = cut(summary, title.rules.max_length or MAX_SUMMARY)
    repeats = summary.casefold() == words.strip().casefold() and not (notes and notes.required)
    if notes and words.strip() and not repeats:
        filled[NOTES] = words.strip()[: notes.rules.max_length or MAX_NOTES]
    return filled


def prefilled(draft: Draft, form: Form | None, now: datetime) -> Draft:
    """A draft with everything its question answers already; what was read between the lines is to be confirmed."""
    if form is None:
        return draft
    own = prefill(form, draft.question)
    read = {key: answer for key, answer in read_fields(form, draft.question, now).items() if key not in own}
    return replace(draft, answers={**own, **read}, to_confirm=tuple(read))


def form_by_id(forms: Sequence[Form], form_id: str | None) -> Form | None:
    """The form with this id, if there is one."""
    return next((form for form in forms if form.id == form_id), None)


def new_ticket(
    draft: Draft,
    request: Request,
    forms: Sequence[Form],
    default_project: str,
    project_override: str | None = None,
    security: str | None = None,
) -> NewTicket:
    """What the tracker is to create for a request. The override (JIRA_PROJECT) wins over the form's project.

    ``security`` is the level of private requests (JIRA_SECURITY_LEVEL).
    """
    form = form_by_id(forms, draft.form_id)
    return NewTicket(
        project=project_override or (form.project if form else "") or default_project,
        issue_type=form.issue_type if form else "Task",
        summary=one_line(draft.summary)[:255],
        description=describe(draft, form, request.ref, request.marker),
        marker=request.marker,
        labels=ticket_labels(draft, form, request.marker),
        reporter_email=draft.requester.email,
        fields=dict(draft.extra),
        security=(security or None) if draft.origin.private else None,
    )


def ticket_labels(draft: Draft, form: Form | None, marker: str) -> tuple[str, ...]:
    """The labels of a ticket, each once, without spaces; "tbd" answers add needs-info."""
    open_ends = form is not None and any(is_tbd(f, draft.answers.get(f.key, "")) for f in form.fields)
    wanted = [
        DESK_LABEL,
        marker,
        *(form.labels if form else ()),
        *draft.labels,
        *([NEEDS_INFO_LABEL] if open_ends else []),
    ]
    return tuple(dict.fromkeys(re.sub(r"\s+", "-", label.strip())[:255] for label in wanted if label.strip()))


def _score(text: str, form: Form, alike: float) -> float:
    """Meaning and keywords together, from 0 to 1."""
    said = f" {' '.join(words(text))} "
    hits = sum(f" {' '.join(words(keyword))} " in said for keyword in form.keywords if words(keyword))
    worth = _KEYWORD_WORTH[min(hits, len(_KEYWORD_WORTH) - 1)] + (_BREAKAGE_WORTH if form.reports_breakage else 0.0)
    return round(min(1.0, worth + alike / 2), 6)
