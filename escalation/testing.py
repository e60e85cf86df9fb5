"""Doubles for tests and the demo: a tracker in memory that can fail like a real one, and similarity by table."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from escalation.domain import (
    Assign,
    Attachment,
    Close,
    Label,
    NewTicket,
    Person,
    Reopen,
    Retype,
    Ticket,
    TicketChange,
    TicketComment,
    TicketView,
    TrackerField,
    Watch,
    Workload,
)
from escalation.errors import OutcomeUnknown, TrackerDenied, TrackerRejected, TrackerUnavailable
from escalation.resolved import ResolvedTicket, TicketStory, story_of


class Fault(StrEnum):
    """What happens to one call instead of an answer."""

    UNAVAILABLE = "unavailable"  # nothing done, for certain
    DENIED = "denied"
    LOST_BEFORE = "lost_before"  # nothing done, but nobody can tell
    LOST_AFTER = "lost_after"  # done, and nobody can tell
    CRASH_BEFORE = "crash_before"  # our own process dies
    CRASH_AFTER = "crash_after"


class Crash(BaseException):
    """Our process dies here. Not an Exception, so that nothing handles it by accident."""


@dataclass
class StoredTicket:
    """A ticket of the in-memory tracker, with what was sent."""

    new: NewTicket
    ticket: Ticket
    created_at: datetime
    description: str
    labels: tuple[str, ...]
    comments: dict[str, str] = field(default_factory=dict)
    said: list[TicketComment] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)
    watchers: list[Person] = field(default_factory=list)


class InMemoryTracker:
    """A Tracker in memory. ``faults`` holds the fate of the next calls by method (None: it works).

    Searches see a ticket ``lag`` after it was made, by ``clock``.
    """

    def __init__(
        self,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        lag: timedelta = timedelta(0),
        required: Sequence[TrackerField] = (),
    ) -> None:
        self.tickets: list[StoredTicket] = []
        self.faults: dict[str, deque[Fault | None]] = {}
        self.lag = lag
        self.required = tuple(required)
        self.load = Workload()
        self._clock = clock

    def fail(self, method: str, *faults: Fault | None) -> None:
        """Script the next calls of a method, in order."""
        self.faults.setdefault(method, deque()).extend(faults)

    def create(self, new: NewTicket) -> Ticket:
        """As the protocol says."""
        with_fault = self._fault("create")
        lacking = {f.id: f"{f.name} is required." for f in self.required if not new.fields.get(f.id)}
        if lacking:
            raise TrackerRejected("The tracker wants more fields.", lacking)
        key = f"{new.project}-{len(self.tickets) + 1}"
        ticket = Ticket(
            key,
            f"https://tracker.example/{key}",
            new.summary,
            "To do",
            new.issue_type,
            updated_at=self._clock(),
            labels=new.labels,
        )
        self.tickets.append(StoredTicket(new, ticket, self._clock(), new.description, new.labels))
        _after(with_fault)
        return ticket

    def find_by_marker(self, marker: str) -> Ticket | None:
        """As the protocol says."""
        self._fault("find_by_marker")
        visible = (t for t in self.tickets if t.created_at + self.lag <= self._clock())
        return next((t.ticket for t in visible if marker in t.labels), None)

    def get(self, key: str) -> Ticket | None:
        """As the protocol says."""
        self._fault("get")
        return next((t.ticket for t in self.tickets if t.ticket.key == key), None)

    def describe(self, key: str, description: str, labels: Sequence[str]) -> None:
        """As the protocol says."""
        fault = self._fault("describe")
        stored = self._stored(key)
        stored.description = description
        stored.labels = tuple(dict.fromkeys([*stored.labels, *labels]))
        self._update(stored, labels=stored.labels)
        _after(fault)

    def comment(self, key: str, text: str, marker: str) -> None:
        """As the protocol says."""
        fault = self._fault("comment")
        self._comment(self._stored(key), text, marker)
        _after(fault)

    def withdraw(self, key: str, reason: str, marker: str) -> Ticket:
        """As the protocol says."""
        fault = self._fault("withdraw")
        stored = self._stored(key)
        self._comment(stored, reason, marker)
        if not stored.ticket.done:
            self._update(stored, status="Withdrawn", done=True)
        _after(fault)
        return stored.ticket

    def required_fields(self, project: str, issue_type: str) -> tuple[TrackerField, ...]:
        """As the protocol says."""
        self._fault("required_fields")
        return self.required

    def read(self, key: str) -> TicketView | None:
        """As the protocol says."""
        self._fault("read")
        stored = next((t for t in self.tickets if t.ticket.key == key), None)
        return TicketView(stored.ticket, tuple(stored.said)) if stored else None

    def changed_since(self, project: str, since: datetime) -> tuple[str, ...]:
        """As the protocol says."""
        self._fault("changed_since")
        ours = (stored for stored in self.tickets if stored.new.project == project)
        dated = [(stored.ticket.updated_at or stored.created_at, stored.ticket.key) for stored in ours]
        return tuple(key for at, key in sorted(dated, key=lambda pair: pair[0]) if at >= since)

    def resolved_since(self, project: str, since: datetime) -> tuple[ResolvedTicket, ...]:
        """As the protocol says; a ticket that changed since its end counts by that change."""
        self._fault("resolved_since")
        done = [one for one in self.tickets if one.new.project == project and one.ticket.done]
        late = [one for one in done if (one.ticket.updated_at or one.created_at) >= since]
        return tuple(ResolvedTicket(one.ticket, secured=bool(one.new.security)) for one in reversed(late))

    def story(self, key: str) -> TicketStory | None:
        """As the protocol says."""
        self._fault("story")
        stored = next((t for t in self.tickets if t.ticket.key == key), None)
        if stored is None or not stored.ticket.done or stored.new.security:
            return None
        return story_of(stored.ticket, stored.description, stored.description, (), stored.said)

    def change(self, key: str, change: TicketChange, marker: str) -> Ticket:
        """As the protocol says; who has an e-mail has an account."""
        fault = self._fault("change")
        stored = self._stored(key)
        if isinstance(change, Close | Reopen):
            self._comment(stored, change.reason, marker, public=isinstance(change, Close))
        if isinstance(change, Watch) and change.person not in stored.watchers and change.person.email:
            stored.watchers.append(change.person)
        if values := _changed(stored.ticket, change):
            self._update(stored, **values)
        _after(fault)
        return stored.ticket

    def attach(self, key: str, file: Attachment) -> None:
        """As the protocol says."""
        fault = self._fault("attach")
        stored = self._stored(key)
        if (file.name, len(file.content)) not in [(one.name, len(one.content)) for one in stored.files]:
            stored.files.append(file)
            self._update(stored)
        _after(fault)

    def workload(self, project: str) -> Workload:
        """As scripted in ``load``."""
        self._fault("workload")
        return self.load

    def say(self, key: str, author: str, text: str, public: bool = True) -> None:
        """A person comments on the ticket."""
        stored = self._stored(key)
        stored.said.append(TicketComment(str(len(stored.said) + 1), author, text, self._clock(), public, False))
        self._update(stored)

    def update(self, key: str, **values: Any) -> None:  # noqa: ANN401 - fields of a Ticket
        """A person changes the ticket: ``status="Done", done=True``."""
        self._update(self._stored(key), **values)

    def check(self, project: str, issue_types: Sequence[str] = ()) -> str:
        """As the protocol says."""
        self._fault("check")
        return f"In-memory tracker; project {project} is usable."

    def _comment(self, stored: StoredTicket, text: str, marker: str, public: bool = False) -> None:
        if marker in stored.comments:
            return
        stored.comments[marker] = text
        stored.said.append(TicketComment(str(len(stored.said) + 1), "", text, self._clock(), public, True))
        self._update(stored)

    def _update(self, stored: StoredTicket, **values: Any) -> None:  # noqa: ANN401 - fields of a Ticket
        stored.ticket = replace(stored.ticket, updated_at=self._clock(), **values)

    def _stored(self, key: str) -> StoredTicket:
        for stored in self.tickets:
            if stored.ticket.key == key:
                return stored
        raise TrackerRejected(f"There is no ticket {key}.")

    def _fault(self, method: str) -> Fault | None:
        """The scripted fate of this call; what strikes before anything is done is raised here."""
        script = self.faults.get(method)
        fault = script.popleft() if script else None
        match fault:
            case Fault.UNAVAILABLE:
                raise TrackerUnavailable("The tracker does not answer. Try again later.")
            case Fault.DENIED:
                raise TrackerDenied("The tracker refused us. Check its credentials.")
            case Fault.LOST_BEFORE:
                raise OutcomeUnknown("The answer was lost.")
            case Fault.CRASH_BEFORE:
                raise Crash
            case _:
                return fault


def _changed(ticket: Ticket, change: TicketChange) -> dict[str, Any]:
    """What a change makes of a ticket; empty when there is nothing to do."""
    match change:
        case Assign(person=None):
            return {"assignee": None}
        case Assign(person=Person(name=name, email=email)):
            if not email:
                raise TrackerRejected(f"The tracker knows nobody called {name}. Assign it there.")
            return {"assignee": name}
        case Close(declined=declined) if not ticket.done:
            status, resolution = ("Declined", "Won't do") if declined else ("Done", "Done")
            return {"status": status, "done": True, "resolution": resolution}
        case Reopen() if ticket.done:
            return {"status": "To do", "done": False, "resolution": None}
        case Retype(issue_type=issue_type):
            return {"issue_type": issue_type}
        case Label(add=add, remove=remove):
            return {"labels": tuple(one for one in dict.fromkeys([*ticket.labels, *add]) if one not in remove)}
        case _:
            return {}


def _after(fault: Fault | None) -> None:
    if fault is Fault.LOST_AFTER:
        raise OutcomeUnknown("The answer was lost.")
    if fault is Fault.CRASH_AFTER:
        raise Crash


class TableSimilarity:
    """A Similarity that looks scores up by the other text; texts not in the table score 0."""

    def __init__(self, table: Mapping[str, float]) -> None:
        self._table = dict(table)

    def scores(self, text: str, others: Sequence[str]) -> list[float]:
        """As the protocol says; equal texts score 1."""
        return [1.0 if other == text and text else self._table.get(other, 0.0) for other in others]
