"""Database migrations: one Alembic environment over the three packages' tables."""
