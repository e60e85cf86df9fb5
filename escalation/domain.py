"""The language of escalation: what is asked for, by whom, and what became of it. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class FieldType(StrEnum):
    """Field types of a form file; each has one input in Slack and one check here."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    URL = "url"
    DATE = "date"
    DATETIME = "datetime"
    SELECT = "select"
    MULTI_SELECT = "multi_select"
    USER = "user"
    UTM_SET = "utm_set"
    FILE = "file"
    CHECKBOX = "checkbox"


Answer = str | tuple[str, ...]
"""A typed answer: text as typed; dates as ISO 8601; multi-selects as tuples; people as opaque ids."""

Answers = Mapping[str, Answer]
"""Answers by field key. A missing key and an empty string both mean "not answered"."""


@dataclass(frozen=True)
class Condition:
    """True when the answer to ``field`` is (``negated``: is not) one of ``values``; any of them for tuples."""

    field: str
    values: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True)
class UtmPart:
    """What one UTM parameter of a link must look like."""

    name: str
    required: bool = False
    one_of: tuple[str, ...] = ()
    pattern: str | None = None
    forbidden_if: Condition | None = None


@dataclass(frozen=True)
class Rules:
    """Limits of one field, as the form file names them; lengths in characters, dates in business days."""

    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    min_selected: int | None = None
    url_host_in: tuple[str, ...] = ()
    not_in_past: bool = False
    min_business_days_from_now: int | None = None
    not_before_field: str | None = None


@dataclass(frozen=True)
class FormField:
    """One thing a form asks for."""

    key: str
    label: str
    type: FieldType
    required: bool = False
    help: str = ""
    error: str = ""
    options: tuple[str, ...] = ()
    rules: Rules = Rules()
    parts: tuple[UtmPart, ...] = ()
    allow_tbd: bool = False
    required_if: Condition | None = None
    forbidden_if: Condition | None = None


@dataclass(frozen=True)
class Form:
    """The fields a request type demands, and where its tickets go."""

    id: str
    name: str
    description: str
    fields: tuple[FormField, ...]
    keywords: tuple[str, ...] = ()
    team: str = ""
    lead_time_business_days: int = 0
    project: str = ""
    issue_type: str = "Task"
    labels: tuple[str, ...] = ()
    confirm_before_submit: bool = False
    timezone: str = "UTC"
    business_days: frozenset[int] = frozenset({0, 1, 2, 3, 4})

    def field(self, key: str) -> FormField | None:
        """The field with this key, if the form has it."""
        return next((f for f in self.fields if f.key == key), None)


@dataclass(frozen=True)
class FieldProblem:
    """What is wrong with one answer, said so that the person can mend it."""

    key: str
    message: str


@dataclass(frozen=True)
class Person:
    """Who needs something. ``id`` is opaque here; ``email`` is None when unknown (never guessed)."""

    id: str
    name: str
    email: str | None = None


@dataclass(frozen=True)
class Origin:
    """Where a request was made: shown in the ticket. ``private`` hides its text from channels."""

    where: str
    url: str | None = None
    private: bool = False


@dataclass(frozen=True)
class Closest:
    """What the desk found nearest to the question, and why that was not enough."""

    title: str
    url: str | None
    why_not: str


@dataclass(frozen=True)
class Draft:
    """A request as it is known so far; everything in it was typed or found, nothing invented.

    ``extra`` are tracker fields no form covers, by tracker field id, asked for after the tracker refused.
    ``names`` are the names of the people whose ids stand in ``answers``.
    """

    summary: str
    requester: Person
    origin: Origin
    question: str = ""
    form_id: str | None = None
    answers: Mapping[str, Answer] = field(default_factory=dict)
    thread: tuple[str, ...] = ()
    closest: tuple[Closest, ...] = ()
    labels: tuple[str, ...] = ()
    extra: Mapping[str, Answer] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FormDraft:
    """Answers typed into a form that is not submitted yet; ``context`` is whatever leads back to where it was."""

    id: int
    person_id: str
    form_id: str
    answers: Answers
    context: Mapping[str, str]
    saved_at: datetime


class RequestState(StrEnum):
    """What has become of a request. ``UNKNOWN`` = a create call ended without a clear answer."""

    QUEUED = "queued"
    UNKNOWN = "unknown"
    NEEDS_FIELDS = "needs_fields"
    FILED = "filed"
    WITHDRAWN = "withdrawn"
    DEAD = "dead"


@dataclass(frozen=True)
class TrackerField:
    """A field of the tracker: its id, name, type as a form field has it, and its allowed values."""

    id: str
    name: str
    type: FieldType
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ticket:
    """An issue in the tracker as last seen."""

    key: str
    url: str
    summary: str
    status: str
    issue_type: str
    assignee: str | None = None
    done: bool = False
    updated_at: datetime | None = None


@dataclass(frozen=True)
class Request:
    """What a person needs from ops. ``ref`` is the short code people see, ``marker`` the unique ticket label."""

    id: int
    ref: str
    marker: str
    draft: Draft
    state: RequestState
    created_at: datetime
    ticket: Ticket | None = None
    missing: tuple[TrackerField, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether somebody still has something to do about it."""
        if self.state in (RequestState.WITHDRAWN, RequestState.DEAD):
            return False
        return self.ticket is None or not self.ticket.done


@dataclass(frozen=True)
class NewTicket:
    """What the tracker is asked to create. ``description`` is wiki markup; ``marker`` is among ``labels``.

    ``fields`` are further tracker fields by id, values already in the tracker's own shape or plain text.
    """

    project: str
    issue_type: str
    summary: str
    description: str
    marker: str
    labels: tuple[str, ...]
    reporter_email: str | None = None
    fields: Mapping[str, Answer] = field(default_factory=dict)
