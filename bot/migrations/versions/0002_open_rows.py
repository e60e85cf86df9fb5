"""Indexes over unfinished rows: claiming no longer slows down as the history grows"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OPEN = sa.text("finished_at IS NULL")
TABLES = ("desk_inbox", "desk_outbox")


def upgrade() -> None:
    """Index what is open, and drop the indexes that served the old way of claiming."""
    for table in TABLES:
        op.create_index(f"ix_{table}_open", table, ["id"], sqlite_where=OPEN, postgresql_where=OPEN)
        op.create_index(f"ix_{table}_open_lane", table, ["lane", "id"], sqlite_where=OPEN, postgresql_where=OPEN)
        op.drop_index(f"ix_{table}_state_next_at", table)
    op.drop_index("ix_desk_outbox_lane_state", "desk_outbox")


def downgrade() -> None:
    """Back to the indexes of 0001."""
    op.create_index("ix_desk_outbox_lane_state", "desk_outbox", ["lane", "state"])
    for table in TABLES:
        op.create_index(f"ix_{table}_state_next_at", table, ["state", "next_at"])
        op.drop_index(f"ix_{table}_open_lane", table)
        op.drop_index(f"ix_{table}_open", table)
