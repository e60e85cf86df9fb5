"""What processes share to live within Slack's limits"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Calls of a minute, and who reads in a channel."""
    op.create_table(
        "desk_tiers",
        sa.Column("method", sa.String(60), primary_key=True),
        sa.Column("calls", sa.JSON(), nullable=False),
    )
    op.create_table(
        "desk_readers",
        sa.Column("place", sa.String(60), primary_key=True),
        sa.Column("colleagues_at", sa.Double(), nullable=False),
        sa.Column("changed_at", sa.Double(), nullable=False),
    )


def downgrade() -> None:
    """Back to 0005; what these tables held is gone."""
