"""Tickets in our own database, for desks without Jira. Same contract, same flow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from escalation.domain import (
    DEFAULT_PROJECT,
    Attachment,
    Close,
    NewTicket,
    Reopen,
    Ticket,
    TicketChange,
    TicketView,
    TrackerField,
    Workload,
)
from escalation.embedded_rows import apply_change, attachment_row, comment_of, new_row
from escalation.errors import TrackerRejected, TrackerUnavailable
from escalation.once import added
from escalation.pace_of_work import per_business_day, window_seen
from escalation.request_json import as_utc
from escalation.resolved import ResolvedTicket, TicketStory, story_of
from escalation.tables import AttachmentRow, CommentRow, TicketRow

WITHDRAWN = "Withdrawn"

MOST_RESOLVED = 10_000

COMMENTS_SHOWN = 100
"""How many of the newest comments a view holds."""


class Transactions(Protocol):
    """Where sessions come from; each context manager is one transaction.

    Both may raise ConnectionError when the database cannot be reached.
    """

    def read(self) -> AbstractContextManager[Session]:
        """A consistent view."""

    def write(self) -> AbstractContextManager[Session]:
        """The writer's turn."""


@dataclass(frozen=True)
class TicketDetails:
    """A ticket with everything the embedded tracker holds of it. ``description`` is wiki markup."""

    ticket: Ticket
    description: str
    labels: tuple[str, ...]
    comments: tuple[str, ...]
    reporter_email: str | None
    created_at: datetime


