"""What the desk says about campaign links and files. The rest of the desk's copy, and its rules: bot.texts."""

from __future__ import annotations

from collections.abc import Sequence

LINK_FINE = "That link follows our rules for campaign links. You can use it as it is."
LINK_COPY = "Ready to copy:"


def link_note(problems: Sequence[str]) -> str:
    """Below an answer to a question with a link in it."""
    return f"One thing about your link: {' '.join(problems)}"


def link_wrong(problems: Sequence[str]) -> str:
    """The answer to a question about a link."""
    return f"Not quite yet. {' '.join(problems)}"


def file_not_attached(file: str, ticket: str, why: str) -> str:
    """A file could not be put onto its ticket."""
    return f"I couldn't put {file} onto {ticket}: {why} Please add it on the ticket itself."
