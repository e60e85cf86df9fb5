"""What is said where not everyone may read something."""

from __future__ import annotations

ELSEWHERE = "I have an answer, but not everyone here may read it. I sent it to you in a direct message."
NOT_HERE = "I found something, but I can't show it here: not everyone who reads along may see it."
NOT_YOURS = "I can't show you that one: it is kept for a group of people, and as far as I know you are not in it."
WITHDRAWN = "What stood here has been withdrawn since. Ask me again, or ask the ops team."


def only_you(asked: str) -> str:
    """Above an answer that goes to the asker alone; ``asked`` is their question."""
    return f"You asked “{asked}”. Not everyone there may read this, so only you get it."
