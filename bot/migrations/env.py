"""Alembic's environment: runs on the connection handed over by bot.migrate."""

from __future__ import annotations

from alembic import context

import bot.curation.missing_tables
import bot.tables
import escalation.tables
import knowledge.tables

METADATAS = [knowledge.tables.Base.metadata, escalation.tables.Base.metadata, bot.tables.Base.metadata]

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATAS,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
