"""The language of escalation: what is asked for, by whom, and what became of it. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

DESK_LABEL = "mops-desk"
"""The label of every ticket the desk files."""

DEFAULT_PROJECT = "OPS"
"""Where tickets go when neither the desk nor their form names a project."""


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
    aliases: tuple[tuple[str, str], ...] = ()
    """What people write instead, and what is meant: ("facebook", "paid-social")."""


@dataclass(frozen=True)
class Rules:
    """Limits of one field, as the form file names them; lengths in characters, dates in business days.

    ``extensions`` are those of files, in lower case and without the dot.
    """

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
    max_size_mb: float | None = None
    extensions: tuple[str, ...] = ()


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
    alarms: tuple[tuple[str, str], ...] = ()
    """Options that ops must see at a glance, and what they read then: ("not-sure", "personal data: not sure")."""


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
    holidays: tuple[str, ...] = ()
    """Days off besides: ISO 8601 dates, countries ("DE") and their parts ("DE-BY")."""

    def field(self, key: str) -> FormField | None:
        """The field with this key, if the form has it."""
        return next((f for f in self.fields if f.key == key), None)

    @property
    def reports_breakage(self) -> bool:
        """Whether it says that something is broken, rather than asks for something to be made."""
        return self.issue_type.lower() in ("bug", "incident", "problem")


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
    ``names`` are the names of the people whose ids stand in ``answers``. ``to_confirm`` are the keys of answers
    that were read from the question and that nobody has looked at yet. ``checked`` is what the person went through
    before, and found: causes that are ruled out.
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
    to_confirm: tuple[str, ...] = ()
    checked: tuple[str, ...] = ()


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
    """What has become of a request. ``UNKNOWN`` = a create call ended without a clear answer.

    ``HELD``: it waits for the person's choice between joining a ticket that looks the same and having their own.
    ``JOINED``: they chose to join; what is said of it belongs to the request it was joined to.
    """

    HELD = "held"
    JOINED = "joined"
    QUEUED = "queued"
    UNKNOWN = "unknown"
    NEEDS_FIELDS = "needs_fields"
    FILED = "filed"
    WITHDRAWN = "withdrawn"
    DEAD = "dead"


@dataclass(frozen=True)
class TrackerField:
    """A field of the tracker: its id, name, type as a form field has it, and its allowed values.

    ``problem`` is what the tracker said about the value it was given; empty when it was given none.
    """

    id: str
    name: str
    type: FieldType
    options: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class Ticket:
    """An issue in the tracker as last seen. ``resolution`` says how it ended, in the tracker's words."""

    key: str
    url: str
    summary: str
    status: str
    issue_type: str
    assignee: str | None = None
    done: bool = False
    updated_at: datetime | None = None
    due: date | None = None
    resolution: str | None = None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class TicketComment:
    """Something said on a ticket, as plain text. ``public``: meant for the asker; ``ours``: written by the desk."""

    id: str
    author: str
    text: str
    at: datetime
    public: bool
    ours: bool


@dataclass(frozen=True)
class TicketView:
    """A ticket with what was said on it, oldest first (the newest hundred at most)."""

    ticket: Ticket
    comments: tuple[TicketComment, ...]


@dataclass(frozen=True)
class Assign:
    """Give a ticket to a person, who is found by e-mail (exactly one match); to nobody with None."""

    person: Person | None
    kind: Literal["assign"] = "assign"


@dataclass(frozen=True)
class Close:
    """Say how it ended (a public comment) and move it to a done status; ``declined``: one that says "won't do"."""

    reason: str
    declined: bool = False
    kind: Literal["close"] = "close"


@dataclass(frozen=True)
class Reopen:
    """Say why (a comment) and move a ticket that is done back to where work begins."""

    reason: str
    kind: Literal["reopen"] = "reopen"


@dataclass(frozen=True)
class Retype:
    """Make it another type of issue."""

    issue_type: str
    kind: Literal["retype"] = "retype"


@dataclass(frozen=True)
class Watch:
    """Let a person, found by e-mail (exactly one match), hear of every change. Nobody found: nothing happens."""

    person: Person
    kind: Literal["watch"] = "watch"


@dataclass(frozen=True)
class Label:
    """Add and take away labels."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    kind: Literal["label"] = "label"


TicketChange = Assign | Close | Reopen | Retype | Watch | Label


@dataclass(frozen=True)
class Attachment:
    """A file that belongs to a request."""

    name: str
    content: bytes
    content_type: str = "application/octet-stream"


@dataclass(frozen=True)
class Workload:
    """What a new ticket finds before it: open tickets, how many are done a business day, and the sprint's last day.

    Anything the tracker cannot tell is None.
    """

    ahead: int | None = None
    done_per_business_day: float | None = None
    sprint_ends: date | None = None


@dataclass(frozen=True)
class Follower:
    """Somebody who needs the same as a request that exists, and joined it. ``need``: what they said they need."""

    request_id: int
    person: Person
    need: str
    joined_at: datetime


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
    joined: int | None = None  # the request it was joined to

    @property
    def is_open(self) -> bool:
        """Whether somebody still has something to do about it."""
        if self.state in (RequestState.WITHDRAWN, RequestState.DEAD, RequestState.JOINED):
            return False
        return self.ticket is None or not self.ticket.done


@dataclass(frozen=True)
class NewTicket:
    """What the tracker is asked to create. ``description`` is wiki markup; ``marker`` is among ``labels``.

    ``fields`` are further tracker fields by id, values already in the tracker's own shape or plain text.
    ``security`` names the security level of a private request; a tracker without such levels ignores it.
    """

    project: str
    issue_type: str
    summary: str
    description: str
    marker: str
    labels: tuple[str, ...]
    reporter_email: str | None = None
    fields: Mapping[str, Answer] = field(default_factory=dict)
    security: str | None = None
