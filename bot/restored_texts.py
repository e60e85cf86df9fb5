"""What the desk says to people after a backup was put back."""

from __future__ import annotations


def left_waiting(words: str) -> str:
    """To somebody whose word came in just before the backup was made; ``words``: theirs, ready to show, or empty."""
    sent = f" You wrote: {words}" if words else ""
    return (
        "I was put back from a backup, and can't tell whether what you sent around then got through. "
        f"If you don't see its result, please send it again.{sent}"
    )
