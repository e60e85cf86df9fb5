"""The tables escalation owns. Rows never leave the stores."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Date,
    DateTime,
    ForeignKey,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    false,
    literal_column,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The declarative base of this package."""

    metadata = MetaData(naming_convention=NAMING)


class RequestRow(Base):
    """One request and what became of it."""

    __tablename__ = "escalation_requests"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    marker: Mapped[str] = mapped_column(String(60), unique=True)
    requester_id: Mapped[str] = mapped_column(String(200), index=True)
    state: Mapped[str] = mapped_column(String(20), index=True)
    draft: Mapped[dict[str, Any]] = mapped_column(JSON)
    ticket_key: Mapped[str | None] = mapped_column(String(60), index=True)
    ticket: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    missing: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    joined_id: Mapped[int | None] = mapped_column(index=True)  # the request it was joined to
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class FollowerRow(Base):
    """Somebody who joined a request instead of making one of their own."""

    __tablename__ = "escalation_followers"
    __table_args__ = (UniqueConstraint("request_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("escalation_requests.id"))
    person_id: Mapped[str] = mapped_column(String(200), index=True)
    person: Mapped[dict[str, Any]] = mapped_column(JSON)
    need: Mapped[str] = mapped_column(Text)
    joined_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class FormDraftRow(Base):
    """Answers typed into a form that is not submitted yet."""

    __tablename__ = "escalation_form_drafts"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    person_id: Mapped[str] = mapped_column(String(200), index=True)
    form_id: Mapped[str] = mapped_column(String(200))
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    context: Mapped[dict[str, str]] = mapped_column(JSON)
    saved_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class TicketRow(Base):
    """A ticket of the embedded tracker."""

    __tablename__ = "escalation_tickets"
    __table_args__ = (UniqueConstraint("project", "number"),)

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    project: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]
    marker: Mapped[str] = mapped_column(String(60), unique=True)
    issue_type: Mapped[str] = mapped_column(String(100))
    summary: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    labels: Mapped[list[str]] = mapped_column(JSON)
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    reporter_email: Mapped[str | None] = mapped_column(String(320))
    status: Mapped[str] = mapped_column(String(60))
    done: Mapped[bool]
    assignee: Mapped[str | None] = mapped_column(String(200))
    due: Mapped[date | None] = mapped_column(Date)
    resolution: Mapped[str | None] = mapped_column(String(100))
    watchers: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class CommentRow(Base):
    """A comment on a ticket of the embedded tracker."""

    __tablename__ = "escalation_comments"
    __table_args__ = (UniqueConstraint("ticket_key", "marker"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    ticket_key: Mapped[str] = mapped_column(String(60), index=True)
    marker: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(200), default="", server_default=literal_column("''"))  # "": the desk
    public: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class AttachmentRow(Base):
    """A file on a ticket of the embedded tracker."""

    __tablename__ = "escalation_attachments"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    ticket_key: Mapped[str] = mapped_column(String(60), index=True)
    name: Mapped[str] = mapped_column(String(300))
    content_type: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
