"""What the team knows grows: proposals, the audit log, and what the parts of curation remember"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.tables import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

UTC_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """New tables, and new columns where there are rows already; a function per part."""
    _proposals()
    _cited()
    _audit()
    _checklists()
    _missing()
    _sources()
    _web_keys()
    _what_people_said()


def _what_people_said() -> None:
    op.add_column("desk_feedback", sa.Column("words", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "desk_settled_questions",
        sa.Column("question_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("person", sa.String(60), nullable=False),
        sa.Column("settled_at", Moment(), nullable=False),
    )


def _proposals() -> None:
    op.add_column("knowledge_entry_versions", sa.Column("reason", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "knowledge_proposals",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("entry_id", sa.String(200), nullable=False),
        sa.Column("base_version", sa.Integer()),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("origin", sa.JSON(), nullable=False),
        sa.Column("findings", sa.JSON()),
        sa.Column("created_at", UTC_TIME, nullable=False),
        sa.Column("updated_at", UTC_TIME, nullable=False),
        sa.Column("decided_by", sa.String(200)),
    )
    op.create_index("ix_knowledge_proposals_entry_id", "knowledge_proposals", ["entry_id"])
    op.create_index("ix_knowledge_proposals_state", "knowledge_proposals", ["state"])


def _cited() -> None:
    op.create_table(
        "knowledge_cited",
        sa.Column("entry_id", sa.String(200), primary_key=True),
        sa.Column("url_hash", sa.String(64), primary_key=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_at", UTC_TIME),
        sa.Column("now_text", sa.Text()),
    )


def _audit() -> None:
    op.create_table(
        "desk_audit",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("version", sa.Integer()),
        sa.Column("reason", sa.Text(), nullable=False),
    )
    op.create_index("ix_desk_audit_subject", "desk_audit", ["subject"])


MISSING = ("desk_known_issues", "desk_spikes", "desk_undefined_terms", "desk_gap_questions", "desk_gaps")


def _missing() -> None:
    """Gaps, abbreviations nobody defined, spikes and known issues; the glossary as people write it."""
    op.create_table(
        "desk_gaps",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("medoid", sa.Integer()),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("decided_at", Moment()),
        sa.Column("decided_by", sa.String(60)),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposal", sa.Integer()),
        sa.Column("updated_at", Moment(), nullable=False),
    )
    op.create_index("ix_desk_gaps_state", "desk_gaps", ["state"])
    op.create_table(
        "desk_gap_questions",
        sa.Column("question_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("gap_id", sa.Integer(), sa.ForeignKey("desk_gaps.id"), nullable=False),
        sa.Column("near", sa.Double(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
    )
    op.create_index("ix_desk_gap_questions_gap_id", "desk_gap_questions", ["gap_id"])
    op.create_table(
        "desk_undefined_terms",
        sa.Column("term", sa.String(40), primary_key=True),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("askers", sa.Integer(), nullable=False),
        sa.Column("examples", sa.JSON(), nullable=False),
        sa.Column("ignored_by", sa.String(60)),
    )
    _known_issues()
    _glossary()


def _known_issues() -> None:
    op.create_table(
        "desk_spikes",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("found_at", Moment(), nullable=False),
        sa.Column("decided_by", sa.String(60)),
    )
    op.create_index("ix_desk_spikes_state", "desk_spikes", ["state"])
    op.create_index("ix_desk_spikes_found_at", "desk_spikes", ["found_at"])
    op.create_table(
        "desk_known_issues",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("spike_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.Column("declared_by", sa.String(60), nullable=False),
        sa.Column("ended_at", Moment()),
        sa.UniqueConstraint("spike_id", name="uq_desk_known_issues_spike_id"),
    )
    op.create_index("ix_desk_known_issues_request_id", "desk_known_issues", ["request_id"])
    op.create_index("ix_desk_known_issues_state", "desk_known_issues", ["state"])


def _glossary() -> None:
    op.create_table(
        "knowledge_glossary_versions",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("term_key", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON()),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", UTC_TIME, nullable=False),
        sa.UniqueConstraint("term_key", "version", name="uq_knowledge_glossary_versions_term_key_version"),
    )
    op.create_table(
        "knowledge_glossary_terms",
        sa.Column("term_key", sa.String(200), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON()),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("updated_at", UTC_TIME, nullable=False),
    )


def _sources() -> None:
    """How sources are read: what moved, what failed, when which was read last and by whom."""
    for column in (
        sa.Column("lasting_id", sa.String(300)),
        sa.Column("text_hash", sa.String(64)),
        sa.Column("revision", sa.Integer(), nullable=False, server_default="0"),
    ):
        op.add_column("knowledge_documents", column)
    op.create_index("ix_knowledge_documents_revision", "knowledge_documents", ["revision"])
    op.add_column("knowledge_sections", sa.Column("content_hash", sa.String(64)))
    document = sa.ForeignKey("knowledge_documents.id", ondelete="CASCADE")
    op.create_table(
        "knowledge_former_paths",
        sa.Column("source", sa.String(200), primary_key=True),
        sa.Column("path", sa.String(1000), primary_key=True),
        sa.Column("document_id", sa.Integer(), document, nullable=False),
    )
    op.create_index("ix_knowledge_former_paths_document_id", "knowledge_former_paths", ["document_id"])
    op.create_table(
        "knowledge_sources",
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("finished_at", UTC_TIME),
        sa.Column("read_at", UTC_TIME),
        sa.Column("error", sa.Text()),
        sa.Column("failing_since", UTC_TIME),
        sa.Column("summary", sa.JSON()),
        sa.Column("doubt", sa.JSON()),
        sa.Column("holder", sa.String(36)),
        sa.Column("held_until", UTC_TIME),
    )
    op.create_table(
        "knowledge_failures",
        sa.Column("source", sa.String(200), primary_key=True),
        sa.Column("path", sa.String(1000), primary_key=True),
        sa.Column("version", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", UTC_TIME, nullable=False),
        sa.Column("tried_at", UTC_TIME, nullable=False),
    )


def _web_keys() -> None:
    """Who is signed in to the curation desk."""
    op.create_table(
        "desk_web_keys",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
    )
    op.create_index("ix_desk_web_keys_expires_at", "desk_web_keys", ["expires_at"])


def _checklists() -> None:
    op.create_table(
        "desk_checklist_runs",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("question_id", sa.Integer(), sa.ForeignKey("desk_questions.id"), nullable=False),
        sa.Column("entry_id", sa.String(200), nullable=False),
        sa.Column("mark", sa.String(20), nullable=False),
        sa.Column("trail", sa.JSON(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("ticket", sa.String(60)),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.UniqueConstraint("question_id", "entry_id", name="uq_desk_checklist_runs_question_id_entry_id"),
    )
    op.create_index("ix_desk_checklist_runs_entry_id", "desk_checklist_runs", ["entry_id"])
    op.create_index("ix_desk_checklist_runs_started_at", "desk_checklist_runs", ["started_at"])


def downgrade() -> None:
    """Back to 0003; what these tables and columns held is gone."""
    op.drop_table("knowledge_cited")
    op.drop_table("desk_settled_questions")
    op.drop_column("desk_feedback", "words")
    op.drop_table("desk_checklist_runs")
    for table in ("knowledge_failures", "knowledge_sources", "knowledge_former_paths"):
        op.drop_table(table)
    op.drop_index("ix_knowledge_documents_revision", "knowledge_documents")
    for table, columns in (
        ("knowledge_sections", ("content_hash",)),
        ("knowledge_documents", ("revision", "text_hash", "lasting_id")),
    ):
        for name in columns:
            op.drop_column(table, name)
    for table in (*MISSING, "knowledge_glossary_terms", "knowledge_glossary_versions"):
        op.drop_table(table)
    for table in ("desk_web_keys", "desk_audit", "knowledge_proposals"):
        op.drop_table(table)
    op.drop_column("knowledge_entry_versions", "reason")
