"""How the checks' findings are said."""

from __future__ import annotations


def shadow(phrasing: str, entry_id: str, likeness: float) -> str:
    """Two entries that compete for one question."""
    return f"“{phrasing}” is {round(likeness * 100)} % like {entry_id}, which answers differently."


def breaks(question: str, before: str) -> str:
    """A labelled question that would get another reply."""
    return f"“{question}” is answered right today (by {before}) and would not be any more."


PRIVATE_QUESTION = "(a question asked in private)"
NOTHING_GIVEN = "nothing"
