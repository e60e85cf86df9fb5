"""What keeping promises needs to remember; a function per part"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.tables import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New tables; a function per part."""
    _operations()
    _retention()
    _listening()


def _operations() -> None:
    """Signs of life, when what led to an effect came in, and what was given up."""
    op.create_table(
        "desk_heartbeats",
        sa.Column("process", sa.String(200), primary_key=True),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
    )
    op.add_column("desk_outbox", sa.Column("received_at", Moment()))
    dead = sa.text("state = 'dead'")
    for table in ("desk_inbox", "desk_outbox"):
        op.create_index(f"ix_{table}_dead", table, ["id"], sqlite_where=dead, postgresql_where=dead)


def _listening() -> None:
    """When Slack was heard, and the pace that processes share."""
    op.create_table(
        "desk_listening",
        sa.Column("name", sa.String(20), primary_key=True),
        sa.Column("heard_at", Moment(), nullable=False),
        sa.Column("missed_from", Moment()),
        sa.Column("missed_to", Moment()),
        sa.Column("looked_until", Moment()),
    )
    op.create_table(
        "desk_pace",
        sa.Column("channel", sa.String(60), primary_key=True),
        sa.Column("turn_at", sa.Double(), nullable=False),
        sa.Column("free_at", sa.Double(), nullable=False),
        sa.Column("sent_at", sa.Double(), nullable=False),
    )


def _retention() -> None:
    """What still has words."""
    kept = sa.text("person != 'forgotten'")
    op.create_index(
        "ix_desk_questions_kept", "desk_questions", ["created_at"], sqlite_where=kept, postgresql_where=kept
    )


def downgrade() -> None:
    """Back to 0004; what these tables held is gone."""
