"""The tables the desk owns: the durable inbox and outbox, conversations and what people said about answers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Date,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Index,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """An aware UTC time. SQLite keeps no zone, so it is put back when a value is read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC."""
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The declarative base of this package."""

    metadata = MetaData(naming_convention=NAMING)


def table_of(row: type[Base]) -> Table:
    """The table under a mapped class: statements on it are quicker than on the class."""
    return row.metadata.tables[row.__tablename__]


def _open_rows(table: str) -> tuple[Index, Index, Index]:
    """Indexes over what is not finished, or was given up: both stay quick to find, however long the history grows."""
    where, dead = text("finished_at IS NULL"), text("state = 'dead'")
    return (
        Index(f"ix_{table}_dead", "id", sqlite_where=dead, postgresql_where=dead),
        Index(f"ix_{table}_open", "id", sqlite_where=where, postgresql_where=where),
        Index(f"ix_{table}_open_lane", "lane", "id", sqlite_where=where, postgresql_where=where),
    )


def _not_erased(table: str, *columns: str) -> Index:
    """An index over what still has words: retention finds what is too old, however much it has erased before."""
    where = text("person != 'forgotten'")
    return Index(f"ix_{table}_kept", *columns, sqlite_where=where, postgresql_where=where)


class InboxRow(Base):
    """Something that came in from Slack, recorded before it was acknowledged."""

    __tablename__ = "desk_inbox"
    __table_args__ = (*_open_rows("desk_inbox"), Index(None, "lane", "state"))

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(300), unique=True)  # Slack's event id, view id, trigger
    message_key: Mapped[str | None] = mapped_column(String(300), unique=True)  # team:channel:ts of a message
    lane: Mapped[str | None] = mapped_column(String(300))  # the thread: its messages are handled in order
    kind: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(12))
    attempts: Mapped[int] = mapped_column(default=0)
    token: Mapped[str | None] = mapped_column(String(36))
    memo: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    next_at: Mapped[datetime] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    error: Mapped[str | None] = mapped_column(Text)


class OutboxRow(Base):
    """Something to do in Slack or Jira, recorded before it is sent. ``key`` makes it happen once."""

    __tablename__ = "desk_outbox"
    __table_args__ = _open_rows("desk_outbox")

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(300), unique=True)
    lane: Mapped[str | None] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(12))
    attempts: Mapped[int] = mapped_column(default=0)
    token: Mapped[str | None] = mapped_column(String(36))
    memo: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # what a retry must know
    next_at: Mapped[datetime] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    error: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[datetime | None] = mapped_column(Moment)  # when what led to it had come in


class ConversationRow(Base):
    """A thread (or DM, or private exchange) the desk takes part in."""

    __tablename__ = "desk_conversations"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    thread_key: Mapped[str | None] = mapped_column(String(300), unique=True)
    asker: Mapped[str] = mapped_column(String(60))
    others_joined: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)


