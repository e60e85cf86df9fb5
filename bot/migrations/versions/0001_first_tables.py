"""First tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


TABLES = (
    "knowledge_documents",
    "knowledge_entries",
    "knowledge_entry_versions",
    "knowledge_revision",
    "knowledge_vectors",
    "knowledge_sections",
    "escalation_comments",
    "escalation_form_drafts",
    "escalation_requests",
    "escalation_tickets",
    "desk_conversations",
    "desk_inbox",
    "desk_outbox",
    "desk_request_places",
    "desk_questions",
    "desk_feedback",
)


def upgrade() -> None:
    """Create every table."""
    _knowledge_documents()
    _knowledge_entries()
    _knowledge_entry_versions()
    _knowledge_revision()
    _knowledge_vectors()
    _knowledge_sections()
    _escalation_comments()
    _escalation_form_drafts()
    _escalation_requests()
    _escalation_tickets()
    _desk_conversations()
    _desk_inbox()
    _desk_outbox()
    _desk_request_places()
    _desk_questions()
    _desk_feedback()


def downgrade() -> None:
    """Drop every table, dependents first."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _knowledge_documents() -> None:
    op.create_table(
        "knowledge_documents",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("path", sa.String(length=1000), nullable=False),
        sa.Column("version", sa.String(length=200), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_documents")),
        sa.UniqueConstraint("source", "path", name=op.f("uq_knowledge_documents_source_path")),
    )


def _knowledge_entries() -> None:
    op.create_table(
        "knowledge_entries",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_entries")),
    )
    with op.batch_alter_table("knowledge_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_knowledge_entries_status"), ["status"], unique=False)


def _knowledge_entry_versions() -> None:
    op.create_table(
        "knowledge_entry_versions",
        sa.Column("key", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("entry_id", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_knowledge_entry_versions")),
        sa.UniqueConstraint("entry_id", "version", name=op.f("uq_knowledge_entry_versions_entry_id_version")),
    )


def _knowledge_revision() -> None:
    op.create_table(
        "knowledge_revision",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content_id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_revision")),
    )


def _knowledge_vectors() -> None:
    op.create_table(
        "knowledge_vectors",
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("model", "text_hash", name=op.f("pk_knowledge_vectors")),
    )


def _knowledge_sections() -> None:
    op.create_table(
        "knowledge_sections",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("parents", sa.JSON(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("anchor", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["knowledge_documents.id"],
            name=op.f("fk_knowledge_sections_document_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_sections")),
    )
    with op.batch_alter_table("knowledge_sections", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_knowledge_sections_document_id_position"), ["document_id", "position"], unique=False
        )


def _escalation_comments() -> None:
    op.create_table(
        "escalation_comments",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("ticket_key", sa.String(length=60), nullable=False),
        sa.Column("marker", sa.String(length=100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_comments")),
        sa.UniqueConstraint("ticket_key", "marker", name=op.f("uq_escalation_comments_ticket_key_marker")),
    )
    with op.batch_alter_table("escalation_comments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_escalation_comments_ticket_key"), ["ticket_key"], unique=False)


def _escalation_form_drafts() -> None:
    op.create_table(
        "escalation_form_drafts",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("person_id", sa.String(length=200), nullable=False),
        sa.Column("form_id", sa.String(length=200), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("context", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_form_drafts")),
    )
    with op.batch_alter_table("escalation_form_drafts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_escalation_form_drafts_person_id"), ["person_id"], unique=False)


def _escalation_requests() -> None:
    op.create_table(
        "escalation_requests",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("marker", sa.String(length=60), nullable=False),
        sa.Column("requester_id", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("ticket_key", sa.String(length=60), nullable=True),
        sa.Column("ticket", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_requests")),
        sa.UniqueConstraint("marker", name=op.f("uq_escalation_requests_marker")),
        sa.UniqueConstraint("ref", name=op.f("uq_escalation_requests_ref")),
    )
    with op.batch_alter_table("escalation_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_escalation_requests_requester_id"), ["requester_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_escalation_requests_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_escalation_requests_ticket_key"), ["ticket_key"], unique=False)


def _escalation_tickets() -> None:
    op.create_table(
        "escalation_tickets",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("project", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("marker", sa.String(length=60), nullable=False),
        sa.Column("issue_type", sa.String(length=100), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("reporter_email", sa.String(length=320), nullable=True),
        sa.Column("status", sa.String(length=60), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("assignee", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_escalation_tickets")),
        sa.UniqueConstraint("marker", name=op.f("uq_escalation_tickets_marker")),
        sa.UniqueConstraint("project", "number", name=op.f("uq_escalation_tickets_project_number")),
    )


def _desk_conversations() -> None:
    op.create_table(
        "desk_conversations",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("thread_key", sa.String(length=300), nullable=True),
        sa.Column("asker", sa.String(length=60), nullable=False),
        sa.Column("others_joined", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_conversations")),
        sa.UniqueConstraint("thread_key", name=op.f("uq_desk_conversations_thread_key")),
    )


def _desk_inbox() -> None:
    op.create_table(
        "desk_inbox",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("message_key", sa.String(length=300), nullable=True),
        sa.Column("lane", sa.String(length=300), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=36), nullable=True),
        sa.Column("memo", sa.JSON(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_inbox")),
        sa.UniqueConstraint("key", name=op.f("uq_desk_inbox_key")),
        sa.UniqueConstraint("message_key", name=op.f("uq_desk_inbox_message_key")),
    )
    with op.batch_alter_table("desk_inbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_desk_inbox_lane_state"), ["lane", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_desk_inbox_state_next_at"), ["state", "next_at"], unique=False)


def _desk_outbox() -> None:
    op.create_table(
        "desk_outbox",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("lane", sa.String(length=300), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=36), nullable=True),
        sa.Column("memo", sa.JSON(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_desk_outbox_key")),
    )
    with op.batch_alter_table("desk_outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_desk_outbox_lane_state"), ["lane", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_desk_outbox_state_next_at"), ["state", "next_at"], unique=False)


def _desk_request_places() -> None:
    op.create_table(
        "desk_request_places",
        sa.Column("request_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person", sa.String(length=60), nullable=False),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=True),
        sa.Column("opened_because", sa.String(length=20), nullable=False),
        sa.Column("card_channel", sa.String(length=60), nullable=True),
        sa.Column("card_ts", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_desk_request_places")),
    )
    with op.batch_alter_table("desk_request_places", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_desk_request_places_conversation_id"), ["conversation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_desk_request_places_person"), ["person"], unique=False)


def _desk_questions() -> None:
    op.create_table(
        "desk_questions",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.Column("addressed", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("band", sa.String(length=12), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("verdict", sa.JSON(), nullable=False),
        sa.Column("chosen", sa.Integer(), nullable=True),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["desk_conversations.id"], name=op.f("fk_desk_questions_conversation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_questions")),
    )
    with op.batch_alter_table("desk_questions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_desk_questions_band"), ["band"], unique=False)
        batch_op.create_index(batch_op.f("ix_desk_questions_conversation_id"), ["conversation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_desk_questions_person"), ["person"], unique=False)
        batch_op.create_index(batch_op.f("ix_desk_questions_request_id"), ["request_id"], unique=False)


def _desk_feedback() -> None:
    op.create_table(
        "desk_feedback",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=60), nullable=False),
        sa.Column("helpful", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["desk_questions.id"], name=op.f("fk_desk_feedback_question_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_feedback")),
        sa.UniqueConstraint("question_id", "person", name=op.f("uq_desk_feedback_question_id_person")),
    )
