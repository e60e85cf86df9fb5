"""When an entry is to be looked at again."""

from __future__ import annotations

from datetime import date, timedelta

from knowledge.domain import Entry


def due_on(entry: Entry, changed: date | None = None) -> date | None:
    """The day its review is due; None when nobody ever said anything about it.

    ``changed``: when it was last written, which counts where it was never reviewed.
    """
    if entry.review_by is not None:
        return entry.review_by
    since = entry.reviewed_at or changed
    return None if since is None else since + timedelta(days=entry.review_days)


def is_overdue(entry: Entry, today: date, changed: date | None = None) -> bool:
    """Whether its day is over."""
    due = due_on(entry, changed)
    return due is not None and due < today