class QuestionRow(Base):
    """One question and the verdict on it."""

    __tablename__ = "desk_questions"
    __table_args__ = (_not_erased("desk_questions", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("desk_conversations.id"), index=True)
    person: Mapped[str] = mapped_column(String(60), index=True)
    text: Mapped[str] = mapped_column(Text)
    place: Mapped[dict[str, Any]] = mapped_column(JSON)
    addressed: Mapped[bool]
    kind: Mapped[str] = mapped_column(String(20))  # ReplyKind
    band: Mapped[str] = mapped_column(String(12), index=True)
    confidence: Mapped[float]
    verdict: Mapped[dict[str, Any]] = mapped_column(JSON)
    chosen: Mapped[int | None]  # rank of the hit the asker picked; -1: none of these
    request_id: Mapped[int | None] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(Moment)


class FeedbackRow(Base):
    """A thumb on an answer: one per person and question, the last one counts."""

    __tablename__ = "desk_feedback"
    __table_args__ = (UniqueConstraint("question_id", "person"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("desk_questions.id"))
    person: Mapped[str] = mapped_column(String(60))
    helpful: Mapped[bool]
    words: Mapped[str] = mapped_column(Text, default="", server_default=literal_column("''"))  # what was wrong
    updated_at: Mapped[datetime] = mapped_column(Moment)


class SettledQuestionRow(Base):
    """A question a curator has dealt with: what people said about its answer leaves the queue."""

    __tablename__ = "desk_settled_questions"

    question_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person: Mapped[str] = mapped_column(String(60))
    settled_at: Mapped[datetime] = mapped_column(Moment)


class RequestPlaceRow(Base):
    """Where a request is shown in Slack: the thread it came from, and its one card there."""

    __tablename__ = "desk_request_places"

    request_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person: Mapped[str] = mapped_column(String(60), index=True)
    place: Mapped[dict[str, Any]] = mapped_column(JSON)
    conversation_id: Mapped[int | None] = mapped_column(index=True)
    opened_because: Mapped[str] = mapped_column(String(20))
    card_channel: Mapped[str | None] = mapped_column(String(60))
    card_ts: Mapped[str | None] = mapped_column(String(40))
    info_asked_at: Mapped[datetime | None] = mapped_column(Moment)  # since when details are missing from the asker
    reminders: Mapped[int] = mapped_column(default=0, server_default="0")  # how often the asker was reminded since
    reminded_at: Mapped[datetime | None] = mapped_column(Moment)
    ops_channel: Mapped[str | None] = mapped_column(String(60))  # its line in the ops channel
    ops_ts: Mapped[str | None] = mapped_column(String(40))


class TicketNewsRow(Base):
    """What the desk has already told about a request's ticket."""

    __tablename__ = "desk_ticket_news"

    request_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    read_at: Mapped[datetime | None] = mapped_column(Moment)  # when the ticket was last read
    card_due_at: Mapped[datetime | None] = mapped_column(Moment)  # when its card changes, or last changed
    last: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # the newest public comment
    ending: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # how it was closed, in words
    closings: Mapped[int] = mapped_column(default=0, server_default="0")


class SolvedRow(Base):
    """Whether a finished ticket solved it: one answer per person and closing, the last one counts."""

    __tablename__ = "desk_solved"
    __table_args__ = (UniqueConstraint("request_id", "closing", "person"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    request_id: Mapped[int]
    closing: Mapped[int]
    person: Mapped[str] = mapped_column(String(60), index=True)
    solved: Mapped[bool]
    updated_at: Mapped[datetime] = mapped_column(Moment)


class FollowPlaceRow(Base):
    """Where somebody who joined a request hears of it."""

    __tablename__ = "desk_follow_places"
    __table_args__ = (UniqueConstraint("request_id", "person"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    request_id: Mapped[int] = mapped_column(index=True)
    person: Mapped[str] = mapped_column(String(60), index=True)
    place: Mapped[dict[str, Any]] = mapped_column(JSON)


class DutyRow(Base):
    """An exception to the rotation: somebody takes certain days, or is away on them. Both days included."""

    __tablename__ = "desk_duties"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    person: Mapped[str] = mapped_column(String(60), index=True)
    kind: Mapped[str] = mapped_column(String(12))  # "on" or "off"
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    origin: Mapped[str] = mapped_column(String(300))  # who said so, or the calendar it was read from
    created_at: Mapped[datetime] = mapped_column(Moment)


class BookmarkRow(Base):
    """How far something that is read again and again has been read."""

    __tablename__ = "desk_bookmarks"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class AuditRow(Base):
    """Who changed what the desk knows, when and why. Rows are only ever added."""

    __tablename__ = "desk_audit"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(Moment)
    person: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(300), index=True)  # "entry:faq-012", "glossary:PQA", "proposal:7"
    version: Mapped[int | None]
    reason: Mapped[str] = mapped_column(Text)


class WebKeyRow(Base):
    """A key to the curation desk in a browser: a link that works once, or a session."""

    __tablename__ = "desk_web_keys"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)  # SHA-256; the key itself is kept nowhere
    kind: Mapped[str] = mapped_column(String(12))
    person: Mapped[str] = mapped_column(String(200))
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)


class ChecklistRunRow(Base):
    """How far somebody has come through the checklist of an entry that answered their question."""

    __tablename__ = "desk_checklist_runs"
    __table_args__ = (UniqueConstraint("question_id", "entry_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("desk_questions.id"))
    entry_id: Mapped[str] = mapped_column(String(200), index=True)
    mark: Mapped[str] = mapped_column(String(20))  # which content of the checklist this goes along
    trail: Mapped[list[list[str]]] = mapped_column(JSON)  # step, label, what is known since
    turn: Mapped[int]  # counts the changes, so that a button works once
    state: Mapped[str] = mapped_column(String(12))
    told: Mapped[str] = mapped_column(Text)  # the explanation that is shown, while one is
    ticket: Mapped[str | None] = mapped_column(String(60))  # the request type the outcome names
    started_at: Mapped[datetime] = mapped_column(Moment, index=True)
    updated_at: Mapped[datetime] = mapped_column(Moment)


class HeartbeatRow(Base):
    """A process of the desk, and when it was last heard of."""

    __tablename__ = "desk_heartbeats"

    process: Mapped[str] = mapped_column(String(200), primary_key=True)  # host and process id
    role: Mapped[str] = mapped_column(String(12))
    works: Mapped[bool]  # its workers go round
    at: Mapped[datetime] = mapped_column(Moment)


class ListeningRow(Base):
    """When Slack was last heard, and the stretch of time nobody listened that has not been looked through yet."""

    __tablename__ = "desk_listening"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    heard_at: Mapped[datetime] = mapped_column(Moment)
    missed_from: Mapped[datetime | None] = mapped_column(Moment)
    missed_to: Mapped[datetime | None] = mapped_column(Moment)
    looked_until: Mapped[datetime | None] = mapped_column(Moment)  # whoever looks has it until then


class PaceRow(Base):
    """When the next message may be posted in a channel, whichever process posts it."""

    __tablename__ = "desk_pace"

    channel: Mapped[str] = mapped_column(String(60), primary_key=True)
    turn_at: Mapped[float] = mapped_column(Double)  # the last turn handed out; seconds since 1970, as the others
    free_at: Mapped[float] = mapped_column(Double)
    sent_at: Mapped[float] = mapped_column(Double)


class TierRow(Base):
    """When a method of Slack's was called in the last minute, by whichever process."""

    __tablename__ = "desk_tiers"

    method: Mapped[str] = mapped_column(String(60), primary_key=True)
    calls: Mapped[list[float]] = mapped_column(JSON)  # seconds since 1970, oldest first


class ReadersRow(Base):
    """What Slack said about who reads in a channel, or is in a user group; seconds since 1970, 0 for never."""

    __tablename__ = "desk_readers"

    place: Mapped[str] = mapped_column(String(60), primary_key=True)
    colleagues_at: Mapped[float] = mapped_column(Double)  # when only colleagues read there
    changed_at: Mapped[float] = mapped_column(Double)  # when it told of a change