class EmbeddedTracker:
    """A Tracker on three tables. Opens its own transactions: never call it inside one (SQLite has one writer).

    Creating is idempotent by marker. ``url_for`` turns a key into the address where the ticket can be seen.
    """

    def __init__(
        self,
        transactions: Transactions,
        url_for: Callable[[str], str],
        project: str = DEFAULT_PROJECT,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._transactions = transactions
        self._url_for = url_for
        self._project = project
        self._clock = clock

    def create(self, new: NewTicket) -> Ticket:
        """As the protocol says; a second call with the same marker returns the first one's ticket."""
        project = self._project_of(new.project)
        with self._write() as session:
            row = session.scalar(select(TicketRow).where(TicketRow.marker == new.marker))
            return self._ticket(row or self._numbered(session, new, project))

    def _numbered(self, session: Session, new: NewTicket, project: str) -> TicketRow:
        """A new ticket under the next number; when somebody else has just taken that, under the one after it."""
        while True:
            highest = session.scalar(select(func.max(TicketRow.number)).where(TicketRow.project == project))
            row = new_row(new, project, (highest or 0) + 1, as_utc(self._clock()))
            if added(session, row):
                return row
            same = session.scalar(select(TicketRow).where(TicketRow.marker == new.marker))
            if same is not None:
                return same

    def find_by_marker(self, marker: str) -> Ticket | None:
        """As the protocol says; never lags."""
        with self._read() as session:
            row = session.scalar(select(TicketRow).where(TicketRow.marker == marker))
            return self._ticket(row) if row else None

    def get(self, key: str) -> Ticket | None:
        """As the protocol says."""
        with self._read() as session:
            row = session.get(TicketRow, key)
            return self._ticket(row) if row else None

    def describe(self, key: str, description: str, labels: Sequence[str]) -> None:
        """As the protocol says."""
        with self._write() as session:
            row = _row(session, key)
            row.description = description
            row.labels = list(dict.fromkeys([*row.labels, *labels]))
            row.updated_at = self._moment(row)

    def comment(self, key: str, text: str, marker: str) -> None:
        """As the protocol says."""
        with self._write() as session:
            row = _row(session, key)
            self._comment(session, row, text, marker, self._moment(row))

    def withdraw(self, key: str, reason: str, marker: str) -> Ticket:
        """As the protocol says; a ticket that is done keeps its status."""
        with self._write() as session:
            row = _row(session, key)
            now = self._moment(row)
            self._comment(session, row, reason, marker, now)
            if not row.done:
                row.status, row.done, row.updated_at = WITHDRAWN, True, now
            return self._ticket(row)

    def required_fields(self, project: str, issue_type: str) -> tuple[TrackerField, ...]:
        """None: the forms decide."""
        return ()

    def read(self, key: str) -> TicketView | None:
        """As the protocol says."""
        with self._read() as session:
            row = session.get(TicketRow, key)
            if row is None:
                return None
            newest = select(CommentRow).where(CommentRow.ticket_key == key).order_by(CommentRow.id.desc())
            rows = session.scalars(newest.limit(COMMENTS_SHOWN)).all()
            return TicketView(self._ticket(row), tuple(comment_of(one) for one in reversed(rows)))

    def changed_since(self, project: str, since: datetime) -> tuple[str, ...]:
        """As the protocol says; never lags."""
        changed = select(TicketRow.key).where(
            TicketRow.project == self._project_of(project), TicketRow.updated_at >= as_utc(since)
        )
        with self._read() as session:
            return tuple(session.scalars(changed.order_by(TicketRow.updated_at, TicketRow.number)))

    def resolved_since(self, project: str, since: datetime) -> tuple[ResolvedTicket, ...]:
        """As the protocol says; never lags. A ticket that changed since its end counts by that change."""
        done = select(TicketRow).where(
            TicketRow.project == self._project_of(project), TicketRow.done, TicketRow.updated_at >= as_utc(since)
        )
        with self._read() as session:
            rows = session.scalars(done.order_by(TicketRow.number.desc()).limit(MOST_RESOLVED))
            return tuple(ResolvedTicket(self._ticket(row)) for row in rows)

    def story(self, key: str) -> TicketStory | None:
        """As the protocol says; there are no security levels here."""
        view = self.read(key)
        details = self.details(key) if view and view.ticket.done else None
        if view is None or details is None:
            return None
        return story_of(view.ticket, details.description, details.description, (), view.comments)

    def change(self, key: str, change: TicketChange, marker: str) -> Ticket:
        """As the protocol says; people need no account here."""
        with self._write() as session:
            row = _row(session, key)
            now = self._moment(row)  # one for both: what is said with a closing belongs to it
            if isinstance(change, Close | Reopen):
                self._comment(session, row, change.reason, marker, now, isinstance(change, Close))
            if apply_change(change, row):
                row.updated_at = now
            return self._ticket(row)

    def attach(self, key: str, file: Attachment) -> None:
        """As the protocol says."""
        there = select(func.length(AttachmentRow.content)).where(
            AttachmentRow.ticket_key == key, AttachmentRow.name == file.name
        )
        with self._write() as session:
            row = _row(session, key)
            if len(file.content) not in session.scalars(there).all():
                row.updated_at = now = self._moment(row)
                session.add(attachment_row(key, file, now))

    def workload(self, project: str) -> Workload:
        """As the protocol says; there are no sprints here. A done ticket counts on the day of its last change."""
        ours = select(func.count()).select_from(TicketRow).where(TicketRow.project == self._project_of(project))
        finished, now = ours.where(TicketRow.done.is_(True), TicketRow.status != WITHDRAWN), as_utc(self._clock())
        with self._read() as session:
            ahead = session.scalar(ours.where(TicketRow.done.is_(False))) or 0
            window = window_seen(lambda span: bool(session.scalar(ours.where(TicketRow.created_at <= now - span))))
            if window is None:
                return Workload(ahead)
            done = session.scalar(finished.where(TicketRow.updated_at >= now - window)) or 0
        return Workload(ahead, per_business_day(done, window))

    def say(self, key: str, author: str, text: str, public: bool) -> None:
        """A comment by a person, from whatever shows these tickets to people."""
        with self._write() as session:
            row = _row(session, key)
            said = session.scalar(select(func.count()).select_from(CommentRow).where(CommentRow.ticket_key == key))
            self._comment(session, row, text, f"said-{said}", self._moment(row), public, author)

    def check(self, project: str, issue_types: Sequence[str] = ()) -> str:
        """As the protocol says; every type of issue is fine."""
        with self._read() as session:
            count = session.scalar(select(func.count()).select_from(TicketRow)) or 0
        tickets = "1 ticket" if count == 1 else f"{count} tickets"
        return f"Embedded tracker with {tickets}; project {project or self._project} is usable."

    def recent(self, limit: int = 50) -> tuple[Ticket, ...]:
        """The newest tickets first."""
        with self._read() as session:
            rows = session.scalars(select(TicketRow).order_by(TicketRow.created_at.desc(), TicketRow.number.desc()))
            return tuple(self._ticket(row) for row in rows.fetchmany(limit))

    def details(self, key: str) -> TicketDetails | None:
        """Everything about one ticket, comments oldest first."""
        with self._read() as session:
            row = session.get(TicketRow, key)
            if row is None:
                return None
            comments = select(CommentRow.text).where(CommentRow.ticket_key == key).order_by(CommentRow.id)
            return TicketDetails(
                self._ticket(row),
                row.description,
                tuple(row.labels),
                tuple(session.scalars(comments)),
                row.reporter_email,
                as_utc(row.created_at),
            )

    def file_names(self, key: str) -> list[str]:
        """The names of the files on a ticket, oldest first."""
        with self._read() as session:
            names = select(AttachmentRow.name).where(AttachmentRow.ticket_key == key).order_by(AttachmentRow.id)
            return list(session.scalars(names))

    def _project_of(self, project: str) -> str:
        return (project or self._project).upper()

    def _comment(
        self,
        session: Session,
        row: TicketRow,
        text: str,
        marker: str,
        now: datetime,
        public: bool = False,
        author: str = "",
    ) -> None:
        there = select(CommentRow.id).where(CommentRow.ticket_key == row.key, CommentRow.marker == marker)
        if session.scalar(there) is None:
            made = CommentRow(
                ticket_key=row.key, marker=marker, text=text, author=author, public=public, created_at=now
            )
            session.add(made)
            row.updated_at = now

    def _moment(self, row: TicketRow) -> datetime:
        """Now, but not before the change before: a clock that is put back must not make a change look old."""
        return max(as_utc(self._clock()), as_utc(row.updated_at))

    def _ticket(self, row: TicketRow) -> Ticket:
        return Ticket(
            key=row.key,
            url=self._url_for(row.key),
            summary=row.summary,
            status=row.status,
            issue_type=row.issue_type,
            assignee=row.assignee,
            done=row.done,
            updated_at=as_utc(row.updated_at),
            due=row.due,
            resolution=row.resolution,
            labels=tuple(row.labels),
        )

    @contextmanager
    def _read(self) -> Iterator[Session]:
        with _translated(), self._transactions.read() as session:
            yield session

    @contextmanager
    def _write(self) -> Iterator[Session]:
        with _translated(), self._transactions.write() as session:
            yield session


@contextmanager
def _translated() -> Iterator[None]:
    """A failed transaction is rolled back: nothing happened. Should a commit's answer be lost, the marker tells."""
    try:
        yield
    except (SQLAlchemyError, ConnectionError) as exc:
        raise TrackerUnavailable(
            f"The ticket table did not answer ({type(exc).__name__}). Trying again later."
        ) from exc


def _row(session: Session, key: str) -> TicketRow:
    row = session.get(TicketRow, key, with_for_update=True)  # it is read to be changed
    if row is None:
        raise TrackerRejected(f"There is no ticket {key}. It may have been deleted.")
    return row
