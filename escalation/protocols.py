"""What escalation asks of its replaceable parts. The docstring is the contract."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from escalation.domain import (
    Attachment,
    NewTicket,
    Ticket,
    TicketChange,
    TicketView,
    TrackerField,
    Workload,
)
from escalation.resolved import ResolvedTicket, TicketStory


class Tracker(Protocol):
    """A place where tickets live. Calls block (seconds); safe to call from several threads.

    Every method may raise TrackerUnavailable (nothing happened), OutcomeUnknown (writes only),
    TrackerRejected (content refused) and TrackerDenied (we are refused).
    No method ever repeats a write on its own: whoever calls decides when to try again.
    """

    def create(self, new: NewTicket) -> Ticket:
        """One ticket, once. The marker is set as a label in the same call."""

    def find_by_marker(self, marker: str) -> Ticket | None:
        """The ticket carrying this label. May lag behind ``create`` by minutes (search indexes)."""

    def get(self, key: str) -> Ticket | None:
        """The ticket as it is now; None when it was deleted or was never there."""

    def describe(self, key: str, description: str, labels: Sequence[str]) -> None:
        """Replace the description and add labels. Idempotent."""

    def comment(self, key: str, text: str, marker: str) -> None:
        """Add an internal comment once: a comment already carrying ``marker`` is not added again."""

    def withdraw(self, key: str, reason: str, marker: str) -> Ticket:
        """Close a ticket nobody needs: comment ``reason`` and move it to a done status where there is one.

        Idempotent by ``marker``. Returns the ticket as it is afterwards.
        """

    def required_fields(self, project: str, issue_type: str) -> tuple[TrackerField, ...]:
        """Fields the tracker demands for this type beyond project, type, summary, description, labels."""

    def read(self, key: str) -> TicketView | None:
        """The ticket with its comments as they are now; None when it was deleted or was never there.

        A comment is public when the tracker shows it to customers (Jira Service Management's ``jsdPublic``); where
        there are no customers (plain Jira, where that flag is always set) when it starts with ``#reply``, which is
        cut off. Comments with one of our markers are ``ours``.
        """

    def changed_since(self, project: str, since: datetime) -> tuple[str, ...]:
        """Keys of the desk's tickets that changed at ``since`` or later, oldest change first. May lag by minutes."""

    def resolved_since(self, project: str, since: datetime) -> tuple[ResolvedTicket, ...]:
        """Tickets of the project, by whomever they were made, that are done and came to their end at ``since`` or
        later (to the day); the newest ten thousand, newest first. May lag by minutes.
        """

    def story(self, key: str) -> TicketStory | None:
        """A resolved ticket with its question and comments, as they are now.

        None when there is nothing to learn from it: it is gone, open again, or has a security level.
        """

    def change(self, key: str, change: TicketChange, marker: str) -> Ticket:
        """Make one change to a ticket and return it as it is afterwards. Idempotent by ``marker``.

        Raises TrackerRejected, with words for the ops person, when there is no such person, type or way.
        """

    def attach(self, key: str, file: Attachment) -> None:
        """Attach a file once: one of the same name and size is not attached again."""

    def workload(self, project: str) -> Workload:
        """What is ahead of a new ticket, from boards and sprints where there are any; never an error."""

    def check(self, project: str, issue_types: Sequence[str] = ()) -> str:
        """One line saying who we are and that ``project`` is usable (for doctor). Raises as above if not.

        Not usable for one of ``issue_types``: it is not there, or demands a field that nobody could be asked for.
        """


class Similarity(Protocol):
    """How much one text means the same as others."""

    def scores(self, text: str, others: Sequence[str]) -> list[float]:
        """One number from 0 (nothing in common) to 1 (the same) per other text, in their order."""
