"""Doubles for tests and the demo: a tracker in memory that can fail like a real one, and similarity by table."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from escalation.domain import NewTicket, Ticket, TrackerField
from escalation.errors import OutcomeUnknown, TrackerDenied, TrackerRejected, TrackerUnavailable


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
        ticket = Ticket(key, f"https://tracker.example/{key}", new.summary, "To do", new.issue_type)
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
        _after(fault)

    def comment(self, key: str, text: str, marker: str) -> None:
        """As the protocol says."""
        fault = self._fault("comment")
        self._stored(key).comments.setdefault(marker, text)
        _after(fault)

    def withdraw(self, key: str, reason: str, marker: str) -> Ticket:
        """As the protocol says."""
        fault = self._fault("withdraw")
        stored = self._stored(key)
        stored.comments.setdefault(marker, reason)
        stored.ticket = replace(stored.ticket, status="Withdrawn", done=True)
        _after(fault)
        return stored.ticket

    def required_fields(self, project: str, issue_type: str) -> tuple[TrackerField, ...]:
        """As the protocol says."""
        self._fault("required_fields")
        return self.required

    def check(self, project: str) -> str:
        """As the protocol says."""
        self._fault("check")
        return f"In-memory tracker; project {project} is usable."

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
