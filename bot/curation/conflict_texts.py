"""What is written down when two entries that compete are sorted out."""

from __future__ import annotations


def merged(number: int) -> str:
    """The reason of the entry that got a phrasing."""
    return f"taken over from proposal {number}"


def merged_into(entry_id: str) -> str:
    """The reason a proposal without phrasings ended."""
    return f"all of it is asked of {entry_id} now"


def see_also(question: str) -> str:
    """The line in an answer (Markdown) that names another entry."""
    return f"See also: *{question}*"
