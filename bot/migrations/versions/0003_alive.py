"""Tickets that live on: followers, comments from people, attachments, due dates, duties and bookmarks"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.tables import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UTC_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """New tables, and new columns where there are rows already."""
    _escalation()
    _desk()


def _escalation() -> None:
    op.add_column("escalation_requests", sa.Column("joined_id", sa.Integer()))
    op.create_index("ix_escalation_requests_joined_id", "escalation_requests", ["joined_id"])
    op.create_table(
        "escalation_followers",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("request_id", sa.Integer(), sa.ForeignKey("escalation_requests.id"), nullable=False),
        sa.Column("person_id", sa.String(200), nullable=False),
        sa.Column("person", sa.JSON(), nullable=False),
        sa.Column("need", sa.Text(), nullable=False),
        sa.Column("joined_at", UTC_TIME, nullable=False),
        sa.UniqueConstraint("request_id", "person_id", name="uq_escalation_followers_request_id_person_id"),
    )
    op.create_index("ix_escalation_followers_person_id", "escalation_followers", ["person_id"])
    op.create_table(
        "escalation_attachments",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("ticket_key", sa.String(60), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("content_type", sa.String(200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UTC_TIME, nullable=False),
    )
    op.create_index("ix_escalation_attachments_ticket_key", "escalation_attachments", ["ticket_key"])
    for column in (
        sa.Column("due", sa.Date()),
        sa.Column("resolution", sa.String(100)),
        sa.Column("watchers", sa.JSON(), nullable=False, server_default="[]"),
    ):
        op.add_column("escalation_tickets", column)
    for column in (
        sa.Column("author", sa.String(200), nullable=False, server_default=""),
        sa.Column("public", sa.Boolean(), nullable=False, server_default=sa.false()),
    ):
        op.add_column("escalation_comments", column)


def _desk() -> None:
    op.add_column("desk_request_places", sa.Column("info_asked_at", Moment()))
    op.add_column("desk_request_places", sa.Column("reminders", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("desk_request_places", sa.Column("reminded_at", Moment()))
    op.add_column("desk_request_places", sa.Column("ops_channel", sa.String(60)))
    op.add_column("desk_request_places", sa.Column("ops_ts", sa.String(40)))
    op.create_table(
        "desk_ticket_news",
        sa.Column("request_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("read_at", Moment()),
        sa.Column("card_due_at", Moment()),
        sa.Column("last", sa.JSON()),
        sa.Column("ending", sa.JSON()),
        sa.Column("closings", sa.Integer(), nullable=False, server_default="0"),
    )
    op.create_table(
        "desk_solved",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("closing", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(60), nullable=False),
        sa.Column("solved", sa.Boolean(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.UniqueConstraint("request_id", "closing", "person", name="uq_desk_solved_request_id_closing_person"),
    )
    op.create_index("ix_desk_solved_person", "desk_solved", ["person"])
    op.create_table(
        "desk_follow_places",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(60), nullable=False),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.UniqueConstraint("request_id", "person", name="uq_desk_follow_places_request_id_person"),
    )
    op.create_index("ix_desk_follow_places_request_id", "desk_follow_places", ["request_id"])
    op.create_index("ix_desk_follow_places_person", "desk_follow_places", ["person"])
    op.create_table(
        "desk_duties",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("person", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("origin", sa.String(300), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
    )
    op.create_index("ix_desk_duties_person", "desk_duties", ["person"])
    op.create_table(
        "desk_bookmarks",
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("value", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    """Back to 0002; what these tables and columns held is gone."""
    for table in ("desk_bookmarks", "desk_duties", "desk_follow_places", "desk_solved", "desk_ticket_news"):
        op.drop_table(table)
    for table in ("escalation_attachments", "escalation_followers"):
        op.drop_table(table)
    op.drop_index("ix_escalation_requests_joined_id", "escalation_requests")
    op.drop_column("escalation_requests", "joined_id")
    for table, columns in (
        ("desk_request_places", ("ops_ts", "ops_channel", "reminded_at", "reminders", "info_asked_at")),
        ("escalation_comments", ("public", "author")),
        ("escalation_tickets", ("watchers", "resolution", "due")),
    ):
        for column in columns:
            op.drop_column(table, column)
