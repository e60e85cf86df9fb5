"""Keeping a desk well: its figures and checks, backups, and what is cleared away."""
