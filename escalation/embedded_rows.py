"""Rows of the embedded tracker: made from what is filed, changed, and read. Knows no session."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from escalation.domain import (
    Assign,
    Attachment,
    Close,
    Label,
    NewTicket,
    Reopen,
    Retype,
    TicketChange,
    TicketComment,
    Watch,
)
from escalation.request_json import as_utc
from escalation.tables import AttachmentRow, CommentRow, TicketRow

TO_DO, DONE, DECLINED = "To do", "Done", "Declined"


def apply_change(change: TicketChange, row: TicketRow) -> bool:
    """Make the change; whether there was anything to change."""
    before = (row.assignee, row.status, row.issue_type, row.watchers, row.labels)
    match change:
        case Assign(person=person):
            row.assignee = person.name if person else None
        case Close(declined=declined) if not row.done:
            row.status, row.done = (DECLINED, True) if declined else (DONE, True)
            row.resolution = "Won't do" if declined else "Done"
        case Reopen() if row.done:
            row.status, row.done, row.resolution = TO_DO, False, None
        case Retype(issue_type=issue_type):
            row.issue_type = issue_type
        case Watch(person=person):
            row.watchers = list(dict.fromkeys([*row.watchers, person.email or person.id]))
        case Label(add=add, remove=remove):
            row.labels = [one for one in dict.fromkeys([*row.labels, *add]) if one not in remove]
        case Close() | Reopen():
            pass
        case _:
            assert_never(change)
    return before != (row.assignee, row.status, row.issue_type, row.watchers, row.labels)


def comment_of(row: CommentRow) -> TicketComment:
    """A comment as it is told; ours have no author."""
    return TicketComment(
        id=str(row.id),
        author=row.author,
        text=row.text,
        at=as_utc(row.created_at),
        public=row.public,
        ours=not row.author,
    )


def attachment_row(key: str, file: Attachment, now: datetime) -> AttachmentRow:
    """A file as it is kept."""
    return AttachmentRow(
        ticket_key=key, name=file.name, content_type=file.content_type, content=file.content, created_at=now
    )


def new_row(new: NewTicket, project: str, number: int, now: datetime) -> TicketRow:
    """A ticket as it is filed."""
    return TicketRow(
        key=f"{project}-{number}",
        project=project,
        number=number,
        marker=new.marker,
        issue_type=new.issue_type,
        summary=new.summary,
        description=new.description,
        labels=list(new.labels),
        fields=dict(new.fields),
        reporter_email=new.reporter_email,
        status=TO_DO,
        done=False,
        assignee=None,
        watchers=[],
        created_at=now,
        updated_at=now,
    )
